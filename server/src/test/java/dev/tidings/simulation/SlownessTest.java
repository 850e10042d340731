package dev.tidings.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.session.Outbox;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Readers who are slower than what happens around them: of what only the newest counts they are
/// told the newest, of what is kept all.
class SlownessTest {
  private static final String PAGE_OF_TEXT = "x".repeat(3_000);

  /// Behind a full outbox there may be a frame more: a run, or a page of the log.
  private static final int WAITING_BYTES_MAX = Outbox.CAPACITY_BYTES + 50 * 1024;

  @Test
  void slowReaderIsToldTheNewestOfEachUserAndEveryMessage() {
    Simulation.story(sim -> {
      ModelClient ann = sim.client("ann").connects();
      Terminal bob = sim.terminal("bob").joinsAs("bob");
      Terminal cat = sim.terminal("cat").joinsAs("cat");
      Terminal dan = sim.terminal("dan").joinsAs("dan");
      sim.settle();
      ann.creates("g:ops", "bob", "cat", "dan");
      sim.settle();
      bob.says("{'op':'sub','id':1,'in':'p:g:ops'}\n{'op':'sub','id':2,'in':'p:cat'}");
      sim.settle();
      assertThat(Json.texts(bob.answer(1), "online")).hasSize(4);
      bob.socket().takeOnly(0);
      sends(sim, ann, 40);
      bob.forgets();

      for (int round = 1; round <= 3; round++) {
        cat.says("{'op':'mark','in':'g:ops','got':" + (round + 20) + ",'read':" + round + "}");
        dan.says("{'op':'mark','in':'g:ops','read':" + 2 * round + "}");
        sim.settle();
        cat.socket().hangUp();
        dan.socket().hangUp();
        sim.passes(11_000); // then they are off
        cat = sim.terminal("cat").joinsAs("cat");
        if (round < 3) {
          dan = sim.terminal("dan").joinsAs("dan");
        }
        sim.settle();
        assertThat(bob.heard("presence")).isEmpty();
      }
      sends(sim, ann, 10);
      assertThat(bob.socket().waitingBytesMost()).isLessThan(WAITING_BYTES_MAX);

      bob.socket().takeAll();
      sim.settle();
      assertThat(presences(bob))
          .as("told once, and as it is now")
          .containsExactlyInAnyOrder("p:g:ops cat true", "p:cat cat true", "p:g:ops dan false");
      assertThat(marks(bob)).containsExactlyInAnyOrder("cat 23 3", "dan 0 6");
      assertThat(bob.heard("msg").stream().map(msg -> Json.number(msg, "seq")).toList())
          .as("no gap, no repeat")
          .isEqualTo(IntStream.rangeClosed(2, 51).mapToObj(Long::valueOf).toList());
      assertThat(bob.socket().waitingBytesMost()).isLessThan(WAITING_BYTES_MAX);

      bob.forgets();
      cat.socket().hangUp();
      sim.passes(11_000);
      assertThat(presences(bob))
          .as("live again")
          .containsExactlyInAnyOrder("p:g:ops cat false", "p:cat cat false");
    });
  }

  @Test
  void whoFollowsNoMoreIsNotToldWhatWaited() {
    Simulation.story(sim -> {
      ModelClient ann = sim.client("ann").connects();
      Terminal bob = sim.terminal("bob").joinsAs("bob");
      Terminal cat = sim.terminal("cat").joinsAs("cat");
      sim.settle();
      ann.creates("g:ops", "bob", "cat");
      sim.settle();
      bob.says("{'op':'sub','id':1,'in':'p:g:ops'}");
      sim.settle();
      bob.socket().takeOnly(0);
      sends(sim, ann, 40);
      bob.forgets();
      cat.socket().hangUp();
      sim.passes(11_000);
      sim.terminal("boss")
          .joinsAs("ann")
          .says("{'op':'group','do':'remove','in':'g:ops','who':['bob']}");
      sim.settle();
      bob.socket().takeAll();
      sim.settle();
      assertThat(bob.heard("presence")).isEmpty();
      assertThat(Json.text(bob.heard("msg").getLast(), "kind")).isEqualTo("kick");
    });
  }

  /// Two groups of 130: more than 256 have something newest.
  @Test
  void whoIsOwedTheNewestOfTooManyComesBack() {
    Simulation.story(
        2,
        sim -> {
          ModelClient ann = sim.client("ann").connects();
          Terminal bob = sim.terminal("bob").joinsAs("bob");
          sim.settle();
          String others =
              IntStream.range(0, 130)
                  .mapToObj(i -> "'n" + i + "'")
                  .collect(Collectors.joining(","));
          for (String group : List.of("g:one", "g:two")) {
            bob.says(
                "{'op':'group','do':'create','in':'G','quiet':true,'members':['ann',%s]}"
                    .formatted(others)
                    .replace("G", group));
            sim.settle();
            bob.says("{'op':'sub','in':'p:" + group + "'}");
            sim.settle();
          }
          bob.socket().takeOnly(0);
          for (int i = 0; i < 30; i++) {
            ann.sends("u:bob", i + PAGE_OF_TEXT);
          }
          sim.settle();
          for (int i = 0; i < 128; i++) {
            sim.terminal("n" + i).joinsAs("n" + i);
          }
          sim.settle();
          assertThat(bob.closeCode()).isEmpty();
          assertThat(bob.socket().isDead()).isFalse();
          sim.terminal("n128").joinsAs("n128");
          sim.settle();
          bob.socket().takeAll();
          sim.settle();
          assertThat(bob.closeCode()).hasValue(4002);
        });
  }

  private static void sends(Simulation sim, ModelClient from, int messages) {
    for (int i = 0; i < messages; i++) {
      from.sends("g:ops", i + PAGE_OF_TEXT);
    }
    sim.settle();
  }

  private static List<String> presences(Terminal who) {
    return who.heard("presence").stream()
        .map(unit ->
            Json.text(unit, "in")
                + " "
                + Json.text(unit, "user")
                + " "
                + unit.path("on").asBoolean())
        .toList();
  }

  private static List<String> marks(Terminal who) {
    return who.heard("mark").stream().map(SlownessTest::mark).toList();
  }

  private static String mark(JsonNode unit) {
    return Json.text(unit, "from")
        + " "
        + Json.number(unit, "got")
        + " "
        + Json.number(unit, "read");
  }
}
