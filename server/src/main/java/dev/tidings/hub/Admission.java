package dev.tidings.hub;

import dev.tidings.auth.Authenticator;
import dev.tidings.auth.Identity;
import dev.tidings.engine.Sanction;
import dev.tidings.engine.Sanctions;
import java.util.Map;

/// Lets nobody in of whom the operator has said otherwise, whatever he shows. May be asked from any
/// thread.
public final class Admission implements Authenticator {
  private final Authenticator identities;
  private final Sanctions sanctions;

  /// @param identities who is who
  public Admission(Authenticator identities, Sanctions sanctions) {
    this.identities = identities;
    this.sanctions = sanctions;
  }

  @Override
  public Verdict token(String token, boolean loopback, long nowMillis) {
    return unlessSanctioned(identities.token(token, loopback, nowMillis));
  }

  @Override
  public Verdict user(String user, Map<String, String> labels, boolean loopback) {
    return unlessSanctioned(identities.user(user, labels, loopback));
  }

  private Verdict unlessSanctioned(Verdict verdict) {
    if (!(verdict instanceof Verdict.Accepted(Identity identity))) {
      return verdict;
    }
    if (sanctions.of(identity.user()).blocked()) {
      return new Verdict.Blocked();
    }
    return isRevoked(identity) ? new Verdict.Rejected("the token was revoked") : verdict;
  }

  private boolean isRevoked(Identity identity) {
    Sanction sanction = sanctions.of(identity.user());
    return identity.byToken()
        && (sanctions.isRevoked(identity.token().id())
            || identity.token().issuedMillis() < sanction.revokedBeforeMillis());
  }

  /// Whether a connection that came in as `identity` may not stay.
  boolean mayNotStay(Identity identity) {
    return sanctions.of(identity.user()).blocked() || isRevoked(identity);
  }

  @Override
  public boolean development() {
    return identities.development();
  }
}
