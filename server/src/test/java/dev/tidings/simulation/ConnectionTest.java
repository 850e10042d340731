package dev.tidings.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.auth.Caps;
import dev.tidings.auth.Identity;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/// A connection from its opening to its end.
class ConnectionTest {
  @Test
  void strangerWhoSaysNothingIsClosedAfterTenSeconds() {
    Simulation.story(sim -> {
      Terminal stranger = sim.terminal("stranger").opens();
      sim.passes(9_000);
      assertThat(stranger.isOver()).isFalse();
      sim.passes(2_000);
      assertThat(stranger.closeCode()).hasValue(4506);
      assertThat(stranger.heard()).hasSize(1);
      assertThat(Json.text(stranger.last(), "code")).isEqualTo("auth_timeout");
    });
  }

  /// His time for `auth` is over, but he did say it in time: stopping is no verdict on him.
  @Test
  void whoJoinsSlowlyIsNotAStrangerWhoSaysNothing() {
    Simulation.story(sim -> {
      Terminal ann = sim.terminal("ann").opens();
      sim.passes(9_000);
      sim.storeStalls();
      ann.says("{'op':'auth','user':'ann'}");
      sim.passes(3_000);
      assertThat(ann.isOver()).isFalse();
      sim.storeGoesOn();
      sim.settle();
      assertThat(ann.heard("welcome")).hasSize(1);
    });
  }

  @Test
  void whoCannotBeLetInForLongIsToldToComeBack() {
    Simulation.story(sim -> {
      sim.storeStalls();
      Terminal ann = sim.terminal("ann").joinsAs("ann");
      sim.passes(12_000);
      assertThat(ann.closeCode()).hasValue(4001);
      assertThat(Json.number(ann.last(), "retry")).isPositive();
      sim.storeGoesOn();
    });
  }

  @Test
  void whatIsSaidBehindAuthWaitsForTheWelcome() {
    Simulation.story(sim -> {
      Terminal ann = sim.terminal("ann").opens();
      ann.says("{'op':'ping','id':1}");
      ann.says("{'op':'auth','user':'ann','id':2}");
      ann.says("{'op':'send','to':'u:ann','data':1,'id':3}\n{'op':'ping','id':4}");
      sim.settle();
      assertThat(ann.heard().stream().map(unit -> Json.text(unit, "op")).limit(2))
          .containsExactly("err", "welcome");
      assertThat(Json.text(ann.answer(1), "code")).isEqualTo("unauthorized");
      assertThat(Json.number(ann.answer(3), "seq")).isEqualTo(1);
      assertThat(Json.text(ann.answer(4), "op")).isEqualTo("pong");
    });
  }

  @Test
  void strangerWhoSaysTooMuchIsHeardNoMore() {
    Simulation.story(sim -> {
      Terminal stranger = sim.terminal("stranger").opens();
      for (int i = 0; i < 4; i++) {
        stranger.says("{'op':'send','to':'u:x','data':'" + "x".repeat(4_000) + "'}");
      }
      stranger.says("{'op':'auth','user':'ann'}");
      sim.settle();
      assertThat(stranger.heard("err")).hasSize(3);
      assertThat(stranger.heard("welcome")).isEmpty();
      assertThat(stranger.socket().isPaused()).isTrue();
      sim.passes(11_000);
      assertThat(stranger.closeCode()).hasValue(4506);
    });
  }

  @Test
  void fiveMalformedUnitsInARowEndIt() {
    Simulation.story(sim -> {
      Terminal ann = sim.terminal("ann").joinsAs("ann");
      sim.settle();
      ann.says("{\n{\n{\n{\n{'op':'ping'}\n{\n{\n{\n{");
      sim.settle();
      assertThat(ann.isOver()).isFalse();
      ann.says("{");
      sim.settle();
      assertThat(ann.closeCode()).hasValue(4501);
      assertThat(ann.heard("err")).hasSize(9);
      assertThat(ann.heard("err")).allMatch(err -> Json.text(err, "code").equals("bad_json"));
      assertThat(Json.text(ann.last(), "code")).isEqualTo("protocol");
    });
  }

  @Test
  void silentConnectionIsPingedAndThenClosedAsIdle() {
    Simulation.story(sim -> {
      Terminal ann = sim.terminal("ann").joinsAs("ann");
      sim.passes(26_000);
      assertThat(ann.heard("ping")).hasSize(1);
      ann.says("{'op':'pong'}");
      sim.passes(49_000);
      assertThat(ann.isOver()).isFalse();
      sim.passes(4_000);
      assertThat(ann.closeCode()).hasValue(4003);
      assertThat(Json.text(ann.last(), "code")).isEqualTo("idle");
    });
  }

  @Test
  void whoMayNotBeHeardIsNotCalledIdle() {
    Simulation.story(sim -> {
      ModelClient bob = sim.client("bob").connects();
      Terminal ann = sim.terminal("ann").joinsAs("ann");
      sim.settle();
      ann.socket().takeOnly(0);
      for (int i = 0; i < 12; i++) {
        bob.sends("u:ann", i + "x".repeat(3_000));
      }
      sim.settle();
      ann.says("{'op':'ping','id':1}\n{'op':'ping','id':2}"); // one is read, then no more
      sim.settle();
      assertThat(ann.socket().isPaused()).isTrue();
      for (int second = 0; second < 100; second++) {
        ann.socket().takeOnly(100); // so it is not stuck either
        sim.passes(1_000);
      }
      assertThat(ann.isOver()).isFalse();
      ann.socket().takeAll();
      sim.settle();
      assertThat(Json.text(ann.answer(2), "op")).isEqualTo("pong");
      assertThat(ann.socket().isPaused()).isFalse();
    });
  }

  @Test
  void oneConnectionTooManyIsClosed() {
    Simulation.story(sim -> {
      List<Terminal> all = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        all.add(sim.terminal("ann" + i).joinsAs("ann"));
      }
      sim.settle();
      assertThat(all).allMatch(each -> each.heard("welcome").size() == 1);
      Terminal more = sim.terminal("more").joinsAs("ann");
      sim.settle();
      assertThat(more.closeCode()).hasValue(4505);
      all.getFirst().socket().cut();
      sim.settle();
      Terminal again = sim.terminal("again").joinsAs("ann");
      sim.settle();
      assertThat(again.heard("welcome")).hasSize(1);
    });
  }

  @Test
  void tokenIsRenewedOnALiveConnection() {
    Simulation.story(sim -> {
      sim.issue("first", token("ann", sim.nowMillis() + 60_000));
      sim.issue("second", token("ann", sim.nowMillis() + 200_000));
      sim.issue("another", token("bob", sim.nowMillis() + 200_000));
      Terminal ann = sim.terminal("ann").opensWithToken("first");
      sim.settle();
      assertThat(Json.number(ann.heard("welcome").getFirst(), "exp"))
          .isEqualTo(sim.nowMillis() + 60_000);
      ann.says("{'op':'auth','token':'another','id':1}");
      sim.settle();
      assertThat(Json.text(ann.answer(1), "code")).isEqualTo("forbidden");
      ann.says("{'op':'auth','token':'second','id':2}");
      sim.settle();
      assertThat(Json.text(ann.answer(2), "op")).isEqualTo("welcome");
      for (int i = 0; i < 11; i++) {
        sim.passes(20_000);
        ann.says("{'op':'pong'}");
      }
      assertThat(ann.isOver()).isFalse(); // 220 s, within the grace of 30 s
      sim.passes(12_000);
      assertThat(ann.closeCode()).hasValue(4005);
    });
  }

  @Test
  void expiredTokenIsClosedAfterThirtySecondsOfGrace() {
    Simulation.story(sim -> {
      sim.issue("short", token("ann", sim.nowMillis() + 5_000));
      Terminal ann = sim.terminal("ann").opensWithToken("short");
      sim.passes(34_000);
      assertThat(ann.isOver()).isFalse();
      sim.passes(3_000);
      assertThat(ann.closeCode()).hasValue(4005);
      Terminal late = sim.terminal("late").opensWithToken("short");
      sim.settle();
      assertThat(late.closeCode()).hasValue(4005);
      Terminal liar = sim.terminal("liar").opensWithToken("made up");
      sim.settle();
      assertThat(liar.closeCode()).hasValue(4500);
    });
  }

  @Test
  void nothingIsLeftOfWhoHasGone() {
    Simulation.story(sim -> {
      for (int i = 0; i < 10; i++) {
        Terminal ann = sim.terminal("ann" + i).opens();
        sim.steps(sim.random().nextInt(3));
        ann.says("{'op':'auth','user':'ann','device':'phone'}");
        ann.says(
            "{'op':'sub','in':'t:free'}\n{'op':'sub','in':'t:kept.a'}\n{'op':'sub','in':'p:ann'}");
        sim.steps(sim.random().nextInt(40));
        if (sim.random().nextBoolean()) {
          ann.socket().cut();
        } else {
          ann.socket().hangUp();
        }
        sim.steps(sim.random().nextInt(10));
      }
      sim.passes(12_000);
      assertThat(sim.online().count()).isZero();
    });
  }

  private static Identity token(String user, long expiresMillis) {
    return new Identity(user, false, Caps.DEFAULT, OptionalLong.of(expiresMillis));
  }
}
