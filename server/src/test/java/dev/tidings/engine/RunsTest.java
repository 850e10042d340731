package dev.tidings.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/// Which run wrote which commits.
class RunsTest {
  private static final Runs NONE = new Runs(List.of());

  @Test
  void aRunWroteWhatIsBehindItsBeginning() {
    Runs runs = NONE.and(0, 7).and(10, 8);
    assertThat(runs.wrote(0)).isEqualTo(Runs.UNKNOWN);
    assertThat(runs.wrote(1)).isEqualTo(7);
    assertThat(runs.wrote(10)).isEqualTo(7);
    assertThat(runs.wrote(11)).isEqualTo(8);
  }

  @Test
  void aRunThatWroteNothingIsForgotten() {
    Runs runs = NONE.and(0, 7).and(10, 8).and(10, 9);
    assertThat(runs.newest()).hasSize(2);
    assertThat(runs.wrote(11)).isEqualTo(9);
  }

  @Test
  void whatOldRunsWroteIsForgottenAndNotTakenForAnothers() {
    Runs runs = NONE;
    for (int i = 0; i < 100; i++) {
      runs = runs.and(i, 1_000 + i);
    }
    assertThat(runs.newest()).hasSize(64);
    assertThat(runs.wrote(100)).isEqualTo(1_099);
    assertThat(runs.wrote(37)).isEqualTo(1_036);
    assertThat(runs.wrote(36)).isEqualTo(Runs.UNKNOWN);
  }

  @Test
  void anEngineNotesItsRunsInTheStore() {
    MemoryStore store = new MemoryStore();
    Batch batch = new Batch();
    Runs runs = NONE.and(3, Long.MAX_VALUE / 2048).and(9, 1);
    batch.put(Keys.RUNS, runs.row());
    store.commit(batch, true);
    assertThat(Runs.in(store)).isEqualTo(runs);
    assertThat(Runs.in(new MemoryStore())).isEqualTo(NONE);
  }
}
