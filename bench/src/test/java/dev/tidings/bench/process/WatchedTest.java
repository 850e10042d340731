package dev.tidings.bench.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX) // it reads /proc
class WatchedTest {
  @Test
  void whoListensOnAPortIsFound() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Watched found = Watched.listeningOn(socket.getLocalPort());
      assertThat(found.processes()).containsExactly(ProcessHandle.current());
      assertThat(found.residentKib()).isPositive();
      assertThat(found.processorTime()).isPositive();
    }
  }

  @Test
  void whereNobodyListensNothingIsFound() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    assertThat(Watched.listeningOn(port)).isEqualTo(Watched.NONE);
    assertThat(Watched.NONE.isKnown()).isFalse();
    assertThat(Watched.NONE.residentKib()).isZero();
  }

  @Test
  void aProcessThatIsNotThereIsRefused() {
    assertThatThrownBy(() -> Watched.of(List.of(Long.MAX_VALUE))).isInstanceOf(BenchFailure.class);
  }
}
