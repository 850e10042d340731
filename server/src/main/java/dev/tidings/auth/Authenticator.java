package dev.tidings.auth;

import java.util.Map;

/// Turns what a stranger shows into who he is. Fast and without blocking: called on the lanes.
public interface Authenticator {
  /// @param token as it stood in `auth`, a header or a URL
  /// @param loopback whether he comes from this very machine
  Verdict token(String token, boolean loopback, long nowMillis);

  /// A bare name and labels, which only development mode believes.
  Verdict user(String user, Map<String, String> labels, boolean loopback);

  /// Whether names are believed from loopback at all, and heartbeats optional there.
  boolean development();

  /// What came of it.
  sealed interface Verdict {
    record Accepted(Identity identity) implements Verdict {}

    /// The token was good once: a new one will do.
    record Expired() implements Verdict {}

    /// Who he is is not in doubt, but the operator does not let him in.
    record Blocked() implements Verdict {}

    /// @param reason for people; never the token itself
    record Rejected(String reason) implements Verdict {}
  }
}
