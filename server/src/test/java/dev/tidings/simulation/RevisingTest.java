package dev.tidings.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// What was sent is changed, or taken back, while some look on and others are away.
class RevisingTest {
  @Test
  void whoIsThereLearnsOfAnEditAndWhoComesLaterReadsTheNewText() {
    Simulation.story(sim -> {
      ModelClient ann = sim.client("ann").connects();
      ModelClient bob = sim.client("bob").connects();
      sim.settle();
      ann.sends("u:bob", "deploying");
      sim.settle();
      Deed edit = ann.edits("u:bob", 1, "deployed");
      sim.settle();
      assertThat(edit.seq()).isEqualTo(2);
      assertThat(bob.texts("u:ann")).containsExactly("deploying", "deployed");
      assertThat(bob.says("u:ann")).containsExactly("deployed");
      JsonNode live = bob.entries("u:ann").getLast();
      assertThat(Json.text(live, "kind")).isEqualTo("edit");
      assertThat(Json.number(live, "ref")).isEqualTo(1);
      ModelClient late = sim.client("bob", "late").syncs(0, 200).connects();
      sim.settle();
      assertThat(late.says("u:ann")).containsExactly("deployed");
      JsonNode message = late.entries("u:ann").getFirst();
      assertThat(Json.number(message, "rev")).isEqualTo(2);
    });
  }

  @Test
  void nobodyReadsWhatWasTakenBack() {
    Simulation.story(
        30,
        sim -> {
          ModelClient ann = sim.client("ann").connects();
          ModelClient bob = sim.client("bob").alwaysComesBack().connects();
          ModelClient cat = sim.client("cat").connects();
          sim.settle();
          ann.creates("g:ops", "bob", "cat");
          ann.sends("g:ops", "secret");
          ann.sends("g:ops", "public");
          bob.stopsReading();
          sim.steps(sim.random().nextInt(40));
          cat.leaves();
          ann.recalls("g:ops", 2);
          sim.settle();
          cat.syncs(sim.random().nextInt(4), 200).connects();
          bob.readsAgain();
          bob.isCut();
          sim.passes(3_000);
          for (ModelClient each : sim.clients()) {
            assertThat(each.says("g:ops")).containsExactly("", "public");
            assertThat(each.heard("g:ops")).containsExactly(1L, 2L, 3L, 4L);
          }
        });
  }

  /// The log is the buffer: what a slow reader has not been given yet is not given to him any more.
  @Test
  void aSlowReaderIsNotGivenWhatWasTakenBackMeanwhile() {
    Simulation.story(sim -> {
      ModelClient ann = sim.client("ann").connects();
      ModelClient bob = sim.client("bob").connects();
      sim.settle();
      bob.stopsReading();
      for (int i = 0; i < 12; i++) {
        ann.sends("u:bob", i + "x".repeat(9_000));
      }
      sim.settle();
      ann.recalls("u:bob", 12);
      sim.settle();
      bob.readsAgain();
      sim.settle();
      assertThat(bob.heard("u:ann")).hasSize(13);
      assertThat(bob.says("u:ann").getLast()).isEmpty();
      assertThat(bob.units("msg").toString()).doesNotContain("11xxxx").contains("10xxxx");
    });
  }

  @Test
  void aRevisionIsRefusedWithItsReason() {
    Simulation.story(sim -> {
      ModelClient ann = sim.client("ann").connects();
      sim.settle();
      ann.sends("u:bob", "hi");
      sim.settle();
      Terminal bob = sim.terminal("bob").joinsAs("bob");
      bob.says("{'op':'edit','id':1,'in':'u:ann','seq':1,'data':'no'}");
      bob.says("{'op':'recall','id':2,'in':'u:ann','seq':1}");
      bob.says("{'op':'recall','id':3,'in':'u:ann','seq':2}");
      bob.says("{'op':'recall','id':4,'in':'t:free','seq':2}");
      bob.says("{'op':'recall','id':5,'in':'a:all','seq':1}");
      bob.says("{'op':'recall','id':6,'in':'u:ann','epoch':'other','seq':1}");
      sim.settle();
      assertThat(code(bob, 1)).isEqualTo("forbidden");
      assertThat(code(bob, 2)).isEqualTo("forbidden");
      assertThat(code(bob, 3)).isEqualTo("not_found");
      assertThat(code(bob, 4)).isEqualTo("off");
      assertThat(code(bob, 5)).isEqualTo("forbidden");
      assertThat(code(bob, 6)).isEqualTo("epoch");
      assertThat(Json.number(bob.answer(6), "head")).isEqualTo(1);
      sim.passes(sim.limits().editSeconds() * 1_000 + 1_000);
      Deed late = ann.recalls("u:bob", 1);
      sim.settle();
      assertThat(late.answer().map(answer -> Json.text(answer, "code"))).contains("too_late");
      assertThat(ann.says("u:bob")).containsExactly("hi");
    });
  }

  private static String code(Terminal who, int id) {
    return Json.text(who.answer(id), "code");
  }
}
