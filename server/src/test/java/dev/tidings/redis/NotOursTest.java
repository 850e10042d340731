package dev.tidings.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tidings.engine.Answer;
import dev.tidings.engine.Store.StoreException;
import dev.tidings.testbed.redis.NeedsRedis;
import dev.tidings.testbed.redis.RedisConnection;
import dev.tidings.testbed.redis.RedisProcess;
import dev.tidings.testbed.redis.RedisSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What a node does not begin with, and leaves as it found it.
@NeedsRedis
class NotOursTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final RedisProcess redis =
      RedisProcess.start(RedisSettings.IN_MEMORY.with("enable-debug-command", "yes"));
  private final List<TestNode> nodes = new ArrayList<>();

  @AfterEach
  void end() {
    nodes.forEach(node -> node.engine.close());
    redis.close();
  }

  private TestNode node() {
    TestNode node = new TestNode(RedisAddress.of(redis.uri()), "tidings", "n" + nodes.size());
    nodes.add(node);
    return node;
  }

  /// Of all keys and all that is in them.
  private String digest() {
    return RedisConnection.textOf(redis.ask("DEBUG", "DIGEST"));
  }

  private void isRefusedAndNothingTouched(String... words) {
    String before = digest();
    assertThatThrownBy(this::node)
        .isInstanceOf(StoreException.class)
        .hasMessageContainingAll(words);
    assertThat(digest()).isEqualTo(before);
  }

  @Test
  void whatAnotherApplicationKeepsUnderOurPrefixStaysItsOwn() {
    redis.ask("SET", "elsewhere", "1");
    redis.ask("RPUSH", "{tidings}:U:bob", "a list");
    isRefusedAndNothingTouched("{tidings}:U:bob", "--redis-prefix");
  }

  @Test
  void aKeyOfOursThatIsOfAnotherTypeIsNotOurs() {
    redis.ask("HSET", "{tidings}:format", "a", "b");
    isRefusedAndNothingTouched("{tidings}:format", "a hash");
  }

  @Test
  void theFormatOfAnotherVersionIsNotTouched() {
    node().keep("1");
    redis.ask("SET", "{tidings}:format", "tidings 2");
    isRefusedAndNothingTouched("tidings 2", "tidings 1");
    redis.ask("SET", "{tidings}:format", "tidings 0");
    isRefusedAndNothingTouched("tidings 0", "tidings 1");
  }

  @Test
  void aNodeStopsToKeepWhereAnotherVersionHasTakenOver() {
    TestNode node = node();
    node.keep("1");
    redis.ask("SET", "{tidings}:format", "tidings 2");
    String before = digest();
    assertThat(node.send("2")).isInstanceOf(Answer.Refused.class);
    assertThat(digest()).isEqualTo(before);
    assertThat(node.engine.fault()).contains("FOREIGN");
    redis.ask("SET", "{tidings}:format", "tidings 1");
    node.keep("2");
  }

  @Test
  void othersUnderAnotherPrefixDoNotMatter() {
    redis.ask("SET", "{tidings2}:commit", "x");
    redis.ask("SET", "tidings", "x");
    node().keep("1");
  }

  @Test
  void aRedisThatThrowsKeysAwayIsRefused() {
    redis.configure("maxmemory-policy", "allkeys-lru");
    isRefusedAndNothingTouched("allkeys-lru", "noeviction");
  }

  @Test
  void aReplicaIsRefusedAndSaysWhoItsPrimaryIs() {
    try (RedisProcess primary = RedisProcess.start(RedisSettings.IN_MEMORY)) {
      redis.ask("REPLICAOF", "127.0.0.1", "" + primary.port());
      await()
          .atMost(PATIENCE)
          .until(() -> {
            try (RedisConnection connection = redis.connect()) {
              return connection.info("replication", "master_link_status").equals("up");
            }
          });
      isRefusedAndNothingTouched("replica", "127.0.0.1:" + primary.port());
    }
  }

  @Test
  void anOldRedisIsRefusedAndAValkeyIsNot() {
    String fit = "role:master\r\nmaxmemory_policy:noeviction\r\n";
    assertThat(Durability.unfit("# Server\r\nredis_version:6.2.14\r\n" + fit))
        .contains("6.2.14", "7.0");
    assertThat(Durability.unfit("# Server\r\nredis_version:7.0.15\r\n" + fit)).isEmpty();
    String valkey = "redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.1.1\r\n";
    assertThat(Durability.unfit("# Server\r\n" + valkey + fit)).isEmpty();
  }
}
