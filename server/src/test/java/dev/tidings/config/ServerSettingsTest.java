package dev.tidings.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidings.engine.Level;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A guard that is misconfigured means "do not start", never "allow all".
class ServerSettingsTest {
  private static final String KEY = "k".repeat(32);

  private static ServerSettings with(String bind, String key, boolean rateLimits) {
    return new ServerSettings(
        ServerSettings.address(bind, 0),
        Path.of("data"),
        key,
        Level.DISK,
        rateLimits,
        List.of(),
        1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.1.2.3", "::1", "localhost"})
  void onThisMachineNoKeyIsNeeded(String bind) {
    assertThat(with(bind, "", true).development()).isTrue();
    assertThat(with(bind, KEY, true).development()).isFalse();
    assertThat(with(bind, "", false).rateLimits()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.7"})
  void elsewhereNothingStartsWithoutAKeyOrWithoutLimits(String bind) {
    assertRefused(() -> with(bind, "", true), "--key", "TIDINGS_KEY", "this machine only");
    assertRefused(() -> with(bind, KEY, false), "--no-rate-limits");
    assertThat(with(bind, KEY, true).development()).isFalse();
  }

  @Test
  void aShortKeyIsNone() {
    assertRefused(() -> with("127.0.0.1", "k".repeat(31), true), "--key", "32", "openssl rand");
    assertThat(with("127.0.0.1", "ü".repeat(16), true).key()).as("bytes count").hasSize(16);
  }

  @Test
  void oneNodeHasNoReplicas() {
    assertRefused(
        () ->
            new ServerSettings(
                ServerSettings.address("127.0.0.1", 0),
                Path.of("data"),
                "",
                Level.REPLICAS,
                true,
                List.of(),
                1),
        "--durability replicas");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "with blank", "t:news", "a*b", "**"})
  void patternsOfTopicsMustFitATopic(String pattern) {
    assertRefused(() -> keeping(pattern), "--keep-topics");
  }

  @ParameterizedTest
  @ValueSource(strings = {"*", "news.*", "news", "news/*", "a~b"})
  void thesePatternsDo(String pattern) {
    assertThat(keeping(pattern).keptTopics()).containsExactly(pattern);
  }

  private static ServerSettings keeping(String pattern) {
    return new ServerSettings(
        ServerSettings.address("127.0.0.1", 0),
        Path.of("data"),
        "",
        Level.DISK,
        true,
        List.of(pattern),
        1);
  }

  @Test
  void portsAndLanesHaveBounds() {
    assertRefused(() -> ServerSettings.address("127.0.0.1", -1), "--port -1");
    assertRefused(() -> ServerSettings.address("127.0.0.1", 65_536), "--port 65536");
    assertRefused(() -> ServerSettings.address("no such host.", 1), "--bind no such host.");
    assertRefused(
        () ->
            new ServerSettings(
                ServerSettings.address("127.0.0.1", 0),
                Path.of("data"),
                "",
                Level.DISK,
                true,
                List.of(),
                0),
        "--lanes 0");
  }

  private static void assertRefused(ThrowingCallable choice, String... words) {
    assertThatThrownBy(choice)
        .isInstanceOf(ServerSettings.Refused.class)
        .hasMessageContainingAll(words);
  }
}
