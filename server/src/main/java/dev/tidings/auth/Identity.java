package dev.tidings.auth;

import java.util.Map;
import java.util.OptionalLong;

/// Whom a connection speaks for.
///
/// @param service a backend: may act for others (`as`) and needs no membership
/// @param expiresMillis Unix time from which this is no longer true; empty: never
/// @param labels what else the token says of him, such as `platform`: `ios`
public record Identity(
    String user,
    boolean service,
    Caps caps,
    OptionalLong expiresMillis,
    Map<String, String> labels) {

  /// Without labels.
  public Identity(String user, boolean service, Caps caps, OptionalLong expiresMillis) {
    this(user, service, caps, expiresMillis, Map.of());
  }
}
