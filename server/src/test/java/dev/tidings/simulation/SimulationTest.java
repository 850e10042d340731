package dev.tidings.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// The stage itself: what it plays can be played again, and what is wrong does not go unseen.
class SimulationTest {
  @Test
  void aSeedPlaysTheSameRunAgain() {
    for (long seed = 1; seed <= 5; seed++) {
      assertThat(transcript(seed)).isEqualTo(transcript(seed)).isNotEmpty();
    }
    assertThat(transcript(1)).isNotEqualTo(transcript(2));
  }

  private static List<JsonNode> transcript(long seed) {
    List<JsonNode> units = new ArrayList<>();
    Simulation.run(
        seed,
        sim -> {
          RandomWalk.play(sim);
          sim.clients().forEach(client -> units.addAll(client.units()));
        });
    return units;
  }

  @Test
  void aFailureNamesItsSeedAndWhatWentBefore() {
    assertThatThrownBy(() ->
            Simulation.run(
                4711,
                sim -> {
                  sim.client("ann").connects();
                  sim.settle();
                  throw new IllegalStateException("something is wrong");
                }))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("-Dtidings.simulation.seed=4711")
        .hasMessageContaining("something is wrong")
        .hasMessageContaining("ann > {\"op\":\"auth\",\"user\":\"ann\"}");
  }

  @Test
  void whatIsNotKeptMayNotBeToldToAnybody() {
    assertThatThrownBy(() ->
            Simulation.run(
                1,
                sim ->
                    sim.witness()
                        .received("ann", "u:bob", Json.read("{\"seq\":1,\"from\":\"bob\"}"))))
        .hasMessageContaining("was given what is not kept");
  }
}
