package dev.tidings.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.session.Outbox;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Topics, with a log (`t:kept.…` here) and without.
class TopicTest {
  private static final int UNIT_WITHOUT_TEXT_BYTES =
      "{'op':'msg','in':'t:free','from':'ann','data':'','ts':1767225600000}".length();

  @Test
  void publishedReachesWhoFollowsNow() {
    Simulation.story(sim -> {
      ModelClient ann = sim.client("ann").connects();
      ModelClient bob = sim.client("bob").connects().follows("t:free");
      ModelClient cat = sim.client("cat").connects();
      sim.settle();
      ann.sends("t:free", "one");
      ann.sends("t:free", "two");
      sim.settle();
      cat.follows("t:free");
      bob.unfollows("t:free");
      sim.settle();
      ann.sends("t:free", "three");
      sim.settle();
      assertThat(bob.passing("t:free")).containsExactly("one", "two");
      assertThat(cat.passing("t:free")).containsExactly("three");
      assertThat(ann.passing("t:free")).isEmpty();
    });
  }

  @Test
  void withoutLogASlowFollowerLosesAndIsToldHowMuch() {
    Simulation.story(sim -> {
      ModelClient ann = sim.client("ann").connects();
      ModelClient bob = sim.client("bob").connects().follows("t:free");
      sim.settle();
      bob.stopsReading();
      for (int i = 0; i < 60; i++) {
        ann.sends("t:free", i + "x".repeat(3_000));
        sim.steps(5);
      }
      sim.settle();
      bob.readsAgain();
      sim.settle();
      assertThat(bob.passing("t:free").size() + bob.lost("t:free")).isEqualTo(60);
      assertThat(bob.lost("t:free")).isPositive();
      ann.sends("t:free", "again");
      sim.settle();
      assertThat(bob.passing("t:free")).endsWith("again");
    });
  }

  /// A frame may be so large that it does not fit although little waits: then nothing ever drains.
  @Test
  void whatDidNotFitIntoANearlyEmptyOutboxIsToldToo() {
    Simulation.story(
        40,
        sim -> {
          Terminal ann = sim.terminal("ann").joinsAs("ann");
          Terminal bob =
              sim.terminal("bob").joinsAs("bob").says("{'op':'sub','id':1,'in':'t:free'}");
          sim.settle();
          bob.socket().takeOnly(0);
          int unitBytes = Outbox.DRAINED_BYTES - 10 - UNIT_WITHOUT_TEXT_BYTES;
          ann.says(publishing(unitBytes));
          sim.settle();
          assertThat(bob.socket().waitingBytes()).isEqualTo(Outbox.DRAINED_BYTES - 10);
          ann.says(publishing(unitBytes) + "\n" + publishing(32_766)); // often in one frame
          sim.settle();
          bob.socket().takeAll();
          sim.passes(2_000);
          long lost = bob.heard("gap").stream().mapToLong(gap -> Json.number(gap, "lost")).sum();
          assertThat(bob.heard("msg").size() + lost).isEqualTo(3);
        });
  }

  private static String publishing(int textBytes) {
    return "{'op':'send','to':'t:free','data':'" + "x".repeat(textBytes) + "'}";
  }

  @Test
  void followingAfterAPositionClosesTheGapAndLiveStartsBehindHead() {
    Simulation.story(
        100,
        sim -> {
          ModelClient ann = sim.client("ann").connects();
          ModelClient bob = sim.client("bob").connects().follows("t:kept.a");
          sim.settle();
          for (int i = 0; i < 30; i++) {
            ann.sends("t:kept.a", "m" + i);
            if (i % 4 == 0) {
              bob.unfollows("t:kept.a");
              sim.steps(sim.random().nextInt(20));
              bob.follows("t:kept.a");
            }
            sim.steps(sim.random().nextInt(10));
          }
          sim.settle();
          assertThat(bob.heard("t:kept.a")).isEqualTo(numbers(1, 30));
        });
  }

  @Test
  void wholeIsSaidOnlyWhereItIsTrue() {
    Simulation.story(
        3,
        sim -> {
          ModelClient ann = sim.client("ann").connects();
          sim.settle();
          for (int i = 0; i < 300; i++) {
            ann.sends("t:kept.a", "m" + i);
          }
          sim.settle();
          Terminal bob = sim.terminal("bob").joinsAs("bob");
          bob.says("{'op':'sub','id':1,'in':'t:kept.a','after':290}");
          bob.says("{'op':'sub','id':2,'in':'t:kept.a','after':10}");
          bob.says("{'op':'sub','id':3,'in':'t:kept.a','last':3}");
          bob.says("{'op':'sub','id':4,'in':'t:kept.a','after':301}");
          bob.says("{'op':'sub','id':5,'in':'t:kept.a','after':300}");
          bob.says("{'op':'sub','id':6,'in':'t:kept.a','after':1,'epoch':'other'}");
          sim.settle();
          assertThat(seqs(bob.answer(1))).isEqualTo(numbers(291, 300));
          assertThat(bob.answer(1).path("whole").asBoolean()).isTrue();
          assertThat(bob.answer(2).path("whole").asBoolean(true)).isFalse();
          assertThat(bob.answer(2).has("items")).isFalse();
          assertThat(seqs(bob.answer(3))).isEqualTo(numbers(298, 300));
          assertThat(bob.answer(4).path("whole").asBoolean(true)).isFalse();
          assertThat(bob.answer(5).path("whole").asBoolean()).isTrue();
          assertThat(seqs(bob.answer(5))).isEmpty();
          assertThat(Json.text(bob.answer(6), "code")).isEqualTo("epoch");
        });
  }

  @Test
  void slowFollowerOfALogLosesNothing() {
    Simulation.story(sim -> {
      ModelClient ann = sim.client("ann").connects();
      ModelClient bob = sim.client("bob").connects().follows("t:kept.a");
      sim.settle();
      bob.stopsReading();
      for (int i = 0; i < 60; i++) {
        ann.sends("t:kept.a", i + "x".repeat(3_000));
        sim.steps(5);
      }
      sim.settle();
      bob.readsAgain();
      sim.settle();
      assertThat(bob.heard("t:kept.a")).isEqualTo(numbers(1, 60));
    });
  }

  /// Pages for what was followed before must not come after `unsub`, nor count for what is followed
  /// since.
  @Test
  void unfollowingInMidCatchUpStartsAnew() {
    Simulation.story(
        80,
        sim -> {
          ModelClient ann = sim.client("ann").connects();
          ModelClient bob = sim.client("bob").connects().follows("t:kept.a").follows("t:kept.b");
          sim.settle();
          bob.stopsReading();
          for (int i = 0; i < 40; i++) {
            ann.sends("t:kept.a", i + "x".repeat(3_000));
            ann.sends("t:kept.b", i + "x".repeat(3_000));
          }
          sim.settle();
          bob.takesOnly(60_000 + sim.random().nextInt(60_000));
          sim.steps(sim.random().nextInt(25));
          bob.unfollows("t:kept.a");
          sim.steps(sim.random().nextInt(10));
          bob.readsAgain();
          bob.follows("t:kept.a");
          sim.steps(sim.random().nextInt(60));
          ann.sends("t:kept.a", "end");
          sim.settle();
          assertThat(bob.heard("t:kept.a")).isEqualTo(numbers(1, 41));
          assertThat(bob.heard("t:kept.b")).isEqualTo(numbers(1, 40));
        });
  }

  private static List<Long> seqs(JsonNode answer) {
    return answer.path("items").valueStream().map(item -> Json.number(item, "seq")).toList();
  }

  private static List<Long> numbers(long first, long last) {
    return LongStream.rangeClosed(first, last).boxed().toList();
  }
}
