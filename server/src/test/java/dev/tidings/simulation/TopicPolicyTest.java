package dev.tidings.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.hub.TopicPolicy;
import dev.tidings.hub.TopicPolicy.Kind;
import dev.tidings.session.Outbox;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Topics without log, and followers who are too slow for them.
class TopicPolicyTest {
  private static final String PAGE_OF_TEXT = "x".repeat(3_000);

  private static void with(Simulation sim, TopicPolicy... policies) {
    sim.with(sim.settings().withTopicPolicies(List.of(policies)));
  }

  private static void flood(Simulation sim, ModelClient from, String topic, int count) {
    for (int i = 0; i < count; i++) {
      from.sends(topic, i + PAGE_OF_TEXT);
      sim.steps(8);
    }
    sim.settle();
  }

  private static int number(String text) {
    return Integer.parseInt(text.substring(0, text.indexOf('x')));
  }

  private static List<Integer> numbers(ModelClient client, String topic) {
    return client.passing(topic).stream().map(TopicPolicyTest::number).toList();
  }

  /// A topic has half of an outbox at most: announcements, private entries and answers find room at
  /// once, and the follower is still read.
  @Test
  void theRestFindsRoomBesideAFlood() {
    Simulation.story(sim -> {
      ModelClient ann = sim.client("ann").connects();
      ModelClient server = sim.client("server").connects();
      Terminal bob = sim.terminal("bob").joinsAs("bob").says("{'op':'sub','id':1,'in':'t:free'}");
      sim.settle();
      bob.socket().takeOnly(0);
      flood(sim, ann, "t:free", 100);
      int flooded = bob.socket().waitingBytes();
      assertThat(flooded).isLessThanOrEqualTo(Outbox.CAPACITY_BYTES / 2);
      bob.says("{'op':'ping','id':2}");
      server.sends("a:all", "listen");
      ann.sends("u:bob", "psst");
      sim.settle();
      assertThat(bob.socket().waitingBytes()).as("queued at once").isGreaterThan(flooded + 100);
      bob.socket().takeAll();
      sim.settle();
      assertThat(bob.hasAnswer(2)).isTrue();
      assertThat(bob.heard("msg").stream().map(unit -> Json.text(unit, "data")))
          .contains("listen", "psst");
      long lost = bob.heard("gap").stream().mapToLong(gap -> Json.number(gap, "lost")).sum();
      assertThat(lost).isPositive();
    });
  }

  @Test
  void whatIsDroppedIsTheOldest() {
    Simulation.story(sim -> {
      with(sim, new TopicPolicy("ticks", Kind.DROP_OLDEST, 0));
      ModelClient ann = sim.client("ann").connects();
      ModelClient bob = sim.client("bob").connects().follows("t:ticks").follows("t:free");
      sim.settle();
      bob.stopsReading();
      flood(sim, ann, "t:ticks", 60);
      bob.readsAgain();
      sim.settle();
      List<Integer> heard = numbers(bob, "t:ticks");
      assertThat(heard).isSorted().doesNotHaveDuplicates().contains(59);
      assertThat(heard.size() + bob.lost("t:ticks")).isEqualTo(60);
      assertThat(bob.lost("t:ticks")).isPositive();
      ann.sends("t:ticks", "60x");
      sim.settle();
      assertThat(numbers(bob, "t:ticks")).endsWith(60);
    });
  }

  @Test
  void withoutAPolicyWhatIsDroppedIsTheNewest() {
    Simulation.story(sim -> {
      ModelClient ann = sim.client("ann").connects();
      ModelClient bob = sim.client("bob").connects().follows("t:free");
      sim.settle();
      bob.stopsReading();
      flood(sim, ann, "t:free", 60);
      bob.readsAgain();
      sim.settle();
      assertThat(numbers(bob, "t:free")).contains(0).doesNotContain(59);
    });
  }

  private static void publish(Terminal from, String key, int value) {
    from.says("{'op':'send','to':'t:prices','key':'" + key + "','data':'" + key + value + "'}");
  }

  private static List<String> prices(Terminal follower) {
    return follower.heard("msg").stream().map(unit -> Json.text(unit, "data")).toList();
  }

  @Test
  void ofEachKeyTheNewestIsToldEverySoOften() {
    Simulation.story(sim -> {
      with(sim, new TopicPolicy("prices", Kind.LATEST, 500));
      Terminal ann = sim.terminal("ann").joinsAs("ann");
      Terminal bob = sim.terminal("bob").joinsAs("bob").says("{'op':'sub','id':1,'in':'t:prices'}");
      sim.settle();
      for (int i = 0; i < 50; i++) {
        publish(ann, "gold", i);
        publish(ann, "tin", i);
        sim.settle();
      }
      int atOnce = prices(bob).size();
      assertThat(atOnce).as("the first at once, the others later").isBetween(1, 2);
      sim.passes(500);
      assertThat(prices(bob).subList(atOnce, prices(bob).size()))
          .containsExactlyInAnyOrder("gold49", "tin49");
      sim.passes(5_000);
      publish(ann, "tin", 50);
      sim.settle();
      assertThat(prices(bob)).endsWith("tin50").hasSize(atOnce + 3);
      assertThat(bob.heard("gap")).isEmpty();
    });
  }

  /// No `gap`: what is newest makes good what was missed.
  @Test
  void whoMissedSomeIsToldTheNewestOfEachKey() {
    Simulation.story(sim -> {
      with(sim, new TopicPolicy("prices", Kind.LATEST, 100));
      Terminal ann = sim.terminal("ann").joinsAs("ann");
      Terminal bob = sim.terminal("bob").joinsAs("bob").says("{'op':'sub','id':1,'in':'t:prices'}");
      sim.settle();
      bob.socket().takeOnly(0);
      String long1 = "y".repeat(4_000);
      for (int i = 0; i < 40; i++) {
        publish(ann, "gold" + long1.substring(0, 40), i);
        ann.says("{'op':'send','to':'t:prices','key':'tin','data':'tin" + i + long1 + "'}");
        sim.passes(100);
      }
      bob.socket().takeAll();
      sim.passes(1_000);
      assertThat(prices(bob)).anyMatch(price -> price.startsWith("tin39"));
      assertThat(prices(bob)).anyMatch(price -> price.startsWith("gold") && price.endsWith("39"));
      assertThat(prices(bob).size()).isLessThan(80);
      assertThat(bob.heard("gap")).isEmpty();
    });
  }

  @Test
  void theNewestOfManyKeysIsBounded() {
    Simulation.story(
        3,
        sim -> {
          with(sim, new TopicPolicy("prices", Kind.LATEST, 20_000));
          Terminal server = sim.terminal("server").joinsAs("server");
          Terminal bob =
              sim.terminal("bob").joinsAs("bob").says("{'op':'sub','id':1,'in':'t:prices'}");
          sim.settle();
          publish(server, "first", 0);
          sim.settle();
          for (int i = 0; i < 1_000; i++) {
            publish(server, "k" + i + "-", i);
            sim.settle();
          }
          sim.passes(20_000);
          assertThat(prices(bob)).endsWith("k999-999");
          assertThat(prices(bob).size()).isLessThanOrEqualTo(257);
        });
  }
}
