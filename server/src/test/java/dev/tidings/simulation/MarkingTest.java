package dev.tidings.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.engine.EngineLimits;
import dev.tidings.session.SendRate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// How far who has read, what is unread, who is named, who wants no part of it.
class MarkingTest {
  @Test
  void aMarkReachesThePeerAndMyOtherDevicesAndWhoWasAwayFindsItInHisRow() {
    Simulation.story(sim -> {
      ModelClient ann = sim.client("ann").connects();
      sim.settle();
      ann.sends("u:bob", "one");
      ann.sends("u:bob", "two");
      sim.settle();
      Terminal phone = sim.terminal("phone").joinsAs("bob");
      Terminal desk = sim.terminal("desk").joinsAs("bob");
      sim.settle();
      phone.says("{'op':'mark','in':'u:ann','read':1,'got':2}");
      sim.settle();
      assertThat(ann.units("mark").toString())
          .isEqualTo("[{\"op\":\"mark\",\"in\":\"u:bob\",\"from\":\"bob\",\"got\":2,\"read\":1}]");
      assertThat(desk.heard("mark").toString())
          .isEqualTo("[{\"op\":\"mark\",\"in\":\"u:ann\",\"from\":\"bob\",\"got\":2,\"read\":1}]");
      assertThat(phone.heard()).as("no answer without an id").hasSize(1);
      ann.isCut();
      phone.says("{'op':'mark','id':1,'in':'u:ann','read':99}");
      sim.settle();
      assertThat(phone.answer(1).toString())
          .isEqualTo("{\"op\":\"ok\",\"id\":1,\"in\":\"u:ann\",\"got\":2,\"read\":2}");
      ann.connects();
      sim.settle();
      assertThat(ann.hasRead("u:bob", "bob")).isEqualTo(2);
    });
  }

  @Test
  void aRowSaysWhatIsUnread() {
    Simulation.story(sim -> {
      ModelClient ann = sim.client("ann").connects();
      sim.settle();
      ann.creates("g:ops", "bob");
      sim.settle(); // or bob may hear that he is let in
      Terminal bob = sim.terminal("bob").joinsAs("bob");
      sim.settle();
      Terminal desk = sim.terminal("desk").joinsAs("ann");
      sim.settle();
      desk.says("{'op':'send','to':'g:ops','data':1,'mention':['bob']}");
      desk.says("{'op':'send','to':'g:ops','data':2}");
      sim.settle();
      assertThat(bob.heard("msg").get(0).path("mention").toString()).isEqualTo("[\"bob\"]");
      bob.says("{'op':'sync','id':1,'tail':0}");
      sim.settle();
      JsonNode row = row(bob.answer(1), "g:ops");
      assertThat(Json.number(row, "unread")).isEqualTo(2);
      assertThat(Json.number(row, "mentions")).isEqualTo(1);
      bob.says("{'op':'mark','in':'g:ops','read':3}");
      bob.says("{'op':'sync','id':2,'tail':0}");
      sim.settle();
      row = row(bob.answer(2), "g:ops");
      assertThat(Json.number(row, "unread")).isZero();
      assertThat(row.has("unread") || row.has("mentions")).isFalse();
      assertThat(Json.number(row, "read")).isEqualTo(3);
    });
  }

  private static JsonNode row(JsonNode sync, String in) {
    return sync.path("convs")
        .valueStream()
        .filter(row -> Json.text(row, "in").equals(in))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void inASmallGroupEverybodyIsToldInALargeOneNobody() {
    Simulation.story(
        2,
        sim -> {
          ModelClient ann = sim.client("ann").connects();
          sim.settle();
          ann.creates("g:few", "bob");
          ann.creates(
              "g:many",
              IntStream.range(0, EngineLimits.INTIMATES_MAX)
                  .mapToObj(i -> i == 0 ? "bob" : "user" + i)
                  .toArray(String[]::new));
          Terminal bob = sim.terminal("bob").joinsAs("bob");
          Terminal desk = sim.terminal("desk").joinsAs("bob");
          sim.settle();
          bob.says("{'op':'mark','in':'g:few','read':1}");
          bob.says("{'op':'mark','in':'g:many','read':1}");
          sim.settle();
          assertThat(ann.units("mark")).hasSize(1);
          assertThat(ann.hasRead("g:few", "bob")).isEqualTo(1);
          assertThat(desk.heard("mark")).hasSize(2);
          bob.says("{'op':'group','do':'members','id':1,'in':'g:few'}");
          sim.settle();
          assertThat(bob.answer(1).path("members").get(1).toString())
              .isEqualTo("{\"user\":\"bob\",\"role\":\"member\",\"read\":1}");
        });
  }

  /// However many marks come: of each user and conversation one waits.
  @Test
  void marksForASlowReaderMergeIntoTheNewest() {
    Simulation.story(sim -> {
      ModelClient ann = sim.client("ann").connects();
      ModelClient bob = sim.client("bob").connects();
      sim.settle();
      for (int i = 0; i < 30; i++) {
        ann.sends("u:bob", i + "x".repeat(3_000));
      }
      sim.settle();
      ann.stopsReading();
      for (int i = 0; i < 12; i++) {
        ann.sends("u:cat", i + "x".repeat(9_000)); // comes back to her, and fills her outbox
      }
      sim.settle();
      for (int i = 1; i <= 30; i++) {
        bob.reads("u:ann", i);
        sim.settle();
      }
      assertThat(ann.bytesWaiting()).isLessThan(70_000);
      sim.passes(26_000);
      ann.readsAgain();
      sim.settle();
      assertThat(ann.units("mark").size()).isLessThan(6);
      assertThat(ann.hasRead("u:bob", "bob")).isEqualTo(30);
      assertThat(ann.units("ping").stream().filter(ping -> ping.has("cursor"))).isEmpty();
    });
  }

  @Test
  void tooManyMarksAreRefusedAndSaidAgain() {
    Simulation.story(
        3,
        sim -> {
          sim.with(sim.settings().withSendRate(new SendRate.Limit(50, 200)));
          ModelClient ann = sim.client("ann").connects();
          sim.settle();
          ann.sends("u:bob", "hi");
          sim.settle();
          Terminal bob = sim.terminal("bob").joinsAs("bob");
          sim.settle();
          for (int i = 0; i < 101; i++) {
            bob.says("{'op':'mark','in':'u:ann','read':0}");
          }
          sim.settle();
          assertThat(bob.heard("err")).hasSize(1);
          assertThat(Json.text(bob.last(), "re")).isEqualTo("mark");
          assertThat(Json.text(bob.last(), "code")).isEqualTo("rate");
          bob.says("{'op':'send','id':1,'to':'u:ann','data':'sends go on'}");
          sim.settle();
          assertThat(Json.text(bob.answer(1), "op")).isEqualTo("ok");
        });
  }

  @Test
  void aMarkOfAnotherEpochIsIgnored() {
    Simulation.story(
        3,
        sim -> {
          ModelClient ann = sim.client("ann").connects();
          sim.settle();
          ann.sends("u:bob", "hi");
          sim.settle();
          Terminal bob = sim.terminal("bob").joinsAs("bob");
          bob.says("{'op':'mark','in':'u:ann','epoch':'other','read':1}");
          bob.says("{'op':'mark','id':1,'in':'u:ann','epoch':'other','read':1}");
          bob.says("{'op':'mark','in':'g:absent','read':1}");
          sim.settle();
          assertThat(bob.heard("err")).hasSize(2);
          assertThat(Json.text(bob.answer(1), "code")).isEqualTo("epoch");
          assertThat(Json.text(bob.last(), "code")).isEqualTo("not_found");
          assertThat(ann.units("mark")).isEmpty();
        });
  }

  @Test
  void whoIsBlockedIsToldSoAndIsNotHeard() {
    Simulation.story(sim -> {
      ModelClient ann = sim.client("ann").connects();
      ModelClient mallory = sim.client("mallory").connects();
      sim.settle();
      Terminal phone = sim.terminal("phone").joinsAs("ann");
      sim.settle();
      phone.says("{'op':'pref','id':1,'in':'u:mallory','block':true,'mute':true}");
      sim.settle();
      assertThat(phone.answer(1).toString())
          .isEqualTo("{\"op\":\"ok\",\"id\":1,\"in\":\"u:mallory\"}");
      assertThat(ann.units("pref").toString())
          .isEqualTo("[{\"op\":\"pref\",\"in\":\"u:mallory\",\"mute\":true,\"block\":true}]");
      assertThat(phone.heard("pref")).isEmpty();
      Deed refused = mallory.sends("u:ann", "hi");
      sim.settle();
      assertThat(refused.answer().map(answer -> Json.text(answer, "code"))).contains("forbidden");
      assertThat(mallory.units("pref")).isEmpty();
      phone.says("{'op':'sync','id':2}");
      sim.settle();
      JsonNode row = row(phone.answer(2), "u:mallory");
      assertThat(row.path("block").asBoolean(false)).isTrue();
      assertThat(row.path("mute").asBoolean(false)).isTrue();
    });
  }

  @Test
  void aMuteRunsOut() {
    Simulation.story(
        3,
        sim -> {
          ModelClient ann = sim.client("ann").connects();
          sim.settle();
          ann.sends("u:bob", "hi");
          sim.settle();
          Terminal bob = sim.terminal("bob").joinsAs("bob");
          long until = sim.nowMillis() + 20_000;
          bob.says("{'op':'pref','in':'u:ann','mute':" + until + "}");
          bob.says("{'op':'sync','id':1}");
          sim.settle();
          assertThat(Json.number(row(bob.answer(1), "u:ann"), "mute")).isEqualTo(until);
          sim.passes(21_000);
          bob.says("{'op':'sync','id':2}");
          sim.settle();
          assertThat(row(bob.answer(2), "u:ann").has("mute")).isFalse();
        });
  }
}
