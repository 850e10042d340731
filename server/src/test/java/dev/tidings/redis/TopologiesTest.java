package dev.tidings.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tidings.engine.Answer;
import dev.tidings.engine.Level;
import dev.tidings.engine.Store.StoreException;
import dev.tidings.protocol.ErrorCode;
import dev.tidings.running.Certificates;
import dev.tidings.testbed.redis.NeedsRedis;
import dev.tidings.testbed.redis.RedisCluster;
import dev.tidings.testbed.redis.RedisProcess;
import dev.tidings.testbed.redis.RedisSentinels;
import dev.tidings.testbed.redis.RedisSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two nodes on each arrangement of Redis that there is: what one keeps the other tells, before and
/// after Redis itself has moved.
@NeedsRedis
class TopologiesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;
  private final List<TestNode> nodes = new ArrayList<>();

  @AfterEach
  void end() {
    nodes.forEach(node -> node.engine.close());
  }

  private TestNode node(RedisAddress address) {
    return node(address, Level.DISK);
  }

  private TestNode node(RedisAddress address, Level level) {
    TestNode node = new TestNode(address, "tidings", "node-" + nodes.size(), Wanted.of(level));
    nodes.add(node);
    return node;
  }

  private static void isTold(TestNode node, String... texts) {
    await().atMost(PATIENCE).until(() -> node.texts().size() >= texts.length);
    assertThat(node.texts()).containsExactly(texts);
  }

  /// Repeats until it is kept; until then nothing but `unavailable` may be the answer.
  private static void keepAtLast(TestNode node, String cid) {
    await()
        .atMost(PATIENCE)
        .until(() -> {
          Answer answer = node.send(cid);
          if (answer instanceof Answer.Refused refused) {
            assertThat(refused.code()).isEqualTo(ErrorCode.UNAVAILABLE);
            return false;
          }
          return answer instanceof Answer.Appended;
        });
  }

  /// Repeats until it is on the replica, and the other node has seen that, too.
  private static void keepOnReplicas(TestNode node, TestNode other, String cid) {
    await()
        .atMost(PATIENCE)
        .until(
            () -> node.send(cid) instanceof Answer.Appended done && done.level() == Level.REPLICAS);
    await().atMost(PATIENCE).until(() -> other.texts().contains("\"" + cid + "\""));
    await().atMost(PATIENCE).until(() -> node.engine.isWitness() && other.engine.isWitness());
  }

  /// Nobody has begun anew, and all cursors still count.
  private void hasGoneOn(String cursor) {
    for (TestNode node : nodes) {
      assertThat(node.lost).hasValue(0);
      assertThat(node.engine.toldUpTo(cursor, 0)).isPresent();
    }
  }

  /// The old one never says that it is gone. That a killed one is left is seen in HistoryTest.
  @Test
  void behindSentinelsTheNextPrimaryIsFoundThoughTheLastOneIsOnlyFrozen() {
    try (RedisSentinels redis = RedisSentinels.start(RedisSettings.IN_MEMORY)) {
      TestNode a = node(RedisAddress.of(redis.uri()), Level.REPLICAS);
      TestNode b = node(RedisAddress.of(redis.uri()), Level.REPLICAS);
      keepOnReplicas(a, b, "1");
      String cursor = a.engine.cursor(a.engine.commit(), 0);
      RedisProcess first = redis.primary();
      first.pause();
      keepAtLast(a, "2");
      assertThat(redis.awaitPrimaryOtherThan(first)).isNotSameAs(first);
      isTold(b, "\"1\"", "\"2\"");
      first.resume();
      keepAtLast(b, "3");
      isTold(a, "\"1\"", "\"2\"", "\"3\"");
      hasGoneOn(cursor);
    }
  }

  @Test
  void inAClusterTheKeysAreFollowedToWhereTheirSlotMovesAndToItsReplica() {
    try (RedisCluster redis = RedisCluster.start(RedisSettings.ON_DISK, 1)) {
      TestNode a = node(RedisAddress.of(redis.uris()), Level.REPLICAS);
      TestNode b = node(RedisAddress.of(redis.nodes().getLast().uri()), Level.REPLICAS);
      keepOnReplicas(a, b, "1");
      String cursor = a.engine.cursor(a.engine.commit(), 0);
      int slot = redis.slotOf("{tidings}:commit");
      RedisProcess first = redis.ownerOf(slot);
      assertThat(first.ask("CLUSTER", "COUNTKEYSINSLOT", "" + slot))
          .as("all that is kept stands in one slot")
          .isEqualTo(first.ask("DBSIZE"));
      RedisProcess second =
          redis.nodes().subList(0, 3).stream()
              .filter(one -> one != first)
              .findFirst()
              .orElseThrow();
      redis.moveSlot(slot, second);
      keepAtLast(a, "2");
      keepOnReplicas(b, a, "3");
      isTold(a, "\"1\"", "\"2\"", "\"3\"");
      RedisProcess replica = redis.nodes().get(3 + redis.nodes().indexOf(second));
      second.kill();
      keepAtLast(b, "4");
      assertThat(redis.ownerOf(slot)).isSameAs(replica);
      keepAtLast(a, "5");
      isTold(a, "\"1\"", "\"2\"", "\"3\"", "\"4\"", "\"5\"");
      isTold(b, "\"1\"", "\"2\"", "\"3\"", "\"4\"", "\"5\"");
      hasGoneOn(cursor);
    }
  }

  /// The rules that docs and README name.
  @Test
  void insideTlsAUserWithTheFewestRightsIsEnough() throws IOException {
    Path certificate = folder.resolve("certificate.pem");
    Path key = folder.resolve("key.pem");
    Certificates own = Certificates.make(folder, "RSA").write(certificate, key);
    Path others = folder.resolve("others.pem");
    Certificates.make(folder, "RSA").write(others, folder.resolve("others-key.pem"));
    RedisSettings settings =
        RedisSettings.IN_MEMORY
            .withUser("tidings", "secret", Documented.accessRules())
            .withTls(certificate, key, Certificates.trusting(own));
    try (RedisProcess redis = RedisProcess.start(settings)) {
      RedisAddress address = RedisAddress.of(redis.uri());
      TestNode a = node(address.believing(certificate));
      TestNode b = node(address.believing(certificate));
      a.keep("1");
      isTold(b, "\"1\"");
      b.keep("2");
      isTold(a, "\"1\"", "\"2\"");
      assertThatThrownBy(() -> node(address.believing(others)))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("Redis is not there");
      assertThatThrownBy(() -> node(address))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("Redis is not there");
    }
  }

  @Test
  void whoKnowsThePasswordIsAnsweredAndWhoDoesNotIsToldSo() {
    try (RedisProcess redis =
        RedisProcess.start(RedisSettings.IN_MEMORY.withPassword("open-sesame"))) {
      TestNode node = node(RedisAddress.of(redis.uri()));
      node.keep("1");
      isTold(node, "\"1\"");
      assertThatThrownBy(() -> node(RedisAddress.of("redis://127.0.0.1:" + redis.port())))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("NOAUTH");
      assertThatThrownBy(() -> node(RedisAddress.of("redis://:wrong@127.0.0.1:" + redis.port())))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("WRONGPASS");
    }
  }
}
