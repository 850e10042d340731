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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Hands out what was committed to the readers on this lane, and what passes through topics without
/// a log.
///
/// The number of writes is the cost, so entries of one conversation that come together leave
/// together: one frame, one write per reader ([Run]), and to many readers by and by ([FanOut]).
/// What an author gets of his own entries carries his `cid`; his few connections are found by the
/// user table and served apart.
final class Delivery {
  private final Hub hub;
  private final Shard shard;
  private final FanOut fanOut;
  private final Neighbours neighbours;

  /// What was published on this lane in this tick, by topic.
  private final Map<String, Passing> published = new LinkedHashMap<>();

  /// And of topics where only the newest matters.
  private final List<Conflation.Newest> newest = new ArrayList<>();

  private final Conflation conflation;

  Delivery(Hub hub, Shard shard, FanOut fanOut, Neighbours neighbours) {
    this.hub = hub;
    this.shard = shard;
    this.fanOut = fanOut;
    this.neighbours = neighbours;
    this.conflation = new Conflation(shard, this::passNewest);
  }

  /// One commit, in order.
  void hand(long commit, List<Committed> committed) {
    for (Committed each : committed) {
      switch (each) {
        case Committed.Appended(var conversation, Entry entry) ->
            appended(commit, conversation.number(), conversation.id(), entry);
        case Committed.Signalled signal -> signalled(signal);
        case Committed.Marked mark -> marked(commit, mark);
        case Committed.Preferred wish -> preferred(wish);
        case Committed.MembersIn in -> turnOver(commit, in.conversation().id(), () -> letIn(in));
        case Committed.MembersOut out ->
            turnOver(commit, out.conversation().id(), () -> letOut(out));
        case Committed.GroupEnded(var conversation) ->
            turnOver(
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

  /// Readers of a conversation come or go: behind what is handed out still.
  private void turnOver(long commit, ConversationId id, Runnable change) {
    if (fanOut.course(id) == null) {
      change.run();
    } else {
      fanOut.add(id, new Course.Turnover(commit, change));
    }
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
    toUser(
        user,
        session -> true,
        out -> {
          gap.accept(out.beginObject().name("op").plain("gap"));
          out.endObject();
        });
  }

  /// To those of his connections that are `meant`, or they come back and sync.
  private void toUser(String user, Predicate<Session> meant, Consumer<JsonWriter> unit) {
    List<Session> sessions = shard.users.find(user).map(LocalUser::sessions).orElse(List.of());
    for (int i = sessions.size() - 1; i >= 0; i--) { // from the end: one may close and leave
      Session session = sessions.get(i);
      if (!meant.test(session)) {
        continue;
      }
      if (session.outbox().isHalfFull()) {
        hub.close(session, CloseCode.SLOW); // it has no place in a log to wait in; sync will tell
      } else {
        shard.put(session, unit);
      }
    }
  }

  private void appended(long commit, long number, ConversationId id, Entry entry) {
    switch (id.kind()) {
      case PRIVATE -> toBoth(id, entry);
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

  /// Puts `entry` to those that wait, or begins a run. Where nobody reads, nothing is made.
  private void toReaders(long commit, ConversationId id, Supplier<Readers> readers, Entry entry) {
    Course course = fanOut.course(id);
    if (course == null && readers.get().isEmpty()) {
      return;
    }
    if (course != null && course.lastWaiting() instanceof Outgoing last && !last.run.isFull()) {
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
    private @Nullable Frame frame;

    Outgoing(long commit, Run run, Supplier<Readers> readers) {
      this.commit = commit;
      this.run = run;
      this.readers = readers;
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
    void begin() {
      for (Entry entry : run.entries) {
        if (!entry.cid().isEmpty() && !apart.containsKey(entry.from())) {
          shard.users.find(entry.from()).ifPresent(author -> serveApart(author));
        }
      }
      frame = shard.frames.of(run.units());
    }

    private void serveApart(LocalUser author) {
      apart.put(author.name(), shard.frames.of(run.unitsFor(author.name())));
      servedApart.addAll(author.sessions());
      author.sessions().forEach(session -> session.serveApart(true));
    }

    @Override
    void give(Session session) {
      Frame own = session.servedApart() ? apart.get(session.user()) : null;
      Frame common = frame;
      if (session.cameAfter(newestReader)) {
        readFrom(session, run.id, run.first(), run.last());
      } else if (own != null) {
        deliver(session, run.id, run.first(), run.last(), own);
      } else if (common != null) {
        deliver(session, run.id, run.first(), run.last(), common);
      }
    }

    @Override
    void end() {
      servedApart.forEach(session -> session.serveApart(false));
      apart.values().forEach(Frame::release);
      if (frame != null) {
        frame.release();
      }
    }
  }

  // How far somebody has read, and what he wishes.

  private void marked(long commit, Committed.Marked mark) {
    ConversationId id = mark.conversation().id();
    if (!mark.toAll()) {
      markUser(id, mark.user(), mark);
      return;
    }
    if (id.kind() == ConversationId.Kind.PRIVATE) {
      markUser(id, id.firstUser(), mark);
      if (!id.firstUser().equals(id.secondUser())) {
        markUser(id, id.secondUser(), mark);
      }
      return;
    }
    long number = mark.conversation().number();
    Readers readers = shard.users.readers(number, shard.clock.monotonicMillis());
    if (!readers.isEmpty() || fanOut.course(id) != null) {
      fanOut.add(id, new MarkHandout(commit, mark));
    }
  }

  private void markUser(ConversationId id, String user, Committed.Marked mark) {
    List<Session> sessions = shard.users.find(user).map(LocalUser::sessions).orElse(List.of());
    if (sessions.isEmpty()) {
      return;
    }
    String in = id.addressFor(user);
    Frame frame =
        shard.frame(out -> EntryWriter.mark(out, in, mark.user(), mark.got(), mark.read()));
    for (int i = sessions.size() - 1; i >= 0; i--) { // from the end: one may close and leave
      mark(sessions.get(i), in, mark, frame);
    }
    frame.release();
  }

  /// Of marks that find no room the newest of each user and conversation waits with the session.
  private void mark(Session session, String in, Committed.Marked mark, Frame frame) {
    if (mark.by() instanceof Asked asked && asked.isOf(session)) {
      return;
    }
    if (!session.outbox().isHalfFull() && !session.owesMarks()) {
      session.outbox().put(frame);
    } else if (session.oweMark(in, mark.user(), mark.got(), mark.read())) {
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
    private @Nullable Frame frame;

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
      return shard.users.readers(mark.conversation().number(), shard.clock.monotonicMillis());
    }

    @Override
    void begin() {
      frame = shard.frame(out -> EntryWriter.mark(out, in, mark.user(), mark.got(), mark.read()));
    }

    @Override
    void give(Session session) {
      Frame common = frame;
      if (common != null) {
        mark(session, in, mark, common);
      }
    }

    @Override
    void end() {
      if (frame != null) {
        frame.release();
      }
    }
  }

  private void preferred(Committed.Preferred wish) {
    String in = wish.conversation().id().addressFor(wish.user());
    toUser(
        wish.user(),
        session -> !(wish.by() instanceof Asked asked && asked.isOf(session)),
        out -> EntryWriter.pref(out, in, wish.muteUntilMillis(), wish.blocks()));
  }

  // What passes: signals.

  /// Whoever is behind here gets none: they go first when there is much to do.
  private void signalled(Committed.Signalled signal) {
    ConversationId id = signal.conversation().id();
    if (id.kind() == ConversationId.Kind.PRIVATE) {
      signalUser(id, id.firstUser(), signal);
      if (!id.firstUser().equals(id.secondUser())) {
        signalUser(id, id.secondUser(), signal);
      }
      return;
    }
    long number = signal.conversation().number();
    if (fanOut.course(id) == null) {
      Readers readers = shard.users.readers(number, shard.clock.monotonicMillis());
      if (!readers.isEmpty()) {
        fanOut.add(id, new Signalling(readers, signal));
      }
    }
  }

  private void signalUser(ConversationId id, String user, Committed.Signalled signal) {
    List<Session> sessions = shard.users.find(user).map(LocalUser::sessions).orElse(List.of());
    if (sessions.isEmpty()) {
      return;
    }
    Frame frame =
        shard.frame(
            out -> EntryWriter.signal(out, id.addressFor(user), signal.from(), signal.data()));
    for (Session session : sessions) {
      signal(session, signal, frame);
    }
    frame.release();
  }

  private static void signal(Session session, Committed.Signalled signal, Frame frame) {
    if (!(signal.by() instanceof Asked asked && asked.isOf(session))) {
      session.outbox().offerOrDrop(frame);
    }
  }

  /// A signal on its way to the members of a group.
  private final class Signalling extends Course.Handout {
    private final Readers readers;
    private final Committed.Signalled signal;
    private @Nullable Frame frame;

    Signalling(Readers readers, Committed.Signalled signal) {
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
    void begin() {
      String in = signal.conversation().id().toString();
      frame = shard.frame(out -> EntryWriter.signal(out, in, signal.from(), signal.data()));
    }

    @Override
    void give(Session session) {
      Frame common = frame;
      if (common != null) {
        signal(session, signal, common);
      }
    }

    @Override
    void end() {
      if (frame != null) {
        frame.release();
      }
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

  // Topics without a log.

  /// Units of one topic that leave together.
  private record Passing(String topic, JsonWriter units, int[] count) {}

  /// Passes `data` on to whoever follows `topic` now, on every lane, at the end of this tick.
  ///
  /// @param key of what it is the newest, where only that matters
  void publish(String topic, String from, String key, List<String> mention, Payload data) {
    if (published.isEmpty() && newest.isEmpty()) {
      shard.atEndOfTick(this::passOn);
    }
    if (shard.settings.policyOf(topic).kind() == TopicPolicy.Kind.LATEST) {
      JsonWriter unit = new JsonWriter(64 + data.sizeBytes());
      EntryWriter.passing(unit, "t:" + topic, from, mention, data, shard.clock.epochMillis());
      newest.add(new Conflation.Newest(topic, key, unit.toBytes()));
      if (newest.size() >= Conflation.KEYS_MAX) {
        passOn();
      }
      return;
    }
    Passing passing =
        published.computeIfAbsent(
            topic, name -> new Passing(name, new JsonWriter(512), new int[1]));
    JsonWriter units = passing.units();
    if (units.length() > 0) {
      units.newLine();
    }
    EntryWriter.passing(units, "t:" + topic, from, mention, data, shard.clock.epochMillis());
    passing.count()[0]++;
    if (units.length() >= Run.BYTES_MAX) {
      passOn();
    }
  }

  private void passOn() {
    if (published.isEmpty() && newest.isEmpty()) {
      return;
    }
    List<Passing> batch = List.copyOf(published.values());
    List<Conflation.Newest> changes = List.copyOf(newest);
    published.clear();
    newest.clear();
    for (int lane = 0; lane < neighbours.count(); lane++) {
      if (lane == shard.index) {
        pass(batch, changes);
      } else {
        neighbours.tell(lane, other -> other.delivery().pass(batch, changes));
      }
    }
  }

  /// The units are only read here, for every lane makes its own frames of them.
  private void pass(List<Passing> batch, List<Conflation.Newest> changes) {
    for (Conflation.Newest change : changes) {
      conflation.take(change, shard.settings.policyOf(change.topic()).everyMillis());
    }
    for (Passing passing : batch) {
      if (!shard.topics.readers(passing.topic()).isEmpty()) {
        pass(new ConversationId(ConversationId.Kind.TOPIC, passing.topic()), passing);
      }
    }
    fanOut.proceed();
  }

  private void passNewest(String topic, JsonWriter units, int count) {
    pass(
        new ConversationId(ConversationId.Kind.TOPIC, topic),
        new Passing(topic, units, new int[] {count}));
    fanOut.proceed();
  }

  /// The newest of each key in a topic where only that matters.
  JsonWriter newest(String topic) {
    return conflation.all(topic);
  }

  void sweep() {
    conflation.sweep(shard.topics);
  }

  private void pass(ConversationId topic, Passing passing) {
    Course course = fanOut.course(topic);
    if (course != null && course.lastWaiting() instanceof Passage last && !last.isFull()) {
      last.add(passing);
      fanOut.grew(course);
    } else {
      fanOut.add(topic, new Passage(passing));
    }
  }

  /// Units on their way to those who follow a topic without a log.
  private final class Passage extends Course.Handout {
    private final String topic;
    private final List<Passing> parts = new ArrayList<>(1);
    private int bytes;
    private int units;
    private final TopicPolicy policy;
    private @Nullable Frame frame;
    private byte @Nullable [] held;

    Passage(Passing first) {
      this.topic = first.topic();
      this.policy = shard.settings.policyOf(topic);
      add(first);
    }

    void add(Passing more) {
      parts.add(more);
      bytes += more.units().length();
      units += more.count()[0];
    }

    boolean isFull() {
      return bytes >= Run.BYTES_MAX;
    }

    /// It is of no commit.
    @Override
    long commit() {
      return 0;
    }

    @Override
    int sizeBytes() {
      return bytes;
    }

    @Override
    Readers readers() {
      return shard.topics.readers(topic);
    }

    @Override
    void begin() {
      frame = shard.frames.of(parts.size() == 1 ? parts.getFirst().units() : together());
    }

    private JsonWriter together() {
      JsonWriter all = new JsonWriter(bytes + parts.size());
      for (Passing part : parts) {
        if (all.length() > 0) {
          all.newLine();
        }
        all.rawUnits(part.units());
      }
      return all;
    }

    @Override
    void give(Session session) {
      Frame common = frame;
      if (common == null
          || (!session.isHolding()
              && session.outbox().offerPassing(common) == Outbox.Offer.ACCEPTED)) {
        return;
      }
      if (policy.kind() == TopicPolicy.Kind.DROP_OLDEST) {
        session.hold(topic, bytes(), units);
      } else {
        session.lose(topic, units);
      }
      hub.catchingUp().note(session);
    }

    /// The units once more, for all who hold them.
    private byte[] bytes() {
      byte[] known = held;
      if (known == null) {
        known = (parts.size() == 1 ? parts.getFirst().units() : together()).toBytes();
        held = known;
      }
      return known;
    }

    @Override
    void end() {
      if (frame != null) {
        frame.release();
      }
    }
  }
}
