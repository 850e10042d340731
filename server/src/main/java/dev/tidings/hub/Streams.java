package dev.tidings.hub;

import dev.tidings.protocol.ErrorCode;
import dev.tidings.protocol.Head;
import dev.tidings.session.Session;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// The connections of this lane on which the peer can say nothing: what they are told beside the
/// units is a cursor, and with it they come back.
///
/// A cursor covers what this lane has worked off, and is told only while nothing is owed and all is
/// followed that the stream began with: so all it covers stands before it on the stream.
final class Streams {
  private static final class Stream {
    final Session session;

    /// All that followed this commit is for it.
    final long since;

    /// Whether it has asked for all that it began with.
    boolean begun;

    Stream(Session session, long since) {
      this.session = session;
      this.since = since;
    }

    boolean isToldEverything() {
      return begun && session.inFlight() == 0 && session.isToldEverything();
    }
  }

  private final Shard shard;
  private final Replies replies;
  private final CatchingUp catchingUp;
  private final Map<String, Stream> open = new HashMap<>();

  Streams(Shard shard, Replies replies, CatchingUp catchingUp) {
    this.shard = shard;
    this.replies = replies;
    this.catchingUp = catchingUp;
  }

  /// A stream was welcomed: all that followed its cursor is replayed; without one it begins now.
  ///
  /// @param since `""` for none
  /// @param told the last commit that this lane was told
  void welcomed(Session session, String since, long told) {
    if (!since.isEmpty()) {
      OptionalLong commit = shard.engine.toldUpTo(since, shard.clock.epochMillis());
      if (commit.isPresent()) {
        open.put(session.name(), new Stream(session, commit.getAsLong()));
        catchingUp.replay(session, commit.getAsLong());
        return;
      }
      beginsNow(replies, session);
    }
    open.put(session.name(), new Stream(session, told));
    tell(session, told);
  }

  /// Its cursor is no good.
  static void beginsNow(Replies replies, Session stream) {
    replies.err(stream, Head.of("stream"), ErrorCode.CURSOR, "begins now; read what is missing");
  }

  /// It has asked for all that it began with.
  void begun(Session session) {
    Stream stream = open.get(session.name());
    if (stream != null) {
      stream.begun = true;
    }
  }

  /// The commit behind which a log begins for this request, if it is one that a stream begins with.
  OptionalLong since(Request request) {
    Stream stream = open.get(request.follower().name());
    return stream == null || stream.begun || request.session() != stream.session
        ? OptionalLong.empty()
        : OptionalLong.of(stream.since);
  }

  void ended(Session session) {
    open.remove(session.name());
  }

  /// The stream of this name, if it is of `user`.
  Optional<Session> find(String name, String user) {
    return Optional.ofNullable(open.get(name))
        .map(stream -> stream.session)
        .filter(session -> session.user().equals(user));
  }

  /// Tells its cursor to each that was told anything else since. To be called regularly.
  void sweep() {
    for (Stream stream : open.values()) {
      if (stream.session.connection().hasNews() && stream.isToldEverything()) {
        tell(stream.session, shard.worked);
      }
    }
  }

  private void tell(Session session, long commit) {
    session.connection().cursor(shard.engine.cursor(commit, shard.clock.epochMillis()));
  }
}
