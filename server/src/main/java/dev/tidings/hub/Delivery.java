package dev.tidings.hub;

import dev.tidings.conversation.EntryWriter;
import dev.tidings.conversation.LocalUser;
import dev.tidings.conversation.Readers;
import dev.tidings.engine.Committed;
import dev.tidings.engine.ConversationId;
import dev.tidings.engine.Entry;
import dev.tidings.protocol.CloseCode;
import dev.tidings.protocol.JsonWriter;
import dev.tidings.protocol.Payload;
import dev.tidings.session.Frame;
import dev.tidings.session.Outbox;
import dev.tidings.session.Session;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Hands out what was committed to the readers on this lane, and what passes through topics without
/// a log.
///
/// The number of writes is the cost, so entries of one conversation that come together leave
/// together: one frame, one write per reader ([Run]). What an author gets of his own entries
/// carries his `cid`; his few connections are found by the user table and served apart.
final class Delivery {
  private final Hub hub;
  private final Shard shard;
  private final Neighbours neighbours;

  /// Runs of the batch in hand, by conversation number, in order of first appearance.
  private final Map<Long, Run> runs = new LinkedHashMap<>();

  /// What was published on this lane in this tick, by topic.
  private final Map<String, Passing> published = new LinkedHashMap<>();

  Delivery(Hub hub, Shard shard, Neighbours neighbours) {
    this.hub = hub;
    this.shard = shard;
    this.neighbours = neighbours;
  }

  /// One commit, in order.
  void hand(List<Committed> committed) {
    for (Committed each : committed) {
      switch (each) {
        case Committed.Appended(var conversation, Entry entry) ->
            appended(conversation.number(), conversation.id(), entry);
        case Committed.MembersIn in -> {
          long number = in.conversation().number();
          finish(number);
          in.who().forEach(user -> shard.users.memberIn(number, user));
          in.quietHead().ifPresent(head -> in.who().forEach(user -> letIn(in, head, user)));
        }
        case Committed.MembersOut out -> {
          long number = out.conversation().number();
          finish(number);
          out.who().forEach(user -> shard.users.memberOut(number, user));
          if (out.quiet()) {
            out.who().forEach(user -> letOut(out, user));
          }
        }
      }
    }
    runs.values().forEach(this::give);
    runs.clear();
  }

  /// Forgets what of a commit was not given, because giving failed.
  void abandon() {
    runs.clear();
  }

  /// No entry says it in a quiet group: he is told the place from which he reads.
  private void letIn(Committed.MembersIn in, long head, String user) {
    toUser(
        user,
        gap ->
            gap.name("in")
                .plain(in.conversation().id().toString())
                .name("epoch")
                .plain(in.conversation().epoch())
                .name("after")
                .number(head)
                .name("head")
                .number(head));
  }

  private void letOut(Committed.MembersOut out, String user) {
    toUser(
        user,
        gap -> gap.name("in").plain(out.conversation().id().toString()).name("gone").bool(true));
  }

  private void toUser(String user, Consumer<JsonWriter> gap) {
    List<Session> sessions = shard.users.find(user).map(LocalUser::sessions).orElse(List.of());
    for (int i = sessions.size() - 1; i >= 0; i--) { // from the end: one may close and leave
      Session session = sessions.get(i);
      if (session.outbox().isHalfFull()) {
        hub.close(session, CloseCode.SLOW); // it has no place in a log to wait in; sync will tell
        continue;
      }
      shard.put(
          session,
          out -> {
            gap.accept(out.beginObject().name("op").plain("gap"));
            out.endObject();
          });
    }
  }

  private void appended(long number, ConversationId id, Entry entry) {
    switch (id.kind()) {
      case PRIVATE -> toBoth(id, entry);
      case GROUP -> {
        Readers readers = shard.users.readers(number, shard.clock.monotonicMillis());
        toReaders(number, id, readers, entry);
      }
      case ANNOUNCEMENT -> toReaders(number, id, shard.everyone, entry);
      case TOPIC -> {
        Optional<Readers> readers = shard.topics.readers(id.name());
        if (readers.isPresent()) {
          toReaders(number, id, readers.get(), entry);
        }
      }
    }
  }

  private void toBoth(ConversationId id, Entry entry) {
    String first = id.firstUser();
    String second = id.secondUser();
    toUser(id, entry, first);
    if (!first.equals(second)) {
      toUser(id, entry, second);
    }
  }

  private void toUser(ConversationId id, Entry entry, String user) {
    Optional<LocalUser> local = shard.users.find(user);
    if (local.isEmpty() || local.get().sessions().isEmpty()) {
      return;
    }
    boolean toAuthor = entry.from().equals(user);
    Frame frame = shard.frame(out -> EntryWriter.unit(out, id.addressFor(user), entry, toAuthor));
    List<Session> sessions = local.get().sessions();
    for (int i = sessions.size() - 1; i >= 0; i--) { // from the end: one may close and leave
      deliver(sessions.get(i), id, entry.seq(), entry.seq(), frame);
    }
    frame.release();
  }

  private void toReaders(long number, ConversationId id, Readers readers, Entry entry) {
    if (readers.isEmpty()) {
      return;
    }
    Run run = runs.computeIfAbsent(number, fresh -> new Run(id, readers));
    run.add(entry);
    if (run.isFull()) {
      finish(number);
    }
  }

  /// Gives what has run up of a conversation now, because its readers are about to change or it is
  /// enough for one frame.
  private void finish(long number) {
    Run run = runs.remove(number);
    if (run != null) {
      give(run);
    }
  }

  private void give(Run run) {
    Map<String, Frame> apart = new HashMap<>();
    try {
      makeFramesForAuthors(run, apart);
      apart.keySet().forEach(author -> serveApart(author, true));
      Frame frame = shard.frames.of(run.units());
      run.readers.forEach(session -> {
        Frame own = session.servedApart() ? apart.get(session.user()) : null;
        deliver(session, run.id, run.first(), run.last(), own == null ? frame : own);
      });
      frame.release();
    } finally {
      apart.forEach((author, own) -> {
        serveApart(author, false);
        own.release();
      });
    }
  }

  private void makeFramesForAuthors(Run run, Map<String, Frame> apart) {
    for (Entry entry : run.entries) {
      if (!entry.cid().isEmpty()
          && !apart.containsKey(entry.from())
          && shard.users.find(entry.from()).isPresent()) {
        apart.put(entry.from(), shard.frames.of(run.unitsFor(entry.from())));
      }
    }
  }

  private void serveApart(String author, boolean apart) {
    shard
        .users
        .find(author)
        .ifPresent(user -> user.sessions().forEach(session -> session.serveApart(apart)));
  }

  private void deliver(Session session, ConversationId in, long first, long last, Frame frame) {
    if (!session.deliver(in, first, last, frame)) {
      hub.close(session, CloseCode.SLOW);
    } else if (session.isCatchingUp()) {
      hub.catchingUp().note(session);
    }
  }

  // Topics without a log.

  /// Units of one topic that leave together.
  private record Passing(String topic, JsonWriter units, int[] count) {}

  /// Passes `data` on to whoever follows `topic` now, on every lane, at the end of this tick.
  void publish(String topic, String from, Payload data) {
    if (published.isEmpty()) {
      shard.atEndOfTick(this::passOn);
    }
    Passing passing =
        published.computeIfAbsent(
            topic, name -> new Passing(name, new JsonWriter(512), new int[1]));
    JsonWriter units = passing.units();
    if (units.length() > 0) {
      units.newLine();
    }
    EntryWriter.passing(units, "t:" + topic, from, data, shard.clock.epochMillis());
    passing.count()[0]++;
    if (units.length() >= Run.BYTES_MAX) {
      passOn();
    }
  }

  private void passOn() {
    if (published.isEmpty()) {
      return;
    }
    List<Passing> batch = List.copyOf(published.values());
    published.clear();
    for (int lane = 0; lane < neighbours.count(); lane++) {
      if (lane == shard.index) {
        pass(batch);
      } else {
        neighbours.tell(lane, other -> other.delivery().pass(batch));
      }
    }
  }

  /// The units are only read here, for every lane makes its own frames of them.
  private void pass(List<Passing> batch) {
    for (Passing passing : batch) {
      Optional<Readers> readers = shard.topics.readers(passing.topic());
      if (readers.isPresent()) {
        Frame frame = shard.frames.of(passing.units());
        readers.get().forEach(session -> pass(session, passing, frame));
        frame.release();
      }
    }
  }

  private void pass(Session session, Passing passing, Frame frame) {
    if (session.outbox().offer(frame) == Outbox.Offer.FULL) {
      session.lose(passing.topic(), passing.count()[0]);
      hub.catchingUp().note(session);
    }
  }
}
