package dev.tidings.testbed.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;

@NeedsRedis
class RedisProcessTest {
  @Test
  void itAnswersWhenItHasStarted() {
    try (RedisProcess redis = RedisProcess.start(RedisSettings.IN_MEMORY);
        RedisConnection connection = redis.connect()) {
      assertThat(connection.text("PING")).isEqualTo("PONG");
      assertThat(connection.text("SET", "k", "wört")).isEqualTo("OK");
      assertThat(connection.text("GET", "k")).isEqualTo("wört");
      assertThat(connection.text("GET", "nothing")).isEmpty();
      assertThat(connection.number("RPUSH", "list", "a", "b")).isEqualTo(2);
      assertThat(connection.texts("LRANGE", "list", "0", "-1")).containsExactly("a", "b");
      assertThatThrownBy(() -> connection.ask("INCR", "list"))
          .isInstanceOf(RedisRefusal.class)
          .hasMessageStartingWith("WRONGTYPE");
      assertThat(connection.info("server", "redis_version"))
          .isEqualTo(RedisPrograms.find().version());
      assertThat(redis.uri()).isEqualTo("redis://127.0.0.1:" + redis.port());
    }
  }

  @Test
  void severalCommandsShareTheWay() {
    try (RedisProcess redis = RedisProcess.start(RedisSettings.IN_MEMORY);
        RedisConnection connection = redis.connect()) {
      for (int i = 0; i < 100; i++) {
        connection.send("INCR", "n");
      }
      for (int i = 1; i <= 100; i++) {
        assertThat(connection.next()).isEqualTo(new RedisReply.Number(i));
      }
    }
  }

  @Test
  void whatIsOnDiskOutlivesAKill() {
    try (RedisProcess redis = RedisProcess.start(RedisSettings.ON_DISK)) {
      redis.ask("SET", "k", "v");
      int port = redis.port();
      redis.kill();
      assertThat(redis.isAlive()).isFalse();
      redis.start();
      assertThat(redis.port()).isEqualTo(port);
      assertThat(redis.ask("GET", "k")).isEqualTo(new RedisReply.Text("v"));
    }
  }

  @Test
  void whatIsInMemoryOnlyDoesNot() {
    try (RedisProcess redis = RedisProcess.start(RedisSettings.IN_MEMORY)) {
      redis.ask("SET", "k", "v");
      redis.kill();
      redis.start();
      assertThat(redis.ask("GET", "k")).isEqualTo(new RedisReply.Nothing());
    }
  }

  @Test
  void itCanComeBackEmptyOnTheSamePort() {
    try (RedisProcess redis = RedisProcess.start(RedisSettings.ON_DISK)) {
      redis.ask("SET", "k", "v");
      redis.stop();
      redis.startEmpty();
      assertThat(redis.ask("GET", "k")).isEqualTo(new RedisReply.Nothing());
    }
  }

  /// Frozen it takes connections and bytes and answers nothing; then it answers all of it.
  @Test
  void aFrozenOneAnswersWhenItGoesOn() {
    try (RedisProcess redis = RedisProcess.start(RedisSettings.IN_MEMORY);
        RedisConnection before = redis.connect()) {
      redis.pause();
      before.send("INCR", "n");
      try (RedisConnection meanwhile = redis.connect()) {
        meanwhile.send("INCR", "n");
        assertThat(before.waits()).isTrue();
        assertThat(meanwhile.waits()).isTrue();
        redis.resume();
        assertThat(
                List.of(
                    RedisConnection.textOf(before.next()),
                    RedisConnection.textOf(meanwhile.next())))
            .containsExactlyInAnyOrder("1", "2");
      }
    }
  }

  @Test
  void aFrozenOneCanBeKilled() {
    try (RedisProcess redis = RedisProcess.start(RedisSettings.IN_MEMORY)) {
      redis.pause();
      redis.kill();
      assertThat(redis.isAlive()).isFalse();
    }
  }

  @Test
  void aFullOneRefusesWhatDoesNotFit() {
    RedisSettings small = RedisSettings.IN_MEMORY.withMemory("100mb", "noeviction");
    try (RedisProcess redis = RedisProcess.start(small)) {
      redis.configure("maxmemory", "1mb");
      assertThatThrownBy(() -> redis.ask("SET", "k", "v".repeat(2_000_000)))
          .isInstanceOf(RedisRefusal.class)
          .hasMessageStartingWith("OOM");
    }
  }

  @Test
  void onlyWhoHasThePasswordIsLetIn() {
    try (RedisProcess redis =
            RedisProcess.start(RedisSettings.IN_MEMORY.withPassword("open-sesame"));
        RedisConnection stranger = RedisConnection.to(redis.address())) {
      assertThatThrownBy(() -> stranger.ask("GET", "k")).hasMessageStartingWith("NOAUTH");
      assertThat(redis.ask("PING")).isEqualTo(new RedisReply.Text("PONG"));
      assertThat(redis.uri()).startsWith("redis://:open-sesame@127.0.0.1:");
    }
  }

  @Test
  void aUserMayDoWhatItsRulesSay() {
    RedisSettings settings =
        RedisSettings.IN_MEMORY.withUser("tidings", "secret", "~td:* &* +@all");
    try (RedisProcess redis = RedisProcess.start(settings);
        RedisConnection stranger = RedisConnection.to(redis.address());
        RedisConnection own = redis.connect()) {
      assertThatThrownBy(() -> stranger.ask("GET", "td:k")).hasMessageStartingWith("NOAUTH");
      assertThat(own.text("SET", "td:k", "v")).isEqualTo("OK");
      assertThatThrownBy(() -> own.ask("SET", "other", "v")).hasMessageStartingWith("NOPERM");
      assertThat(redis.uri()).startsWith("redis://tidings:secret@127.0.0.1:");
    }
  }

  @Test
  void nothingIsLeftOfOneThatWasClosed() {
    RedisProcess redis = RedisProcess.start(RedisSettings.ON_DISK);
    redis.close();
    assertThat(redis.isAlive()).isFalse();
    assertThat(Files.exists(redis.folder())).isFalse();
    assertThatThrownBy(() -> RedisConnection.to(redis.address())).hasMessageContaining("refused");
  }
}
