package dev.tidings.testbed.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

@NeedsRedis
class RedisClusterTest {
  @Test
  void eachKeyHasOneOwnerAndASlotCanMoveWithItsKeys() {
    try (RedisCluster redis = RedisCluster.start(RedisSettings.IN_MEMORY)) {
      int slot = redis.slotOf("{c1}:log");
      assertThat(redis.slotOf("{c1}:meta")).isEqualTo(slot);
      RedisProcess owner = redis.ownerOf(slot);
      RedisProcess other =
          redis.nodes().stream().filter(node -> node != owner).findFirst().orElseThrow();
      owner.ask("SET", "{c1}:log", "v");
      assertThatThrownBy(() -> other.ask("GET", "{c1}:log"))
          .isInstanceOf(RedisRefusal.class)
          .hasMessageStartingWith("MOVED " + slot);
      redis.moveSlot(slot, other);
      assertThat(redis.ownerOf(slot)).isSameAs(other);
      assertThat(other.ask("GET", "{c1}:log")).isEqualTo(new RedisReply.Text("v"));
      assertThatThrownBy(() -> owner.ask("GET", "{c1}:log")).hasMessageStartingWith("MOVED");
    }
  }

  @Test
  void aReplicaTakesThePlaceOfAKilledPrimary() {
    try (RedisCluster redis = RedisCluster.start(RedisSettings.IN_MEMORY, 1)) {
      int slot = redis.slotOf("k");
      RedisProcess owner = redis.ownerOf(slot);
      try (RedisConnection connection = owner.connect()) {
        connection.text("SET", "k", "v");
        assertThat(connection.number("WAIT", "1", "5000")).isEqualTo(1);
      }
      owner.kill();
      redis.awaitOwnerOtherThan(owner, slot);
      assertThat(redis.ownerOf(slot).ask("GET", "k")).isEqualTo(new RedisReply.Text("v"));
    }
  }
}
