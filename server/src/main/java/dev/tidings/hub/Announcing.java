package dev.tidings.hub;

import dev.tidings.auth.LabelFilter;
import dev.tidings.conversation.EntryWriter;
import dev.tidings.conversation.LocalUser;
import dev.tidings.conversation.Readers;
import dev.tidings.engine.Answer;
import dev.tidings.engine.Change;
import dev.tidings.engine.Committed;
import dev.tidings.engine.Conversation;
import dev.tidings.engine.ConversationId;
import dev.tidings.engine.Ticket;
import dev.tidings.session.Frame;
import dev.tidings.session.Session;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Announcement channels that the operator defines and removes, for those who are here: who is on
/// this lane begins to read or stops, between the entries where that was decided ([Channels]).
///
/// Who stops is told by a `gap` and handed nothing more. Who begins is outside until it is kept
/// where the channel begins for him, a number of users at a time; then he is told by a `gap`, too.
/// It begins for all of them where the channel stood when it was defined, so nobody misses what is
/// announced while others had their turn.
final class Announcing {
  private static final int ADMITTED_AT_ONCE = 256;
  private static final long AGAIN_MILLIS = 1_000;

  private final Hub hub;
  private final Shard shard;
  private final FanOut fanOut;

  /// By channel: the head of its log when it was defined last.
  private final Map<String, Long> heads = new HashMap<>();

  /// Channels to which some are being admitted.
  private final Set<String> admitting = new HashSet<>();

  Announcing(Hub hub, Shard shard, FanOut fanOut) {
    this.hub = hub;
    this.shard = shard;
    this.fanOut = fanOut;
  }

  void defined(long commit, Committed.ChannelDefined defined) {
    ConversationId id = defined.conversation().id();
    heads.put(id.name(), defined.head());
    change(commit, id, Optional.of(LabelFilter.parse(defined.filter())));
  }

  void removed(long commit, Committed.ChannelRemoved removed) {
    ConversationId id = removed.conversation().id();
    heads.remove(id.name());
    change(commit, id, Optional.empty());
  }

  private void change(long commit, ConversationId id, Optional<LabelFilter> filter) {
    shard.channels.define(id.name(), filter);
    if (!shard.channels.readers(id.name()).isEmpty()) {
      fanOut.add(id, new Farewell(commit, id, filter));
    }
    fanOut.turnOver(commit, id, () -> turn(id, filter));
  }

  private void turn(ConversationId id, Optional<LabelFilter> filter) {
    List<Session> left = new ArrayList<>();
    shard.channels.turn(id.name(), filter, shard.everyone, left::add);
    for (Session session : left) {
      if (session.isCatchingUp()) {
        session.owesNothing(id);
        hub.catchingUp().proceed(session);
      }
    }
    admit(id);
  }

  /// Says that the channel is his no more.
  private final class Farewell extends Course.Handout {
    private final long commit;
    private final ConversationId id;
    private final Optional<LabelFilter> filter;

    Farewell(long commit, ConversationId id, Optional<LabelFilter> filter) {
      this.commit = commit;
      this.id = id;
      this.filter = filter;
    }

    @Override
    long commit() {
      return commit;
    }

    @Override
    int sizeBytes() {
      return 64;
    }

    @Override
    Readers readers() {
      return shard.channels.readers(id.name());
    }

    @Override
    Frame make() {
      return shard.frame(out -> EntryWriter.gone(out, id.toString()));
    }

    @Override
    void give(Session session, Frame frame) {
      if (filter.isEmpty() || !filter.get().fits(session.identity().labels())) {
        hub.putOrClose(session, frame);
      }
    }
  }

  /// A session has been welcomed that is outside of some channel.
  void admitAll() {
    List.copyOf(heads.keySet())
        .forEach(name -> admit(new ConversationId(ConversationId.Kind.ANNOUNCEMENT, name)));
  }

  /// Has the next of those who are outside admitted.
  private void admit(ConversationId id) {
    String name = id.name();
    List<String> users = shard.channels.outside(name, ADMITTED_AT_ONCE);
    if (users.isEmpty() || !admitting.add(name)) {
      return;
    }
    Ticket ticket =
        Ticket.of(
            shard.index,
            answer -> {
              if (answer instanceof Answer.Done) {
                fanOut.turnOver(0, id, () -> next(id)); // behind what admits them
              } else {
                again(id);
              }
            });
    long head = heads.getOrDefault(name, Long.MAX_VALUE);
    if (!shard.engine.submit(new Change.Admit(ticket, id, head, users))) {
      again(id);
    }
  }

  private void next(ConversationId id) {
    admitting.remove(id.name());
    admit(id);
  }

  private void again(ConversationId id) {
    shard.lane.schedule(() -> next(id), AGAIN_MILLIS);
  }

  void admitted(long commit, Committed.Admitted admitted) {
    fanOut.turnOver(commit, admitted.conversation().id(), () -> admit(admitted));
  }

  private void admit(Committed.Admitted admitted) {
    Conversation channel = admitted.conversation();
    String in = channel.id().toString();
    Frame frame =
        shard.frame(
            out -> EntryWriter.gap(out, in, channel.epoch(), admitted.after(), admitted.head()));
    for (String user : admitted.who()) {
      List<Session> sessions = shard.users.find(user).map(LocalUser::sessions).orElse(List.of());
      for (Session session : List.copyOf(sessions)) { // one may close and leave
        if (shard.channels.admit(channel.id().name(), session)) {
          hub.putOrClose(session, frame);
        }
      }
    }
    frame.release();
  }
}
