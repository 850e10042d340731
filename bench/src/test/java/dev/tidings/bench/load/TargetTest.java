package dev.tidings.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidings.bench.process.BenchFailure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {
  @Test
  void aWebSocketHasAPathAndMayHaveAQuery() {
    Target target = Target.of("ws://127.0.0.1:9000/v1/ws?device=x");
    assertThat(target.address().getPort()).isEqualTo(9_000);
    assertThat(target.path()).isEqualTo("/v1/ws?device=x");
    assertThat(target.lines()).isFalse();
    assertThat(target.isLocal()).isTrue();
    assertThat(Target.of("ws://127.0.0.1").path()).isEqualTo("/");
  }

  @Test
  void linesNeedAPort() {
    assertThat(Target.of("tcp://127.0.0.1:9000").lines()).isTrue();
    assertThatThrownBy(() -> Target.of("tcp://127.0.0.1")).isInstanceOf(BenchFailure.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"wss://localhost/v1/ws", "localhost:8080", "ws:///v1/ws", "ws://a b/", ""})
  void whatIsNoSuchAddressIsRefused(String url) {
    assertThatThrownBy(() -> Target.of(url)).isInstanceOf(BenchFailure.class);
  }
}
