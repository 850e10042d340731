package dev.tidings.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.OptionalLong;

/// Believes tokens signed with one key; in development mode also names and the key itself, but only
/// from this machine.
public final class KeyAuthenticator implements Authenticator {
  /// For whom the development key stands.
  public static final String SERVER = "server";

  private static final Identity DEVELOPMENT_KEY =
      new Identity(SERVER, true, Caps.ALL, OptionalLong.empty());

  private final Tokens tokens;
  private final byte[] key;
  private final boolean development;

  private KeyAuthenticator(String key, boolean development) {
    this.tokens = new Tokens(key);
    this.key = key.getBytes(StandardCharsets.UTF_8);
    this.development = development;
  }

  /// Only what `key` has signed is believed.
  ///
  /// @throws IllegalArgumentException if the key is too short
  public static KeyAuthenticator production(String key) {
    return new KeyAuthenticator(key, false);
  }

  /// Names and the development key are believed from this machine, tokens from anywhere.
  public static KeyAuthenticator development(String developmentKey) {
    return new KeyAuthenticator(developmentKey, true);
  }

  @Override
  public Verdict token(String token, boolean loopback, long nowMillis) {
    if (development && loopback && isKey(token)) {
      return new Verdict.Accepted(DEVELOPMENT_KEY);
    }
    return tokens.verify(token, nowMillis);
  }

  /// Takes as long for a wrong key as for the right one.
  private boolean isKey(String token) {
    return MessageDigest.isEqual(key, token.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public Verdict user(String user, Map<String, String> labels, boolean loopback) {
    if (!development) {
      return new Verdict.Rejected("auth needs a token");
    }
    if (!loopback) {
      return new Verdict.Rejected("names without tokens are believed on this machine only");
    }
    return new Verdict.Accepted(
        new Identity(user, false, Caps.DEVELOPMENT, OptionalLong.empty(), labels));
  }

  @Override
  public boolean development() {
    return development;
  }
}
