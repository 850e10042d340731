package dev.tidings.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.engine.EngineLimits;
import dev.tidings.session.SendRate;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// What is said in passing: typing, ringing.
class SignalTest {
  @Test
  void aSignalReachesThePeerAndMyOtherDevicesOnce() {
    Simulation.story(sim -> {
      Terminal ann = sim.terminal("ann").joinsAs("ann");
      Terminal desk = sim.terminal("desk").joinsAs("ann");
      Terminal bob = sim.terminal("bob").joinsAs("bob");
      Terminal cat = sim.terminal("cat").joinsAs("cat");
      sim.settle();
      ann.says("{'op':'signal','to':'u:bob','data':{'typing':true}}");
      sim.settle();
      assertThat(bob.heard("signal").toString())
          .isEqualTo(
              "[{\"op\":\"signal\",\"in\":\"u:ann\",\"from\":\"ann\",\"data\":{\"typing\":true}}]");
      assertThat(desk.heard("signal").toString())
          .isEqualTo(
              "[{\"op\":\"signal\",\"in\":\"u:bob\",\"from\":\"ann\",\"data\":{\"typing\":true}}]");
      assertThat(ann.heard("signal")).isEmpty();
      assertThat(ann.heard()).as("no answer without an id").hasSize(1);
      assertThat(cat.heard("signal")).isEmpty();
      bob.joinsAs("bob").says("{'op':'sync','id':1}");
      sim.settle();
      assertThat(bob.answer(1).path("convs")).as("a:all, and nothing is kept").hasSize(1);
    });
  }

  @Test
  void aSignalWithAnIdIsAnswered() {
    Simulation.story(sim -> {
      Terminal ann = sim.terminal("ann").joinsAs("ann");
      ann.says("{'op':'signal','id':7,'to':'u:ann','data':1}");
      sim.settle();
      assertThat(ann.answer(7).toString()).isEqualTo("{\"op\":\"ok\",\"id\":7,\"in\":\"u:ann\"}");
    });
  }

  @Test
  void membersOfAGroupAreSignalledAndOthersAreNot() {
    Simulation.story(sim -> {
      ModelClient ann = sim.client("ann").connects();
      sim.settle();
      ann.creates("g:ops", "bob", "cat");
      sim.settle();
      Terminal bob = sim.terminal("bob").joinsAs("bob");
      Terminal cat = sim.terminal("cat").joinsAs("cat");
      Terminal dan = sim.terminal("dan").joinsAs("dan");
      sim.settle();
      bob.says("{'op':'signal','to':'g:ops','data':'b'}");
      dan.says("{'op':'signal','to':'g:ops','data':'d'}");
      sim.settle();
      assertThat(signals(cat)).containsExactly("bob");
      assertThat(ann.units("signal")).hasSize(1);
      assertThat(bob.heard("signal")).isEmpty();
      assertThat(Json.text(dan.last(), "code")).isEqualTo("not_member"); // it is open
      assertThat(Json.text(dan.last(), "re")).isEqualTo("signal");
    });
  }

  /// Whoever was put out hears nothing that was said later, however slow his lane.
  @Test
  void whoWasPutOutHearsNoMore() {
    Simulation.story(
        40,
        sim -> {
          ModelClient ann = sim.client("ann").connects();
          ModelClient cat = sim.client("cat").connects();
          sim.settle();
          ann.creates("g:ops", "cat");
          sim.settle();
          for (int i = 0; i < 5; i++) {
            ann.sends("g:ops", "m" + i);
          }
          Deed out = ann.removes("g:ops", "cat");
          sim.steps(sim.random().nextInt(60));
          Terminal desk = sim.terminal("desk").joinsAs("ann");
          sim.settle();
          assertThat(out.isConfirmed()).isTrue();
          desk.says("{'op':'signal','to':'g:ops','data':'x'}");
          sim.settle();
          assertThat(cat.units("signal")).isEmpty();
        });
  }

  @Test
  void inAGroupOfMoreThanAHundredSignalsAreDropped() {
    Simulation.story(
        2,
        sim -> {
          ModelClient ann = sim.client("ann").connects();
          sim.settle();
          ann.creates(
              "g:many",
              IntStream.range(0, EngineLimits.INTIMATES_MAX)
                  .mapToObj(i -> "user" + i)
                  .toArray(String[]::new));
          Terminal bob = sim.terminal("bob").joinsAs("user0");
          sim.settle();
          bob.says("{'op':'signal','to':'g:many','data':1}");
          sim.settle();
          assertThat(bob.heard("err")).isEmpty();
          assertThat(ann.units("signal")).isEmpty();
          bob.says("{'op':'signal','id':1,'to':'g:many','data':1}");
          sim.settle();
          assertThat(Json.text(bob.answer(1), "code")).isEqualTo("too_many");
          ann.removes("g:many", "user1");
          sim.settle();
          bob.says("{'op':'signal','to':'g:many','data':1}");
          sim.settle();
          assertThat(ann.units("signal")).hasSize(1);
        });
  }

  @Test
  void tooManySignalsAreDroppedAndSendsGoOn() {
    Simulation.story(sim -> {
      sim.with(sim.settings().withSendRate(new SendRate.Limit(50, 200)));
      Terminal ann = sim.terminal("ann").joinsAs("ann");
      Terminal bob = sim.terminal("bob").joinsAs("bob");
      sim.settle();
      for (int i = 0; i < 15; i++) {
        ann.says("{'op':'signal','to':'u:bob','data':" + i + "}");
      }
      ann.says("{'op':'send','id':1,'to':'u:bob','data':'hi'}");
      ann.says("{'op':'signal','id':2,'to':'u:bob','data':0}");
      sim.settle();
      assertThat(bob.heard("signal")).hasSize(10);
      assertThat(bob.heard("msg")).hasSize(1);
      assertThat(ann.heard("err")).hasSize(1);
      assertThat(Json.text(ann.answer(2), "code")).isEqualTo("rate");
      assertThat(Json.number(ann.answer(2), "retry")).isPositive();
      sim.passes(1_000);
      ann.says("{'op':'signal','to':'u:bob','data':0}");
      sim.settle();
      assertThat(bob.heard("signal")).hasSize(11);
    });
  }

  @Test
  void aSlowReaderGetsEntriesAndNoSignals() {
    Simulation.story(sim -> {
      ModelClient ann = sim.client("ann").connects();
      ModelClient bob = sim.client("bob").connects();
      sim.settle();
      bob.stopsReading();
      for (int i = 0; i < 5; i++) {
        ann.sends("u:bob", i + "x".repeat(9_000));
        sim.settle();
      }
      Terminal desk = sim.terminal("desk").joinsAs("ann");
      sim.settle();
      for (int i = 0; i < 9; i++) {
        desk.says("{'op':'signal','to':'u:bob','data':'" + "y".repeat(9_000) + "'}");
      }
      sim.settle();
      bob.readsAgain();
      sim.settle();
      assertThat(bob.heard("u:ann")).containsExactly(1L, 2L, 3L, 4L, 5L);
      assertThat(bob.units("signal")).isEmpty();
    });
  }

  private static List<String> signals(Terminal who) {
    return who.heard("signal").stream().map((JsonNode unit) -> Json.text(unit, "from")).toList();
  }
}
