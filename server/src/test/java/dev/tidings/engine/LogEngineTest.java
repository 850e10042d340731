package dev.tidings.engine;

import static dev.tidings.engine.EngineBed.done;
import static dev.tidings.engine.EngineBed.id;
import static dev.tidings.engine.EngineBed.refused;
import static dev.tidings.engine.EngineBed.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidings.base.Ids;
import dev.tidings.engine.EngineBed.Ask;
import dev.tidings.engine.EngineBed.Driven;
import dev.tidings.engine.FaultyStore.Fault;
import dev.tidings.protocol.ErrorCode;
import dev.tidings.protocol.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What the engine does when its store fails, when its queue is full and when a run did not end
/// well.
class LogEngineTest {
  private static final EngineLimits LIMITS = new EngineLimits(5, 3, 3_600, Retention.ALL, 600);

  private final ManualClock clock = new ManualClock();
  private final Ids ids = new Ids(new Random(3));
  private final FaultyStore store = new FaultyStore();
  private EngineBed bed;

  @BeforeEach
  void begin() {
    open(Level.DISK, "boot-1");
  }

  /// Opens what is in the store, whatever became of the engine before.
  private void open(Level level, String boot) {
    LogEngine engine =
        new LogEngine(store, clock, ids, LIMITS, level, boot, () -> {}, Runnable::run);
    bed = new EngineBed(new Driven(engine, engine::drain, false));
  }

  private LogEngine engine() {
    return (LogEngine) bed.engine();
  }

  // ---- The store fails --------------------------------------------------------------------------

  @Test
  void nobodyHearsOfAnEntryBeforeItIsKept() {
    List<Integer> heardBefore = new ArrayList<>();
    Ask[] asks = new Ask[3];
    store.beforeCommit(() -> {
      heardBefore.add(bed.committed().size());
      for (Ask ask : asks) {
        assertThat(ask.isAnswered()).isFalse();
      }
      assertThat(store.get(Keys.name(id("ann", "u:bob")))).isNull();
    });
    for (int i = 0; i < asks.length; i++) {
      asks[i] = bed.sending("ann", "u:bob", "", "1");
    }
    asks[2].answer();
    assertThat(heardBefore).containsExactly(0);
    assertThat(bed.committed()).hasSize(3);
  }

  @ParameterizedTest
  @EnumSource(names = {"LOSES", "KEEPS"})
  void aCommitThatFailsIsToldToNobodyAndEndsAllChanges(Fault fault) {
    bed.send("ann", "u:bob", "1");
    store.failsNext(fault);
    Ask one = bed.sending("ann", "u:bob", "c", "2");
    Ask other = bed.sending("bob", "u:ann", "d", "3");
    assertThat(refused(one.answer())).isEqualTo(ErrorCode.UNAVAILABLE);
    assertThat(refused(other.answer())).isEqualTo(ErrorCode.UNAVAILABLE);
    assertThat(bed.engine().fault()).contains("the disk is gone");
    int commits = store.commits();
    assertThat(refused(bed.sendWith("ann", "u:bob", "c", "2"))).isEqualTo(ErrorCode.UNAVAILABLE);
    assertThat(refused(bed.create("ann", "g:ops", List.of(), true, true)))
        .isEqualTo(ErrorCode.UNAVAILABLE);
    assertThat(store.commits()).isEqualTo(commits);
    assertThat(bed.committed()).hasSize(1);
    assertThat(bed.engine().fault()).contains("the disk is gone");
    engine().close();
    assertThat(store.commits()).as("an end that is not proven is not noted").isEqualTo(commits);
  }

  /// The reason why nothing may follow a failed commit: what it left may turn up at the next start.
  @Test
  void aBatchFoundAgainAfterAFailureIsWholeAndItsRepeatsAreRepeats() {
    Conversation conversation = bed.send("ann", "u:bob", "1").conversation();
    store.failsNext(Fault.KEEPS);
    bed.sendWith("ann", "u:bob", "c", "2");
    bed.sendWith("bob", "u:ann", "d", "3");
    engine().close();
    open(Level.DISK, "boot-1");
    Answer.Appended repeat = done(bed.sendWith("ann", "u:bob", "c", "2"));
    assertThat(repeat.duplicate()).isTrue();
    assertThat(repeat.seq()).isEqualTo(2);
    assertThat(repeat.conversation()).isEqualTo(conversation);
    assertThat(done(bed.sendWith("bob", "u:ann", "d", "3")).seq()).isEqualTo(3);
    assertThat(texts(bed.all("ann", "u:bob").items())).containsExactly("1", "2", "3");
  }

  @Test
  void aBatchLostInAFailureIsDoneWhenItIsRepeated() {
    bed.send("ann", "u:bob", "1");
    store.failsNext(Fault.LOSES);
    bed.sendWith("ann", "u:bob", "c", "2");
    open(Level.DISK, "boot-1");
    Answer.Appended again = done(bed.sendWith("ann", "u:bob", "c", "2"));
    assertThat(again.duplicate()).isFalse();
    assertThat(again.seq()).isEqualTo(2);
  }

  @Test
  void whatWasKeptIsReadAlsoAfterAFailure() {
    bed.send("ann", "u:bob", "1");
    store.failsNext(Fault.LOSES);
    bed.sendWith("ann", "u:bob", "", "2");
    assertThat(texts(bed.all("bob", "u:ann").items())).containsExactly("1");
    Query sync = new Query.Sync("bob", List.of(), "", 1, 9, "", 9_999);
    assertThat(bed.change(ticket -> new Change.Read(ticket, sync)))
        .isInstanceOf(Answer.SyncPage.class);
  }

  @Test
  void aStoreThatCannotBeReadRefusesAndRecovers() {
    bed.send("ann", "u:bob", "1");
    store.setUnreadable(true);
    assertThat(refused(bed.sendWith("cat", "u:dan", "c", "1"))).isEqualTo(ErrorCode.UNAVAILABLE);
    assertThat(bed.engine().fault()).contains("a bad block");
    assertThat(refused(bed.read(new Query.UserAtConnect("ann", List.of()))))
        .isEqualTo(ErrorCode.UNAVAILABLE);
    store.setUnreadable(false);
    assertThat(done(bed.sendWith("cat", "u:dan", "c", "1")).seq()).isEqualTo(1);
    assertThat(bed.send("ann", "u:bob", "2").seq()).isEqualTo(2);
    assertThat(bed.engine().fault()).isEmpty();
  }

  @Test
  void aConversationThatIsDamagedTakesNoOtherWithIt() {
    long number = bed.send("ann", "u:bob", "1").conversation().number();
    Batch damage = new Batch();
    damage.delete(Keys.meta(number));
    store.commit(damage, true);
    open(Level.DISK, "boot-1");
    Ask before = bed.sending("cat", "u:dan", "", "1");
    Ask damaged = bed.sending("ann", "u:bob", "", "2");
    Ask behind = bed.sending("cat", "u:dan", "", "2");
    assertThat(done(before.answer()).seq()).isEqualTo(1);
    assertThat(refused(damaged.answer())).isEqualTo(ErrorCode.INTERNAL);
    assertThat(done(behind.answer()).seq()).isEqualTo(2);
    bed.settle();
    assertThat(bed.committed()).hasSize(2);
    assertThat(bed.engine().fault()).isEmpty();
  }

  @Test
  void aLaneThatCannotBeToldEndsAllChanges() {
    LogEngine engine =
        new LogEngine(store, clock, ids, LIMITS, Level.DISK, "boot-1", () -> {}, Runnable::run);
    Executor ended =
        task -> {
          throw new IllegalStateException("this lane has ended");
        };
    engine.start(List.of(new Engine.LaneDoor(ended, (commit, committed, answers) -> {})));
    engine.submit(append());
    assertThatThrownBy(engine::drain).hasMessage("this lane has ended");
    assertThat(engine.fault()).contains("lane");
    int commits = store.commits();
    engine.submit(append());
    assertThatThrownBy(engine::drain).hasMessage("this lane has ended");
    assertThat(store.commits()).isEqualTo(commits);
  }

  private Change append() {
    EngineBed.Ask nobody = bed.ask();
    return new Change.Append(nobody, id("ann", "u:bob"), "ann", "", Payload.of("1"), false);
  }

  @Test
  void whileHeldBackItRefusesChangesAndServesReads() {
    bed.send("ann", "u:bob", "1");
    engine().hold("the disk is nearly full");
    Answer.Refused refusal = (Answer.Refused) bed.sendWith("ann", "u:bob", "", "2");
    assertThat(refusal.code()).isEqualTo(ErrorCode.UNAVAILABLE);
    assertThat(refusal.message()).isEqualTo("the disk is nearly full");
    assertThat(refusal.retryMillis()).isPositive();
    assertThat(bed.engine().fault()).isEqualTo("the disk is nearly full");
    assertThat(texts(bed.all("ann", "u:bob").items())).containsExactly("1");
    bed.settle();
    engine().hold("");
    assertThat(bed.engine().fault()).isEmpty();
    assertThat(bed.send("ann", "u:bob", "2").seq()).isEqualTo(2);
  }

  // ---- The queue --------------------------------------------------------------------------------

  @Test
  void aFullQueueTakesNoMoreUntilThereIsRoom() {
    Payload megabyte = Payload.of("\"" + "x".repeat(1 << 20) + "\"");
    List<Ask> taken = new ArrayList<>();
    boolean room = true;
    while (room && taken.size() < 1_000) {
      Ask ask = bed.ask();
      room =
          engine().submit(new Change.Append(ask, id("ann", "u:bob"), "ann", "", megabyte, false));
      if (room) {
        taken.add(ask);
      }
    }
    assertThat(taken.size()).isBetween(16, 64);
    assertThat(engine().submit(append())).as("room for a small one").isTrue();
    taken.forEach(ask -> done(ask.answer()));
    assertThat(bed.send("ann", "u:bob", "1").seq()).isEqualTo(taken.size() + 2);
  }

  @Test
  void tooManyReadsAreRefusedAndNotQueued() {
    List<Runnable> waiting = new ArrayList<>();
    LogEngine engine =
        new LogEngine(store, clock, ids, LIMITS, Level.DISK, "boot-1", () -> {}, waiting::add);
    EngineBed slow = new EngineBed(new Driven(engine, engine::drain, false));
    int taken = 0;
    while (taken < 1 << 20 && engine.read(new Query.UserAtConnect("ann", List.of()), slow.ask())) {
      taken++;
    }
    assertThat(taken).isEqualTo(waiting.size()).isBetween(1_000, 100_000);
    Answer behind =
        slow.change(ticket -> new Change.Read(ticket, new Query.UserAtConnect("ann", List.of())));
    assertThat(refused(behind)).isEqualTo(ErrorCode.BUSY);
    waiting.removeFirst().run();
    assertThat(engine.read(new Query.UserAtConnect("ann", List.of()), slow.ask())).isTrue();
  }

  // ---- How the last run ended -------------------------------------------------------------------

  @Test
  void unsyncedEntriesOutliveTheProcessButNotTheMachine() {
    open(Level.MEMORY, "boot-1");
    String epoch = bed.send("ann", "u:bob", "1").conversation().epoch();
    String cursor = bed.sync("ann", "").cursor();

    open(Level.MEMORY, "boot-1"); // the process was killed
    assertThat(bed.send("ann", "u:bob", "2").conversation().epoch()).isEqualTo(epoch);
    assertThat(bed.sync("ann", cursor).rows()).hasSize(1);

    open(Level.MEMORY, "boot-2"); // the machine went down
    assertThat(bed.all("ann", "u:bob").conversation().epoch()).isNotEqualTo(epoch);
    assertThat(refused(bed.read(new Query.Sync("ann", List.of(), cursor, 1, 9, "", 9_999))))
        .isEqualTo(ErrorCode.CURSOR);
    Answer.Appended next = bed.send("ann", "u:bob", "3");
    assertThat(next.seq()).isEqualTo(3);
    assertThat(next.conversation().epoch())
        .isEqualTo(bed.all("ann", "u:bob").conversation().epoch())
        .isNotEqualTo(epoch);
  }

  @Test
  void aMachineWithoutANameMayHaveGoneDown() {
    open(Level.MEMORY, "");
    String epoch = bed.send("ann", "u:bob", "1").conversation().epoch();
    open(Level.MEMORY, "");
    assertThat(bed.send("ann", "u:bob", "2").conversation().epoch()).isNotEqualTo(epoch);
  }

  @Test
  void anUnsyncedRunThatEndedWellLostNothing() {
    open(Level.MEMORY, "boot-1");
    String epoch = bed.send("ann", "u:bob", "1").conversation().epoch();
    engine().close();
    open(Level.MEMORY, "boot-2");
    assertThat(bed.send("ann", "u:bob", "2").conversation().epoch()).isEqualTo(epoch);
  }

  @Test
  void aSyncedRunLostNothingHoweverItEnded() {
    String epoch = bed.send("ann", "u:bob", "1").conversation().epoch();
    open(Level.DISK, "boot-2");
    assertThat(bed.send("ann", "u:bob", "2").conversation().epoch()).isEqualTo(epoch);
    open(Level.MEMORY, "boot-3");
    assertThat(bed.send("ann", "u:bob", "3").conversation().epoch()).isEqualTo(epoch);
  }

  @Test
  void aStoreThatMissesSomethingHasOtherEpochsFromThenOn() {
    String epoch = bed.send("ann", "u:bob", "1").conversation().epoch();
    store.setLost(true);
    open(Level.DISK, "boot-1");
    store.setLost(false);
    String changed = bed.send("ann", "u:bob", "2").conversation().epoch();
    assertThat(changed).isNotEqualTo(epoch);
    open(Level.DISK, "boot-1");
    assertThat(bed.send("ann", "u:bob", "3").conversation().epoch()).isEqualTo(changed);
    String fresh = bed.send("ann", "u:cat", "1").conversation().epoch();
    open(Level.DISK, "boot-1");
    assertThat(bed.send("ann", "u:cat", "2").conversation().epoch()).isEqualTo(fresh);
  }

  @Test
  void dataOfAnotherFormatIsRefusedInWords() {
    Batch newer = new Batch();
    newer.put(Keys.FORMAT, new RowWriter(10).number(99).done());
    store.commit(newer, true);
    assertThatThrownBy(() -> open(Level.DISK, "boot-1"))
        .isInstanceOf(Store.StoreException.class)
        .hasMessageContaining("format 99");
  }

  /// A pointer covers so many commits; one that follows them is told all the same.
  @Test
  void aBusyConversationIsToldHoweverManyCommitsLater() {
    String cursor = "";
    for (int i = 0; i < 10_050; i++) {
      if (i % 999 == 0 || i > 9_990) {
        bed.send("ann", "u:bob", "1");
        Answer.SyncPage page = bed.sync("bob", cursor);
        assertThat(page.rows()).as("after %d commits", i).hasSize(1);
        cursor = page.cursor();
      } else {
        bed.send("cat", "u:dan", "1");
      }
    }
  }
}
