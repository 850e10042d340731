package dev.tidings.auth;

import java.util.Map;
import java.util.OptionalLong;

/// Whom a connection speaks for.
///
/// @param service a backend: may act for others (`as`) and needs no membership
/// @param expiresMillis Unix time from which this is no longer true; empty: never
/// @param labels what else the token says of him, such as `platform`: `ios`
/// @param token by which it was shown
public record Identity(
    String user,
    boolean service,
    Caps caps,
    OptionalLong expiresMillis,
    Map<String, String> labels,
    TokenMark token) {
  /// What tells one token from another.
  ///
  /// @param id `jti`, `""` if it has none
  /// @param issuedMillis `iat` as Unix time; 0 if it does not say
  public record TokenMark(String id, long issuedMillis) {
    /// Of a token that says nothing of itself, or where there is none.
    public static final TokenMark NONE = new TokenMark("", 0);
  }

  /// Without labels.
  public Identity(String user, boolean service, Caps caps, OptionalLong expiresMillis) {
    this(user, service, caps, expiresMillis, Map.of());
  }

  /// By a token that says nothing of itself, or by none.
  public Identity(
      String user,
      boolean service,
      Caps caps,
      OptionalLong expiresMillis,
      Map<String, String> labels) {
    this(user, service, caps, expiresMillis, labels, TokenMark.NONE);
  }

  /// Whether it was shown by a token, not believed by its name or by the development key.
  public boolean byToken() {
    return expiresMillis.isPresent();
  }
}
