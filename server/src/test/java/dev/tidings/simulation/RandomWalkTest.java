package dev.tidings.simulation;

import org.junit.jupiter.api.Test;

/// Whatever happens in whatever order: nothing confirmed is lost, nothing comes twice, everybody
/// sees the same in the same order, and nobody sees what is not his.
class RandomWalkTest {
  private static final int SEEDS = 300;

  /// More seeds: `-Dtidings.simulation.seeds=10000`; one alone: `-Dtidings.simulation.seed=4711`.
  @Test
  void everybodyEndsUpWithWhatIsHis() {
    Long only = Long.getLong("tidings.simulation.seed");
    if (only != null) {
      Simulation.run(only);
      return;
    }
    int seeds = Integer.getInteger("tidings.simulation.seeds", SEEDS);
    for (long seed = 1; seed <= seeds; seed++) {
      Simulation.run(seed);
    }
  }
}
