package dev.tidings.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.engine.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Polls: a `sync` that waits until it has something to tell.
class PollTest {
  @Test
  void withoutACursorTellsEverythingAtOnce() {
    Simulation.story(sim -> {
      sim.client("ann").connects().sends("u:bob", "hi");
      sim.settle();
      SimulatedPoll poll = SimulatedPoll.of(sim, "bob", "", 25_000);
      sim.settle();
      assertThat(heads(poll)).contains("u:ann 1");
      SimulatedPoll stranger = SimulatedPoll.of(sim, "nobody", "", 25_000);
      sim.settle();
      assertThat(stranger.cursor()).isNotEmpty();
    });
  }

  @Test
  void whatHasMovedIsToldAtOnceAndElseTheFirstThingThatMoves() {
    Simulation.story(sim -> {
      ModelClient ann = sim.client("ann").connects();
      SimulatedPoll first = SimulatedPoll.of(sim, "bob", "", 25_000);
      sim.settle();
      ann.sends("u:bob", "meanwhile");
      sim.settle();
      SimulatedPoll second = SimulatedPoll.of(sim, "bob", first.cursor(), 25_000);
      sim.settle();
      assertThat(heads(second)).contains("u:ann 1");
      SimulatedPoll third = SimulatedPoll.of(sim, "bob", second.cursor(), 25_000);
      sim.passes(24_000);
      assertThat(third.isOver()).isFalse();
      ann.sends("u:bob", "it waited for this");
      sim.settle();
      assertThat(heads(third)).contains("u:ann 2");
      assertThat(third.woken()).isPositive();
    });
  }

  @Test
  void whereNothingMovesAFreshCursorIsTheAnswer() {
    Simulation.story(sim -> {
      SimulatedPoll first = SimulatedPoll.of(sim, "bob", "", 0);
      sim.settle();
      SimulatedPoll second = SimulatedPoll.of(sim, "bob", first.cursor(), 25_000);
      sim.passes(24_900);
      assertThat(second.isOver()).isFalse();
      sim.client("ann").connects().sends("u:cat", "not for bob");
      sim.passes(200);
      assertThat(heads(second)).allMatch(row -> row.startsWith("a:all"));
      assertThat(second.cursor()).isNotEqualTo(first.cursor());
      SimulatedPoll third = SimulatedPoll.of(sim, "bob", second.cursor(), 0);
      sim.settle();
      assertThat(third.isOver()).as("it wanted not to wait").isTrue();
    });
  }

  @Test
  void whoPollsInALoopMissesNothingWhateverHappensBetween() {
    Simulation.story(
        40,
        sim -> {
          ModelClient ann = sim.client("ann").alwaysComesBack().connects();
          sim.settle();
          ann.creates("g:ops", "bob");
          Map<String, Long> heads = new HashMap<>();
          String cursor = "";
          SimulatedPoll poll = SimulatedPoll.of(sim, "bob", cursor, 25_000);
          for (int i = 0; i < 60; i++) {
            ann.sends(sim.random().nextBoolean() ? "u:bob" : "g:ops", "word " + i);
            switch (sim.random().nextInt(20)) {
              case 0 -> {
                sim.restarts();
                poll = SimulatedPoll.of(sim, "bob", cursor, 25_000);
              }
              case 1, 2 -> sim.passes(sim.random().nextInt(3_000));
              case 3 -> {
                poll.abandon();
                poll = SimulatedPoll.of(sim, "bob", cursor, 25_000);
              }
              default -> sim.steps(sim.random().nextInt(60));
            }
            if (poll.isOver() && poll.answer().has("cursor")) {
              cursor = take(sim, poll, heads);
              poll = SimulatedPoll.of(sim, "bob", cursor, 25_000);
            }
          }
          poll.abandon();
          sim.passes(3_000);
          SimulatedPoll last = SimulatedPoll.of(sim, "bob", cursor, 0);
          sim.settle();
          take(sim, last, heads);
          assertThat(heads.getOrDefault("u:ann", 0L) + heads.getOrDefault("g:ops", 0L))
              .isEqualTo(61);
        });
  }

  /// Notes how far each log was told, which must be as far as the cursor says.
  private static String take(Simulation sim, SimulatedPoll poll, Map<String, Long> heads) {
    for (JsonNode row : poll.answer().path("convs")) {
      heads.merge(Json.text(row, "in"), Json.number(row, "head"), Math::max);
    }
    long commit = Long.parseLong(poll.cursor().split("-", -1)[1], 36);
    for (String in : List.of("u:ann", "g:ops")) {
      for (Entry entry : sim.kept().entries(Witness.id("bob", in))) {
        assertThat(entry.commit() > commit || entry.seq() <= heads.getOrDefault(in, 0L))
            .as("%s covers %s %s", poll.cursor(), in, entry.seq())
            .isTrue();
      }
    }
    return poll.cursor();
  }

  @Test
  void aWaitingPollIsAConnectionOfItsUser() {
    Simulation.story(sim -> {
      SimulatedPoll first = SimulatedPoll.of(sim, "bob", "", 0);
      sim.passes(11_000);
      assertThat(sim.online().isOn("bob")).isFalse();
      List<SimulatedPoll> waiting = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        waiting.add(SimulatedPoll.of(sim, "bob", first.cursor(), 25_000));
      }
      sim.settle();
      assertThat(sim.online().isOn("bob")).isTrue();
      SimulatedPoll tooMany = SimulatedPoll.of(sim, "bob", first.cursor(), 25_000);
      sim.settle();
      assertThat(tooMany.closeCode()).hasValue(4505);
      waiting.getFirst().abandon();
      sim.settle();
      SimulatedPoll next = SimulatedPoll.of(sim, "bob", first.cursor(), 25_000);
      sim.passes(26_000);
      assertThat(next.closeCode()).isEmpty();
      assertThat(next.cursor()).isNotEmpty();
      sim.passes(11_000);
      assertThat(sim.online().isOn("bob")).isFalse();
    });
  }

  private static List<String> heads(SimulatedPoll poll) {
    List<String> heads = new ArrayList<>();
    poll.answer()
        .path("convs")
        .forEach(row -> heads.add(Json.text(row, "in") + " " + Json.number(row, "head")));
    return heads;
  }
}
