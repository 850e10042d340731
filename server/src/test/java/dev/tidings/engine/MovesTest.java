package dev.tidings.engine;

import static dev.tidings.engine.EngineBed.done;
import static dev.tidings.engine.EngineBed.id;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.base.Ids;
import dev.tidings.engine.EngineBed.Driven;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What is known of what moved lately, and that a restart does not forget it.
class MovesTest {
  private static final EngineLimits LIMITS = new EngineLimits(5, 3, 3_600, Retention.ALL, 600);

  private final ManualClock clock = new ManualClock();
  private final Ids ids = new Ids(new Random(5));
  private final MemoryStore store = new MemoryStore();

  private EngineBed open() {
    LogEngine engine =
        new LogEngine(store, clock, ids, LIMITS, Level.DISK, "boot", () -> {}, Runnable::run);
    return new EngineBed(new Driven(engine, engine::drain, false));
  }

  /// What the next start knows, whatever became of the one before.
  private Moves known() {
    return new Ledger(store, clock, ids, LIMITS, Level.DISK, "boot").moves();
  }

  private long number(String user, String in) {
    return new RowReader(Objects.requireNonNull(store.get(Keys.name(id(user, in))))).number();
  }

  private int rows() {
    int rows = 0;
    try (Store.Scan scan = store.ascending(Keys.moves(0), Keys.movesEnd())) {
      while (scan.next()) {
        rows++;
      }
    }
    return rows;
  }

  @Test
  void aRestartKnowsWhatMovedSinceAnyCommitOfTheRunBefore() {
    EngineBed bed = open();
    bed.send("ann", "u:bob", "1");
    bed.create("ann", "g:ops", List.of("bob"), false, true);
    List<Long> commits = new ArrayList<>(List.of(bed.engine().commit()));
    bed.send("ann", "u:cat", "2");
    commits.add(bed.engine().commit());
    bed.add("ann", "g:ops", "cat"); // quiet: no entry says so
    commits.add(bed.engine().commit());
    Moves moves = known();
    assertThat(commits)
        .extracting(since -> moves.mayHaveMoved(number("ann", "u:bob"), since))
        .containsExactly(false, false, false);
    assertThat(commits)
        .extracting(since -> moves.mayHaveMoved(number("ann", "u:cat"), since))
        .containsExactly(true, false, false);
    assertThat(commits)
        .extracting(since -> moves.mayHaveMoved(number("ann", "g:ops"), since))
        .containsExactly(true, true, false);
    assertThat(moves.mayHaveMoved(number("ann", "u:bob"), 0)).isTrue();
  }

  @Test
  void aMarkThatNoCommitFollowedIsKnownToo() {
    EngineBed bed = open();
    bed.send("ann", "u:bob", "1");
    bed.send("ann", "u:cat", "2");
    long commit = bed.engine().commit();
    bed.read("bob", "u:ann", 1);
    bed.read("cat", "u:ann", 1);
    assertThat(bed.engine().commit()).isEqualTo(commit);
    Moves moves = known();
    assertThat(moves.mayHaveMoved(number("ann", "u:bob"), commit)).isTrue();
    assertThat(moves.mayHaveMoved(number("ann", "u:cat"), commit)).isTrue();
    assertThat(moves.mayHaveMoved(number("ann", "u:bob"), commit + 1)).isFalse();
  }

  @Test
  void aSignalWritesNothing() {
    EngineBed bed = open();
    bed.send("ann", "u:bob", "1");
    int before = rows();
    assertThat(bed.signalling("ann", "u:bob", "true").answer()).isEqualTo(new Answer.Done());
    assertThat(rows()).isEqualTo(before);
  }

  @Test
  void onlyTheNewestRowsAreKeptAndOfOlderCommitsNothingIsClaimed() {
    EngineBed bed = open();
    bed.send("ann", "u:bob", "1");
    long before = bed.engine().commit();
    for (int i = 0; i < MoveRows.ROWS_MAX / 2; i++) {
      bed.send("ann", "u:cat", "2");
    }
    bed = open();
    for (int i = 0; i < MoveRows.ROWS_MAX / 2; i++) {
      bed.send("ann", "u:cat", "3");
    }
    assertThat(rows()).isEqualTo(MoveRows.ROWS_MAX);
    Moves moves = known();
    assertThat(moves.mayHaveMoved(number("ann", "u:bob"), before)).isTrue();
    assertThat(moves.mayHaveMoved(number("ann", "u:bob"), before + 1)).isFalse();
    assertThat(moves.mayHaveMoved(number("ann", "u:cat"), bed.engine().commit() - 1)).isTrue();
  }

  @Test
  void rowsThatNameManyAreFewer() {
    EngineBed bed = open();
    int each = 2_048;
    for (int batch = 0; batch < MoveRows.NAMED_MAX / each + 40; batch++) {
      for (int i = 0; i < each; i++) {
        bed.sending("ann", "u:user" + i, "", "1");
      }
      bed.settle();
    }
    assertThat(rows()).isBetween(MoveRows.NAMED_MAX / each, MoveRows.NAMED_MAX / each + 2);
  }

  @Test
  void dataOfTheFormatBeforeIsReadAndNothingIsClaimedOfIt() {
    EngineBed bed = open();
    bed.send("ann", "u:bob", "1");
    String cursor = bed.sync("ann", "").cursor();
    bed.send("bob", "u:ann", "2");
    bed.engine().close();
    Batch older = new Batch();
    older.put(Keys.FORMAT, new RowWriter(10).number(2).done());
    older.deleteRange(Keys.moves(0), Keys.movesEnd());
    store.commit(older, true);
    bed = open();
    assertThat(bed.sync("ann", cursor).rows()).hasSize(1);
    String later = bed.sync("ann", cursor).cursor();
    assertThat(done(bed.sendWith("ann", "u:cat", "", "3")).seq()).isEqualTo(1);
    assertThat(known().mayHaveMoved(number("ann", "u:bob"), 1)).isTrue();
    bed = open();
    assertThat(bed.sync("ann", cursor).rows()).hasSize(2);
    assertThat(bed.sync("ann", later).rows()).hasSize(1);
  }
}
