package dev.tidings.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tidings.engine.Answer;
import dev.tidings.engine.Level;
import dev.tidings.testbed.network.FaultProxy;
import dev.tidings.testbed.redis.NeedsRedis;
import dev.tidings.testbed.redis.RedisProcess;
import dev.tidings.testbed.redis.RedisSentinels;
import dev.tidings.testbed.redis.RedisSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What Redis has lost, or may have, is told by another generation: also if numbers fit, and if
/// nobody is left who knew.
@NeedsRedis
class HistoryTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final List<TestNode> nodes = new ArrayList<>();

  @AfterEach
  void end() {
    nodes.forEach(node -> node.engine.close());
  }

  private TestNode node(String uri) {
    TestNode node =
        new TestNode(
            RedisAddress.of(uri), "tidings", "node-" + nodes.size(), Wanted.of(Level.MEMORY));
    nodes.add(node);
    return node;
  }

  private static String cursor(TestNode node) {
    return node.engine.cursor(node.engine.commit(), 0);
  }

  private static void awaitLost(TestNode node) {
    await().atMost(PATIENCE).until(() -> node.lost.get() == 1);
  }

  /// While one node heard nothing, Redis went back and another node kept as much again.
  @Test
  void numbersThatFitDoNotHideAnotherHistory() {
    RedisSettings settings = RedisSettings.IN_MEMORY.with("enable-debug-command", "yes");
    try (RedisProcess redis = RedisProcess.start(settings);
        FaultProxy between = FaultProxy.to(redis.address())) {
      TestNode deaf = node(redis.uri(between.port()));
      deaf.keep("1");
      redis.ask("SAVE");
      deaf.keep("2");
      String before = cursor(deaf);
      between.toClient().freeze();
      between.toServer().freeze();
      redis.ask("DEBUG", "RELOAD", "NOSAVE"); // the same process, as if nothing had happened
      TestNode quick = node(redis.uri());
      assertThat(quick.keep("other").seq()).isEqualTo(2);
      between.reset();
      between.toClient().thaw();
      between.toServer().thaw();
      awaitLost(deaf);
      awaitLost(quick);
      TestNode anew = node(redis.uri());
      assertThat(anew.engine.toldUpTo(before, 0)).as("a cursor of the lost history").isEmpty();
      assertThat(anew.keep("3").seq()).isEqualTo(3);
    }
  }

  @Test
  void aTailThatAFailoverLostIsToldByWhoKnewAndByWhoDidNot() {
    try (RedisSentinels redis = RedisSentinels.start(RedisSettings.IN_MEMORY)) {
      TestNode knows = node(redis.uri());
      knows.keep("1");
      RedisProcess replica = redis.replicas().getFirst();
      await()
          .atMost(PATIENCE)
          .until(() ->
              replica
                  .ask("GET", "{tidings}:commit")
                  .toString()
                  .equals(redis.primary().ask("GET", "{tidings}:commit").toString()));
      redis.holdBackReplicas();
      assertThat(knows.keep("lost").seq()).isEqualTo(2);
      String before = cursor(knows);
      RedisProcess first = redis.primary();
      first.kill();
      redis.resumeReplicas();
      redis.awaitPrimaryOtherThan(first);
      awaitLost(knows);
      TestNode anew = node(redis.uri());
      assertThat(anew.keep("2").seq()).isEqualTo(2);
      assertThat(anew.engine.toldUpTo(before, 0)).isEmpty();

      // Once more, and the only one who knew is gone, too.
      first.start();
      redis.awaitFollowing(first);
      redis.holdBackReplicas();
      anew.keep("lost again");
      String lost = cursor(anew);
      anew.engine.close();
      RedisProcess second = redis.primary();
      second.kill();
      redis.resumeReplicas();
      redis.awaitPrimaryOtherThan(second);
      TestNode knowsNothing = node(redis.uri());
      for (int i = 0; i < 5; i++) {
        knowsNothing.keep("more " + i);
      }
      assertThat(knowsNothing.engine.toldUpTo(lost, 0)).isEmpty();
      assertThat(knowsNothing.lost).hasValue(0);
    }
  }

  /// It has all; but whoever asks has not seen that.
  @Test
  void aReplicaIsNotBelievedByANodeThatSawNothing() {
    try (RedisSentinels redis = RedisSentinels.start(RedisSettings.IN_MEMORY)) {
      RedisAddress address = RedisAddress.of(redis.uri());
      TestNode node = new TestNode(address, "tidings", "node", Wanted.of(Level.REPLICAS));
      nodes.add(node);
      await()
          .atMost(PATIENCE)
          .until(() ->
              node.send("1") instanceof Answer.Appended done && done.level() == Level.REPLICAS);
      String before = cursor(node);
      node.engine.close();
      RedisProcess first = redis.primary();
      first.kill();
      redis.awaitPrimaryOtherThan(first);
      TestNode anew = node(redis.uri());
      assertThat(anew.keep("2").seq()).isEqualTo(2);
      assertThat(anew.engine.toldUpTo(before, 0)).isEmpty();
    }
  }

  /// It came back with all it had, but nobody can know that.
  @Test
  void aRedisThatSyncedTooSeldomIsNotBelievedWhenItIsStartedAgain() {
    try (RedisProcess redis = RedisProcess.start(RedisSettings.EVERY_SECOND)) {
      TestNode node = node(redis.uri());
      node.keep("1");
      String before = cursor(node);
      redis.kill();
      redis.start();
      awaitLost(node);
      TestNode anew = node(redis.uri());
      assertThat(anew.keep("2").seq()).isEqualTo(2);
      assertThat(anew.engine.toldUpTo(before, 0)).isEmpty();
    }
  }

  @Test
  void aScriptOfOthersThatKeepsRedisBusyIsWaitedFor() {
    RedisSettings settings = RedisSettings.IN_MEMORY.with("busy-reply-threshold", "50");
    try (RedisProcess redis = RedisProcess.start(settings)) {
      TestNode node = node(redis.uri());
      TestNode other = node(redis.uri());
      node.keep("1");
      try (var endless = redis.connect()) {
        endless.send("EVAL", "while true do end", "0");
        await().atMost(PATIENCE).until(() -> node.send("2") instanceof Answer.Refused);
        assertThat(node.engine.fault()).isNotEmpty();
        redis.ask("SCRIPT", "KILL");
      }
      node.keep("2");
      await().atMost(PATIENCE).until(() -> other.texts().size() == 2);
      assertThat(other.texts()).containsExactly("\"1\"", "\"2\"");
      assertThat(node.lost).hasValue(0);
    }
  }
}
