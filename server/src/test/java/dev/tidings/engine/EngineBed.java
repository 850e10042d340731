package dev.tidings.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.tidings.protocol.Address;
import dev.tidings.protocol.Command.GroupPatch;
import dev.tidings.protocol.ErrorCode;
import dev.tidings.protocol.Payload;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/// An engine and the lanes it answers to. All lanes are one queue that the test's thread works off
/// while it waits for an answer; every ticket checks that it is answered once, on its lane.
public final class EngineBed {
  public static final int LANES = 3;
  private static final long ANSWER_SECONDS_MAX = 20;

  /// How an engine is driven.
  ///
  /// @param drain works off what is queued, `false` if there was nothing; always so if the engine
  ///   has its own threads
  public record Driven(Engine engine, BooleanSupplier drain, boolean ownThreads) {}

  /// What one lane heard in one call.
  public record Heard(long commit, List<Committed> committed, int answers) {}

  private record Task(int lane, Runnable work) {}

  private final Driven driven;
  private final BlockingQueue<Task> tasks = new LinkedBlockingQueue<>();
  private final List<List<Heard>> heard = new ArrayList<>();
  private int runningLane = -1;
  private int nextLane;

  public EngineBed(Driven driven) {
    this.driven = driven;
    List<Engine.LaneDoor> doors = new ArrayList<>();
    for (int lane = 0; lane < LANES; lane++) {
      heard.add(new ArrayList<>());
      doors.add(door(lane));
    }
    driven.engine().start(doors);
  }

  private Engine.LaneDoor door(int index) {
    return new Engine.LaneDoor(
        task -> tasks.add(new Task(index, task)),
        (commit, committed, answers) -> {
          assertThat(runningLane).isEqualTo(index);
          heard.get(index).add(new Heard(commit, committed, answers.size()));
          answers.forEach(answered -> answered.ticket().on(answered.answer()));
        });
  }

  public Engine engine() {
    return driven.engine();
  }

  /// All that this lane heard, in order.
  public List<Heard> heard(int lane) {
    return heard.get(lane);
  }

  /// All that became true, as the first lane heard it.
  public List<Committed> committed() {
    return heard.getFirst().stream().flatMap(each -> each.committed().stream()).toList();
  }

  /// A question that waits for its answer.
  public final class Ask implements Ticket {
    private final int lane;
    private final List<Answer> answers = new ArrayList<>();

    Ask(int lane) {
      this.lane = lane;
    }

    @Override
    public int lane() {
      return lane;
    }

    @Override
    public void on(Answer answer) {
      assertThat(runningLane).as("the lane that is answered").isEqualTo(lane);
      assertThat(answers).as("answers before this one: " + answer).isEmpty();
      answers.add(answer);
    }

    public boolean isAnswered() {
      return !answers.isEmpty();
    }

    /// The answer, once it has come.
    public Answer answer() {
      await(this::isAnswered);
      return answers.getFirst();
    }
  }

  /// A ticket for the next lane in turn.
  public Ask ask() {
    nextLane = (nextLane + 1) % LANES;
    return new Ask(nextLane);
  }

  /// Submits and does not wait.
  public Ask submit(Function<Ticket, Change> change) {
    Ask ask = ask();
    assertThat(driven.engine().submit(change.apply(ask))).as("taken into the queue").isTrue();
    return ask;
  }

  /// Submits and waits.
  public Answer change(Function<Ticket, Change> change) {
    return submit(change).answer();
  }

  public Ask begin(Query query) {
    Ask ask = ask();
    assertThat(driven.engine().read(query, ask)).as("read taken").isTrue();
    return ask;
  }

  public Answer read(Query query) {
    return begin(query).answer();
  }

  /// Everything that was submitted before has been answered and told when this returns.
  public void settle() {
    Ask last =
        submit(ticket -> new Change.Read(ticket, new Query.UserAtConnect("nobody", List.of())));
    last.answer();
  }

  private void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      while (driven.drain().getAsBoolean()) {
        // everything that is queued
      }
      if (!runTask(driven.ownThreads() ? ANSWER_SECONDS_MAX : 0)) {
        fail("no answer came");
      }
    }
  }

  private boolean runTask(long waitSeconds) {
    try {
      Task task = tasks.poll(waitSeconds, TimeUnit.SECONDS);
      if (task != null) {
        runningLane = task.lane();
        task.work().run();
        runningLane = -1;
      }
      return task != null;
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted while waiting for an answer", e);
    }
  }

  // ---- in words -------------------------------------------------------------------------------

  /// The log that `user` means by the address `to`.
  public static ConversationId id(String user, String to) {
    return ConversationId.of(Address.parse(to).orElseThrow(), user);
  }

  public Ask sending(String from, String to, String cid, String json) {
    return submit(
        ticket -> new Change.Append(ticket, id(from, to), from, cid, Payload.of(json), false));
  }

  public Ask editing(String by, String in, String cid, long seq, String json) {
    return submit(
        ticket -> new Change.Edit(ticket, id(by, in), by, cid, "", seq, Payload.of(json), false));
  }

  public Answer edit(String by, String in, long seq, String json) {
    return editing(by, in, "", seq, json).answer();
  }

  public Ask recalling(String by, String in, String cid, long seq) {
    return submit(ticket -> new Change.Recall(ticket, id(by, in), by, cid, "", seq, false));
  }

  public Answer recall(String by, String in, long seq) {
    return recalling(by, in, "", seq).answer();
  }

  public Answer.Appended mention(String from, String to, String json, String... users) {
    return done(
        change(ticket ->
            new Change.Append(
                ticket, id(from, to), from, "", List.of(users), Payload.of(json), false)));
  }

  public Ask marking(String user, String in, long got, long read) {
    return submit(ticket -> new Change.Mark(ticket, id(user, in), user, "", got, read));
  }

  public Answer mark(String user, String in, long got, long read) {
    return marking(user, in, got, read).answer();
  }

  public Answer read(String user, String in, long seq) {
    return mark(user, in, 0, seq);
  }

  public Answer mute(String user, String in, long untilMillis) {
    return change(ticket ->
        new Change.Prefer(
            ticket, id(user, in), user, OptionalLong.of(untilMillis), Optional.empty()));
  }

  public Answer block(String user, String in, boolean block) {
    return change(ticket ->
        new Change.Prefer(ticket, id(user, in), user, OptionalLong.empty(), Optional.of(block)));
  }

  /// The row of this conversation in a `sync` of `user`, from scratch.
  public Answer.Row row(String user, String in) {
    return sync(user, "").rows().stream()
        .filter(row -> row.conversation().id().equals(id(user, in)))
        .findFirst()
        .orElseThrow(() -> new AssertionError(user + " has no row of " + in));
  }

  public Ask signalling(String from, String to, String json) {
    return submit(ticket -> new Change.Signal(ticket, id(from, to), from, Payload.of(json), false));
  }

  public Answer sendWith(String from, String to, String cid, String json) {
    return sending(from, to, cid, json).answer();
  }

  public Answer.Appended send(String from, String to, String json) {
    return done(sendWith(from, to, "", json));
  }

  public Answer create(String by, String group, List<String> members, boolean open, boolean quiet) {
    return createWith(by, group, "", members, open, quiet);
  }

  public Answer createWith(
      String by, String group, String cid, List<String> members, boolean open, boolean quiet) {
    return change(ticket ->
        new Change.CreateGroup(
            ticket, id(by, group), by, cid, settings("The " + group, open, quiet), members));
  }

  /// A title and who may come in how.
  public static GroupPatch settings(String title, boolean open, boolean quiet) {
    return new GroupPatch(
        Optional.of(title),
        Optional.empty(),
        Optional.of(open),
        Optional.of(quiet),
        Optional.empty(),
        Optional.empty());
  }

  public Answer join(String user, String group) {
    return change(ticket -> new Change.JoinGroup(ticket, id(user, group), user, ""));
  }

  public Answer leave(String user, String group) {
    return change(ticket -> new Change.LeaveGroup(ticket, id(user, group), user, ""));
  }

  public Answer add(String by, String group, String... who) {
    return addWith(by, group, "", who);
  }

  public Answer addWith(String by, String group, String cid, String... who) {
    return change(
        ticket -> new Change.AddMembers(ticket, id(by, group), by, cid, List.of(who), false));
  }

  public Answer remove(String by, String group, String... who) {
    return change(
        ticket -> new Change.RemoveMembers(ticket, id(by, group), by, "", List.of(who), false));
  }

  public Answer set(String by, String group, GroupPatch settings, Map<String, Role> roles) {
    return change(
        ticket -> new Change.SetGroup(ticket, id(by, group), by, "", settings, roles, false));
  }

  public Answer delete(String by, String group) {
    return change(ticket -> new Change.DeleteGroup(ticket, id(by, group), by, "", false));
  }

  public void visit(String user) {
    assertThat(change(ticket -> new Change.Visit(ticket, user, List.of())))
        .isEqualTo(new Answer.Done());
  }

  public Answer history(String reader, String in, OptionalLong after, OptionalLong before) {
    return read(new Query.History(id(reader, in), reader, "", after, before, 200, 1 << 20, false));
  }

  /// All of it that `reader` sees, oldest first.
  public Answer.Page all(String reader, String in) {
    return page(history(reader, in, OptionalLong.of(0), OptionalLong.empty()));
  }

  public Answer.SyncPage sync(String user, String since) {
    Answer answer = read(new Query.Sync(user, List.of(), since, 1, 200, "", 1 << 20));
    assertThat(answer).isInstanceOf(Answer.SyncPage.class);
    return (Answer.SyncPage) answer;
  }

  public static Answer.Appended done(Answer answer) {
    assertThat(answer).isInstanceOf(Answer.Appended.class);
    return (Answer.Appended) answer;
  }

  public static Answer.Page page(Answer answer) {
    assertThat(answer).isInstanceOf(Answer.Page.class);
    return (Answer.Page) answer;
  }

  public static ErrorCode refused(Answer answer) {
    assertThat(answer).isInstanceOf(Answer.Refused.class);
    return ((Answer.Refused) answer).code();
  }

  public static List<Long> seqs(List<Entry> entries) {
    return entries.stream().map(Entry::seq).toList();
  }

  public static List<String> texts(List<Entry> entries) {
    return entries.stream()
        .map(entry -> new String(entry.data().json(), StandardCharsets.UTF_8))
        .toList();
  }
}
