package dev.tidings.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidings.running.Certificates;
import dev.tidings.testbed.redis.NeedsRedis;
import dev.tidings.testbed.redis.RedisConnection;
import dev.tidings.testbed.redis.RedisProcess;
import dev.tidings.testbed.redis.RedisReply;
import dev.tidings.testbed.redis.RedisSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The Redis that stories about TLS are told on.
@NeedsRedis
class EncryptedRedisTest {
  @TempDir Path folder;

  @Test
  void onlyWhoTrustsItsCertificateIsAnsweredAndOnlyInsideTls() throws IOException {
    Path certificate = folder.resolve("certificate.pem");
    Path key = folder.resolve("key.pem");
    Certificates own = Certificates.make(folder, "RSA").write(certificate, key);
    Certificates another = Certificates.make(folder, "RSA");
    RedisSettings settings =
        RedisSettings.IN_MEMORY
            .withUser("tidings", "secret")
            .withTls(certificate, key, Certificates.trusting(own));
    try (RedisProcess redis = RedisProcess.start(settings)) {
      assertThat(redis.uri()).isEqualTo("rediss://tidings:secret@localhost:" + redis.port());
      assertThat(redis.ask("PING")).isEqualTo(new RedisReply.Text("PONG"));
      assertThatThrownBy(
              () -> RedisConnection.to(redis.address(), Certificates.trusting(another)).close())
          .hasMessageContaining("certificate");
      try (RedisConnection plain = RedisConnection.to(redis.address())) {
        assertThatThrownBy(() -> plain.ask("PING")).isInstanceOf(UncheckedIOException.class);
      }
    }
  }
}
