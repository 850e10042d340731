package dev.tidings.client.model;

/// Who connects.
public sealed interface Credentials {

  /// A user name without proof, for a server in development mode.
  record DevelopmentUser(String name) implements Credentials {}

  /// A token, renewed when needed.
  record Token(TokenSource source) implements Credentials {}
}
