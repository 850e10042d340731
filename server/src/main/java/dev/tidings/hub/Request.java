package dev.tidings.hub;

import dev.tidings.auth.Identity;
import dev.tidings.protocol.Head;
import dev.tidings.session.Session;

/// One request on its way through the hub: who asks, for whom, and which answer it will be.
///
/// @param actor the user for whom it is done: the session's, or the one a backend names in `as`
/// @param ordinal which request of its session it is, from 0
/// @param follower the session that a subscription is of: its own, or the stream that a POST names
record Request(Session session, Head head, String actor, int ordinal, Session follower) {
  Request(Session session, Head head, String actor, int ordinal) {
    this(session, head, actor, ordinal, session);
  }

  Request of(Session stream) {
    return new Request(session, head, actor, ordinal, stream);
  }

  Identity identity() {
    return session.identity();
  }

  /// Whether an answer is expected to what usually needs none, such as a signal.
  boolean wantsAnswer() {
    return session.isDetached() || !head.id().isNone();
  }

  /// A backend needs no membership.
  boolean privileged() {
    return identity().service();
  }
}
