package dev.tidings.hub;

import dev.tidings.conversation.EntryWriter;
import dev.tidings.conversation.LocalUser;
import dev.tidings.conversation.Readers;
import dev.tidings.engine.Committed;
import dev.tidings.engine.Conversation;
import dev.tidings.engine.ConversationId;
import dev.tidings.engine.Entry;
import dev.tidings.protocol.CloseCode;
import dev.tidings.session.Frame;
import dev.tidings.session.Session;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// Hands out what was committed to the readers on this lane. What is no entry of a log is
/// another's: see [Notices], [Announcing] and [Passing].
///
/// The number of writes is the cost, so entries of one conversation that come together leave
/// together: one frame, one write per reader ([Run]), and to many readers by and by ([FanOut]).
/// What an author gets of his own entries carries his `cid`; his few connections are found by the
/// user table and served apart.
final class Delivery {
  private final Hub hub;
  private final Shard shard;
  private final FanOut fanOut;
  private final Notices notices;
  private final Announcing announcing;

  Delivery(Hub hub, Shard shard, FanOut fanOut, Announcing announcing) {
    this.hub = hub;
    this.shard = shard;
    this.fanOut = fanOut;
    this.announcing = announcing;
    this.notices = new Notices(hub, shard, fanOut);
  }

  /// One commit, in order.
  void hand(long commit, List<Committed> committed) {
    for (Committed each : committed) {
      switch (each) {
        case Committed.Appended(var conversation, Entry entry) ->
            appended(commit, conversation.number(), conversation.id(), entry);
        case Committed.Signalled signal -> notices.signalled(signal);
        case Committed.Marked mark -> notices.marked(commit, mark);
        case Committed.Preferred wish -> notices.preferred(wish);
        case Committed.MembersIn in ->
            fanOut.turnOver(commit, in.conversation().id(), () -> letIn(in));
        case Committed.ChannelDefined defined -> announcing.defined(commit, defined);
        case Committed.ChannelRemoved removed -> announcing.removed(commit, removed);
        case Committed.Admitted admitted -> announcing.admitted(commit, admitted);
        case Committed.MembersOut out ->
            fanOut.turnOver(commit, out.conversation().id(), () -> letOut(out));
        case Committed.GroupEnded(var conversation) ->
            fanOut.turnOver(
                commit,
                conversation.id(),
                () -> {
                  shard.users.groupEnded(conversation.number());
                  hub.presence().groupEnded(conversation.id().name());
                });
      }
    }
    fanOut.proceed();
  }

  private void letIn(Committed.MembersIn in) {
    long number = in.conversation().number();
    in.who().forEach(user -> shard.users.memberIn(number, user));
    in.unsaidHead().ifPresent(head -> in.who().forEach(user -> letIn(in, head, user)));
    hub.presence().membersIn(in.conversation().id().name(), in.who());
  }

  private void letOut(Committed.MembersOut out) {
    long number = out.conversation().number();
    out.who().forEach(user -> shard.users.memberOut(number, user));
    if (out.quiet()) {
      out.who().forEach(user -> letOut(out, user));
    }
    hub.presence().membersOut(out.conversation().id().name(), out.who());
  }

  /// No entry says it in a quiet group, and in one that bears the name of another he may not know
  /// which it is: he is told the place from which he reads.
  private void letIn(Committed.MembersIn in, long head, String user) {
    Conversation group = in.conversation();
    shard.toUser(
        user,
        out -> EntryWriter.gap(out, group.id().toString(), group.epoch(), head, head),
        hub::putOrClose);
  }

  private void letOut(Committed.MembersOut out, String user) {
    String group = out.conversation().id().toString();
    shard.toUser(user, gap -> EntryWriter.gone(gap, group), hub::putOrClose);
  }

  private void appended(long commit, long number, ConversationId id, Entry entry) {
    switch (id.kind()) {
      case PRIVATE -> id.forUsers(user -> toUser(id, entry, user));
      case GROUP ->
          toReaders(
              commit, id, () -> shard.users.readers(number, shard.clock.monotonicMillis()), entry);
      case ANNOUNCEMENT ->
          toReaders(
              commit,
              id,
              () -> id.isChannel() ? shard.channels.readers(id.name()) : shard.everyone,
              entry);
      case TOPIC -> toReaders(commit, id, () -> shard.topics.readers(id.name()), entry);
    }
  }

  private void toUser(ConversationId id, Entry entry, String user) {
    boolean toAuthor = entry.from().equals(user);
    shard.toUser(
        user,
        out -> EntryWriter.unit(out, id.addressFor(user), entry, toAuthor),
        (session, frame) -> deliver(session, id, entry.seq(), entry.seq(), frame));
  }

  /// Puts `entry` to those that wait, or begins a run. Where nobody reads, nothing is made.
  private void toReaders(long commit, ConversationId id, Supplier<Readers> readers, Entry entry) {
    Course course = fanOut.course(id);
    if (course == null && readers.get().isEmpty()) {
      return;
    }
    if (course != null && course.lastWaiting() instanceof Outgoing last && last.takes()) {
      last.run.add(entry);
      fanOut.grew(course);
      return;
    }
    Run run = new Run(id);
    run.add(entry);
    fanOut.add(id, new Outgoing(commit, run, readers));
  }

  /// A run on its way to the readers of one conversation.
  private final class Outgoing extends Course.Handout {
    private final long commit;
    private final Run run;
    private final Supplier<Readers> readers;

    /// Who is welcomed from now on may not have been let in before some of these entries.
    private final int newestReader = shard.welcomes;

    private final Map<String, Frame> apart = new HashMap<>(2);
    private final List<Session> servedApart = new ArrayList<>(2);

    Outgoing(long commit, Run run, Supplier<Readers> readers) {
      this.commit = commit;
      this.run = run;
      this.readers = readers;
    }

    /// Whether more may leave with it. Not if somebody came since: of what was there before he is
    /// not told that it is gone, and of what comes now he must be.
    boolean takes() {
      return !run.isFull() && newestReader == shard.welcomes;
    }

    @Override
    long commit() {
      return commit;
    }

    @Override
    int sizeBytes() {
      return run.units().length();
    }

    @Override
    Readers readers() {
      return readers.get();
    }

    @Override
    Frame make() {
      for (Entry entry : run.entries) {
        if (!entry.cid().isEmpty() && !apart.containsKey(entry.from())) {
          shard.users.find(entry.from()).ifPresent(author -> serveApart(author));
        }
      }
      return shard.frames.of(run.units());
    }

    private void serveApart(LocalUser author) {
      apart.put(author.name(), shard.frames.of(run.unitsFor(author.name())));
      servedApart.addAll(author.sessions());
      author.sessions().forEach(session -> session.serveApart(true));
    }

    @Override
    void give(Session session, Frame common) {
      Frame own = session.servedApart() ? apart.get(session.user()) : null;
      if (session.cameAfter(newestReader)) {
        readFrom(session, run.id, run.first(), run.last());
      } else {
        deliver(session, run.id, run.first(), run.last(), own == null ? common : own);
      }
    }

    @Override
    void ended() {
      servedApart.forEach(session -> session.serveApart(false));
      apart.values().forEach(Frame::release);
    }
  }

  private void deliver(Session session, ConversationId in, long first, long last, Frame frame) {
    if (!session.deliver(in, first, last, frame)) {
      hub.close(session, CloseCode.SLOW);
    } else if (session.isCatchingUp()) {
      hub.catchingUp().note(session);
    }
  }

  private void readFrom(Session session, ConversationId in, long first, long last) {
    if (session.readFrom(in, first, last)) {
      hub.catchingUp().note(session);
      hub.catchingUp().proceed(session);
    } else {
      hub.close(session, CloseCode.SLOW);
    }
  }
}
