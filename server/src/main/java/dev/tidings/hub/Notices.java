package dev.tidings.hub;

import dev.tidings.conversation.EntryWriter;
import dev.tidings.conversation.Readers;
import dev.tidings.engine.Committed;
import dev.tidings.engine.ConversationId;
import dev.tidings.engine.Ticket;
import dev.tidings.protocol.CloseCode;
import dev.tidings.session.Arrears.OwedMark;
import dev.tidings.session.Frame;
import dev.tidings.session.Session;

/// Hands out what is no entry: how far somebody has read, what he wishes, what he signals. Each
/// keeps its place between the entries around it, and none goes back to the connection that said
/// it.
final class Notices {
  private final Hub hub;
  private final Shard shard;
  private final FanOut fanOut;

  Notices(Hub hub, Shard shard, FanOut fanOut) {
    this.hub = hub;
    this.shard = shard;
    this.fanOut = fanOut;
  }

  private static boolean isOf(Ticket by, Session session) {
    return by instanceof Asked asked && asked.isOf(session);
  }

  private Readers members(long group) {
    return shard.users.readers(group, shard.clock.monotonicMillis());
  }

  // Marks.

  void marked(long commit, Committed.Marked mark) {
    ConversationId id = mark.conversation().id();
    if (!mark.toAll()) {
      markUser(id, mark.user(), mark);
    } else if (id.kind() == ConversationId.Kind.PRIVATE) {
      id.forUsers(user -> markUser(id, user, mark));
    } else if (!members(mark.conversation().number()).isEmpty() || fanOut.course(id) != null) {
      fanOut.add(id, new MarkHandout(commit, mark));
    }
  }

  private void markUser(ConversationId id, String user, Committed.Marked mark) {
    String in = id.addressFor(user);
    shard.toUser(
        user,
        out -> EntryWriter.mark(out, in, mark.user(), mark.got(), mark.read()),
        (session, frame) -> mark(session, in, mark, frame));
  }

  /// Of marks that find no room the newest of each user and conversation waits with the session.
  private void mark(Session session, String in, Committed.Marked mark, Frame frame) {
    if (isOf(mark.by(), session)) {
      return;
    }
    if (!session.outbox().isHalfFull() && !session.owesMarks()) {
      session.outbox().put(frame);
    } else if (session.arrears().owe(new OwedMark(in, mark.user(), mark.got(), mark.read()))) {
      hub.catchingUp().note(session);
    } else {
      hub.close(session, CloseCode.SLOW);
    }
  }

  /// A mark on its way to the members of a group.
  private final class MarkHandout extends Course.Handout {
    private final long commit;
    private final Committed.Marked mark;
    private final String in;

    MarkHandout(long commit, Committed.Marked mark) {
      this.commit = commit;
      this.mark = mark;
      this.in = mark.conversation().id().toString();
    }

    @Override
    long commit() {
      return commit;
    }

    @Override
    int sizeBytes() {
      return 2 * in.length() + 64;
    }

    @Override
    Readers readers() {
      return members(mark.conversation().number());
    }

    @Override
    Frame make() {
      return shard.frame(out -> EntryWriter.mark(out, in, mark.user(), mark.got(), mark.read()));
    }

    @Override
    void give(Session session, Frame frame) {
      mark(session, in, mark, frame);
    }
  }

  // Wishes.

  void preferred(Committed.Preferred wish) {
    String in = wish.conversation().id().addressFor(wish.user());
    shard.toUser(
        wish.user(),
        out -> EntryWriter.pref(out, in, wish.muteUntilMillis(), wish.blocks()),
        (session, frame) -> {
          if (!isOf(wish.by(), session)) {
            hub.putOrClose(session, frame);
          }
        });
  }

  // Signals.

  /// Whoever is behind here gets none: they go first when there is much to do.
  void signalled(Committed.Signalled signal) {
    ConversationId id = signal.conversation().id();
    if (id.kind() == ConversationId.Kind.PRIVATE) {
      id.forUsers(user -> signalUser(id, user, signal));
    } else if (fanOut.course(id) == null) {
      Readers readers = members(signal.conversation().number());
      if (!readers.isEmpty()) {
        fanOut.add(id, new SignalHandout(readers, signal));
      }
    }
  }

  private void signalUser(ConversationId id, String user, Committed.Signalled signal) {
    shard.toUser(
        user,
        out -> EntryWriter.signal(out, id.addressFor(user), signal.from(), signal.data()),
        (session, frame) -> signal(session, signal, frame));
  }

  private static void signal(Session session, Committed.Signalled signal, Frame frame) {
    if (!isOf(signal.by(), session)) {
      session.outbox().offerOrDrop(frame);
    }
  }

  /// A signal on its way to the members of a group.
  private final class SignalHandout extends Course.Handout {
    private final Readers readers;
    private final Committed.Signalled signal;

    SignalHandout(Readers readers, Committed.Signalled signal) {
      this.readers = readers;
      this.signal = signal;
    }

    /// It is of no commit.
    @Override
    long commit() {
      return 0;
    }

    @Override
    int sizeBytes() {
      return signal.data().sizeBytes();
    }

    @Override
    Readers readers() {
      return readers;
    }

    @Override
    Frame make() {
      String in = signal.conversation().id().toString();
      return shard.frame(out -> EntryWriter.signal(out, in, signal.from(), signal.data()));
    }

    @Override
    void give(Session session, Frame frame) {
      signal(session, signal, frame);
    }
  }
}
