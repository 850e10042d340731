package dev.tidings.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tidings.engine.Answer;
import dev.tidings.engine.Level;
import dev.tidings.protocol.ErrorCode;
import dev.tidings.testbed.network.FaultProxy;
import dev.tidings.testbed.redis.NeedsRedis;
import dev.tidings.testbed.redis.RedisConnection;
import dev.tidings.testbed.redis.RedisProcess;
import dev.tidings.testbed.redis.RedisReply;
import dev.tidings.testbed.redis.RedisSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// An `ok` says what is true for it, whatever becomes of Redis' settings and replicas meanwhile.
@NeedsRedis
class LevelTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String COMMIT = "{tidings}:commit";

  private final RedisProcess redis = RedisProcess.start(RedisSettings.ON_DISK);
  private final List<TestNode> nodes = new ArrayList<>();
  private final List<RedisProcess> replicas = new ArrayList<>();

  @AfterEach
  void end() {
    nodes.forEach(node -> node.engine.close());
    replicas.forEach(RedisProcess::close);
    redis.close();
  }

  private TestNode node(Wanted wanted) {
    RedisAddress address = RedisAddress.of(redis.uri());
    TestNode node = new TestNode(address, "tidings", "n" + nodes.size(), wanted);
    nodes.add(node);
    return node;
  }

  private RedisProcess replica() {
    return replica(redis.port());
  }

  private RedisProcess replica(int port) {
    RedisProcess replica =
        RedisProcess.start(RedisSettings.IN_MEMORY.with("replicaof", "127.0.0.1 " + port));
    replicas.add(replica);
    awaitFollowing(replica);
    return replica;
  }

  private static void awaitFollowing(RedisProcess replica) {
    await()
        .atMost(PATIENCE)
        .until(() -> {
          try (RedisConnection connection = replica.connect()) {
            return connection.info("replication", "master_link_status").equals("up");
          }
        });
  }

  private static void awaitLevel(TestNode node, Level level) {
    await().atMost(PATIENCE).until(() -> node.engine.level() == level);
  }

  @Test
  void theVeryNextOkIsTrueAfterTheSettingsHaveChanged() {
    TestNode node = node(Wanted.of(Level.DISK));
    assertThat(node.keep("1").level()).isEqualTo(Level.DISK);
    redis.configure("appendfsync", "everysec");
    assertThat(node.keep("2").level()).isEqualTo(Level.MEMORY);
    assertThat(node.engine.level()).isEqualTo(Level.MEMORY);
    redis.configure("appendfsync", "always");
    awaitLevel(node, Level.DISK);
    assertThat(node.keep("3").level()).isEqualTo(Level.DISK);
    redis.configure("appendonly", "no");
    assertThat(node.keep("4").level()).isEqualTo(Level.MEMORY);
  }

  @Test
  void whoSendsNothingIsToldOfTheLevelTooAndARepeatSaysNoMoreThanIsTrue() {
    TestNode sender = node(Wanted.of(Level.DISK));
    TestNode other = node(Wanted.of(Level.DISK));
    assertThat(other.keep("0").level()).isEqualTo(Level.DISK);
    redis.configure("appendfsync", "everysec");
    assertThat(sender.keep("1").level()).isEqualTo(Level.MEMORY);
    await().atMost(PATIENCE).until(() -> other.texts().size() == 2);
    Answer.Appended repeat = other.keep("1");
    assertThat(repeat.duplicate()).isTrue();
    assertThat(repeat.level()).isEqualTo(Level.MEMORY);
    awaitLevel(other, Level.MEMORY);
  }

  @Test
  void anEvictingPolicyStopsTheSendsUntilItIsPutRight() {
    TestNode node = node(Wanted.of(Level.DISK));
    node.keep("1");
    redis.configure("maxmemory-policy", "allkeys-lru");
    await().atMost(PATIENCE).until(() -> node.engine.fault().contains("allkeys-lru"));
    assertThat(node.send("2"))
        .isInstanceOfSatisfying(
            Answer.Refused.class,
            refused -> {
              assertThat(refused.code()).isEqualTo(ErrorCode.UNAVAILABLE);
              assertThat(refused.message()).contains("allkeys-lru");
            });
    redis.configure("maxmemory-policy", "noeviction");
    node.keep("2");
    await().atMost(PATIENCE).until(() -> node.engine.fault().isEmpty());
    assertThat(node.texts()).containsExactly("\"1\"", "\"2\"");
  }

  @Test
  void anOkThatSaysReplicasIsOnThem() {
    RedisProcess first = replica();
    RedisProcess second = replica();
    TestNode node = node(new Wanted(Level.REPLICAS, 2));
    awaitLevel(node, Level.REPLICAS);
    for (int i = 0; i < 20; i++) {
      assertThat(node.keep("" + i).level()).isEqualTo(Level.REPLICAS);
      RedisReply commit = redis.ask("GET", COMMIT);
      assertThat(first.ask("GET", COMMIT)).isEqualTo(commit);
      assertThat(second.ask("GET", COMMIT)).isEqualTo(commit);
    }
  }

  @Test
  void whereReplicasStayAwayEachOkSaysSoAndWhenTheyAreBackItSaysThat() {
    RedisProcess replica = replica();
    TestNode node = node(Wanted.of(Level.REPLICAS));
    TestNode other = node(Wanted.of(Level.REPLICAS));
    awaitLevel(node, Level.REPLICAS);
    node.keep("1");
    replica.pause();
    assertThat(node.keep("2").level()).as("synced, but here only").isEqualTo(Level.DISK);
    assertThat(node.engine.level()).isEqualTo(Level.DISK);
    await().atMost(PATIENCE).until(() -> other.texts().size() == 2);
    assertThat(other.keep("2").level()).as("a repeat").isEqualTo(Level.DISK);
    redis.configure("appendfsync", "everysec");
    assertThat(node.keep("3").level()).isEqualTo(Level.MEMORY);
    replica.resume();
    awaitFollowing(replica);
    awaitLevel(node, Level.REPLICAS);
    assertThat(node.keep("4").level()).isEqualTo(Level.REPLICAS);
    redis.configure("appendfsync", "always");
  }

  /// On another node, too, nobody is handed an entry before it is where its `ok` says it is.
  @Test
  void nobodyHearsOfAnEntryBeforeItsReplicasHaveIt() {
    try (FaultProxy between = FaultProxy.to(redis.address())) {
      RedisProcess replica = replica(between.port());
      TestNode sender = node(Wanted.of(Level.REPLICAS));
      TestNode other = node(Wanted.of(Level.REPLICAS));
      awaitLevel(other, Level.REPLICAS);
      awaitLevel(sender, Level.REPLICAS);
      between.toClient().delay(Duration.ofMillis(100), Duration.ZERO);
      CompletableFuture<String> had = new CompletableFuture<>();
      other.hears = _ -> had.complete(RedisConnection.textOf(replica.ask("GET", COMMIT)));
      assertThat(sender.keep("1").level()).isEqualTo(Level.REPLICAS);
      String commit = RedisConnection.textOf(redis.ask("GET", COMMIT));
      assertThat(had.orTimeout(30, TimeUnit.SECONDS).join()).isEqualTo(commit);
    }
  }
}
