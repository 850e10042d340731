package dev.tidings.testbed.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

@NeedsRedis
class RedisSentinelsTest {
  @Test
  void anOrderlyFailoverKeepsEverything() {
    try (RedisSentinels redis = RedisSentinels.start(RedisSettings.IN_MEMORY, 1, 1)) {
      RedisProcess first = redis.primary();
      assertThat(redis.replicas()).hasSize(1).doesNotContain(first);
      try (RedisConnection connection = first.connect()) {
        connection.text("SET", "k", "v");
        assertThat(connection.number("WAIT", "1", "5000")).isEqualTo(1);
      }
      RedisProcess second = redis.failover();
      assertThat(second).isNotSameAs(first);
      assertThat(second.ask("GET", "k")).isEqualTo(new RedisReply.Text("v"));
    }
  }

  @Test
  void aReplicaTakesThePlaceOfAKilledPrimaryAndThatOneFollowsWhenItIsBack() {
    try (RedisSentinels redis = RedisSentinels.start(RedisSettings.IN_MEMORY)) {
      assertThat(redis.sentinels()).hasSize(3);
      assertThat(redis.uri()).matches("redis-sentinel://(127.0.0.1:\\d+,?){3}#tidings");
      RedisProcess first = redis.primary();
      first.kill();
      RedisProcess second = redis.awaitPrimaryOtherThan(first);
      second.ask("SET", "k", "v");
      first.start();
      redis.awaitFollowing(first);
      assertThat(redis.primary()).isSameAs(second);
      assertThat(first.ask("GET", "k")).isEqualTo(new RedisReply.Text("v"));
    }
  }

  @Test
  void whatWasHeldBackFromTheReplicasIsLostWithThePrimary() {
    RedisSettings settings = RedisSettings.ON_DISK.withUser("tidings", "secret");
    try (RedisSentinels redis = RedisSentinels.start(settings, 1, 1)) {
      RedisProcess first = redis.primary();
      try (RedisConnection connection = first.connect()) {
        connection.text("SET", "kept", "v");
        assertThat(connection.number("WAIT", "1", "5000")).isEqualTo(1);
        redis.holdBackReplicas();
        assertThat(connection.text("SET", "lost", "v")).isEqualTo("OK");
      }
      first.kill();
      redis.resumeReplicas();
      RedisProcess second = redis.awaitPrimaryOtherThan(first);
      assertThat(second.ask("GET", "kept")).isEqualTo(new RedisReply.Text("v"));
      assertThat(second.ask("GET", "lost")).isEqualTo(new RedisReply.Nothing());
    }
  }
}
