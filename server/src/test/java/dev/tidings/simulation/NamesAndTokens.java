package dev.tidings.simulation;

import dev.tidings.auth.Authenticator;
import dev.tidings.auth.Caps;
import dev.tidings.auth.Identity;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/// Believes every name, as development mode does, and the tokens that a story hands out. The name
/// `server` is a backend's.
final class NamesAndTokens implements Authenticator {
  private final Map<String, Identity> tokens = new HashMap<>();

  /// From now on `token` stands for `identity`.
  void issue(String token, Identity identity) {
    tokens.put(token, identity);
  }

  @Override
  public Verdict token(String token, boolean loopback, long nowMillis) {
    Identity identity = tokens.get(token);
    if (identity == null) {
      return new Verdict.Rejected("no such token");
    }
    return identity.expiresMillis().orElse(Long.MAX_VALUE) <= nowMillis
        ? new Verdict.Expired()
        : new Verdict.Accepted(identity);
  }

  @Override
  public Verdict user(String user, Map<String, String> labels, boolean loopback) {
    boolean service = user.equals("server");
    Caps caps = service ? Caps.ALL : Caps.DEVELOPMENT;
    return new Verdict.Accepted(new Identity(user, service, caps, OptionalLong.empty(), labels));
  }

  @Override
  public boolean development() {
    return true;
  }
}
