package dev.tidings.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.auth.Caps;
import dev.tidings.auth.Identity;
import dev.tidings.session.SendRate;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// What is asked, how much of it at once, and who may.
class SendingTest {
  @Test
  void refusalForRateKeepsTheOrder() {
    Simulation.story(sim -> {
      sim.with(sim.settings().withSendRate(new SendRate.Limit(10, 5)));
      ModelClient ann = sim.client("ann").connects();
      ModelClient bob = sim.client("bob").connects();
      sim.settle();
      List<String> texts = IntStream.range(0, 40).mapToObj(i -> "m" + i).toList();
      texts.forEach(text -> ann.sends("u:bob", text));
      sim.settle();
      assertThat(bob.texts("u:ann")).isEqualTo(texts.subList(0, 5));
      assertThat(ann.units("err")).hasSize(35);
      assertThat(ann.units("err"))
          .allMatch(err -> Json.text(err, "code").equals("rate") && Json.number(err, "retry") > 0);
      sim.passes(60_000);
      assertThat(bob.texts("u:ann")).isEqualTo(texts);
    });
  }

  @Test
  void serverStopsReadingAtSixtyFourRequestsInFlightAndResumes() {
    Simulation.story(sim -> {
      Terminal ann = sim.terminal("ann").joinsAs("ann");
      sim.settle();
      sim.storeStalls();
      for (int i = 1; i <= 100; i++) {
        ann.says("{'op':'send','to':'u:ann','data':" + i + ",'id':" + i + "}");
      }
      sim.settle();
      assertThat(ann.socket().isPaused()).isTrue();
      assertThat(ann.socket().unitsHeld()).isEqualTo(36);
      assertThat(ann.hasAnswer(1)).isFalse();
      sim.storeGoesOn();
      sim.settle();
      assertThat(ann.socket().isPaused()).isFalse();
      for (int i = 1; i <= 100; i++) {
        assertThat(Json.number(ann.answer(i), "seq")).isEqualTo(i);
      }
    });
  }

  @Test
  void oneReplyThatReadsIsUnderWayAtATime() {
    Simulation.story(sim -> {
      Terminal ann = sim.terminal("ann").joinsAs("ann");
      sim.settle();
      sim.storeStalls();
      ann.says("{'op':'sync','id':1}\n{'op':'history','in':'u:ann','id':2}\n{'op':'ping','id':3}");
      sim.settle();
      assertThat(ann.socket().isPaused()).isTrue();
      assertThat(ann.socket().unitsHeld()).isEqualTo(2);
      assertThat(ann.hasAnswer(3)).isFalse();
      sim.storeGoesOn();
      sim.settle();
      assertThat(Json.text(ann.answer(1), "op")).isEqualTo("ok");
      assertThat(Json.text(ann.answer(2), "op")).isEqualTo("ok");
      assertThat(Json.text(ann.answer(3), "op")).isEqualTo("pong");
      assertThat(ann.socket().isPaused()).isFalse();
    });
  }

  @Test
  void aReadSeesWhatTheSameConnectionSentBefore() {
    Simulation.story(
        40,
        sim -> {
          Terminal ann = sim.terminal("ann").joinsAs("ann");
          sim.settle();
          ann.says(
              "{'op':'send','to':'u:bob','data':1,'id':1}\n{'op':'history','in':'u:bob','id':2}\n"
                  + "{'op':'send','to':'u:cat','data':2,'id':3}\n{'op':'sync','tail':1,'id':4}");
          sim.settle();
          assertThat(Json.number(ann.answer(2), "head")).isEqualTo(1);
          assertThat(ann.answer(4).path("convs").valueStream().map(row -> Json.text(row, "in")))
              .contains("u:bob", "u:cat");
        });
  }

  @Test
  void whoDoesNotReadHisAnswersIsReadNoMoreAndLosesNone() {
    Simulation.story(sim -> {
      Terminal ann = sim.terminal("ann").joinsAs("ann");
      sim.settle();
      ann.socket().takeOnly(0);
      for (int i = 1; i <= 2_000; i++) {
        ann.says("{'op':'ping','id':" + i + "}");
      }
      sim.settle();
      assertThat(ann.socket().isPaused()).isTrue();
      assertThat(ann.socket().waitingBytes()).isLessThan(40_000);
      ann.socket().takeAll();
      sim.settle();
      assertThat(ann.heard("pong")).hasSize(2_000);
      assertThat(ann.socket().isPaused()).isFalse();
    });
  }

  @Test
  void aBugInOneAnswerEndsThatConnectionAlone() {
    Simulation.story(sim -> {
      List<Terminal> all =
          IntStream.range(0, 6).mapToObj(i -> sim.terminal("t" + i).joinsAs("u" + i)).toList();
      sim.settle();
      sim.storeStalls();
      all.forEach(each -> each.says("{'op':'group','do':'join','in':'g:none','id':1}"));
      sim.settle();
      sim.frameFailsAfter(2); // nothing but answers is written here
      sim.storeGoesOn();
      sim.settle();
      assertThat(all.stream().filter(each -> each.closeCode().orElse(0) == 4006)).hasSize(1);
      assertThat(all.stream().filter(each -> each.hasAnswer(1) && !each.isOver())).hasSize(5);
    });
  }

  @Test
  void otherDataUnderTheSameCidIsRefused() {
    Simulation.story(sim -> {
      Terminal ann = sim.terminal("ann").joinsAs("ann");
      ann.says("{'op':'send','to':'u:bob','cid':'c1','data':1,'id':1}");
      ann.says("{'op':'send','to':'u:bob','cid':'c1','data':1,'id':2}");
      ann.says("{'op':'send','to':'u:bob','cid':'c1','data':2,'id':3}");
      ann.says("{'op':'send','to':'u:cat','cid':'c1','data':2,'id':4}");
      sim.settle();
      assertThat(Json.number(ann.answer(1), "seq")).isEqualTo(1);
      assertThat(Json.number(ann.answer(2), "seq")).isEqualTo(1);
      assertThat(ann.answer(2).path("dup").asBoolean()).isTrue();
      assertThat(Json.text(ann.answer(3), "code")).isEqualTo("cid");
      assertThat(Json.number(ann.answer(4), "seq")).isEqualTo(1);
    });
  }

  @Test
  void onlyAServiceActsForOthers() {
    Simulation.story(sim -> {
      Terminal ann = sim.terminal("ann").joinsAs("ann");
      Terminal server = sim.terminal("server").joinsAs("server");
      ModelClient bob = sim.client("bob").connects();
      sim.settle();
      ann.says("{'op':'send','to':'u:bob','as':'cat','data':1,'id':1}");
      server.says("{'op':'send','to':'u:bob','as':'cat','data':'for cat','id':1}");
      server.says("{'op':'history','in':'u:bob','as':'cat','id':2}");
      sim.settle();
      assertThat(Json.text(ann.answer(1), "code")).isEqualTo("forbidden");
      assertThat(bob.texts("u:cat")).containsExactly("for cat");
      assertThat(server.answer(2).path("items")).hasSize(1);
      assertThat(Json.text(server.answer(1), "in")).isEqualTo("u:bob");
    });
  }

  @Test
  void capsSayWhatATokenMay() {
    Simulation.story(sim -> {
      Caps caps = new Caps(List.of("u:bob", "t:w.*"), List.of("t:kept.a"), List.of("info"));
      sim.issue("narrow", new Identity("ann", false, caps, OptionalLong.empty()));
      Terminal ann = sim.terminal("ann").opensWithToken("narrow");
      List<String> units =
          List.of(
              "'op':'send','to':'u:bob','data':1",
              "'op':'send','to':'u:bobby','data':1",
              "'op':'send','to':'t:w.rain','data':1",
              "'op':'send','to':'t:news','data':1",
              "'op':'send','to':'a:all','data':1",
              "'op':'sub','in':'t:kept.a'",
              "'op':'sub','in':'t:kept.b'",
              "'op':'history','in':'t:kept.a'",
              "'op':'history','in':'t:kept.b'",
              "'op':'sub','in':'p:bob'",
              "'op':'group','do':'create','in':'g:new'",
              "'op':'history','in':'u:bob'");
      for (int i = 0; i < units.size(); i++) {
        ann.says("{" + units.get(i) + ",'id':" + i + "}");
      }
      sim.settle();
      assertThat(IntStream.range(0, units.size()).mapToObj(i -> verdict(ann.answer(i))))
          .containsExactly(
              "ok",
              "forbidden",
              "ok",
              "forbidden",
              "forbidden",
              "ok",
              "forbidden",
              "ok",
              "forbidden",
              "forbidden",
              "forbidden",
              "ok");
    });
  }

  private static String verdict(JsonNode answer) {
    return Json.text(answer, "op").equals("ok") ? "ok" : Json.text(answer, "code");
  }
}
