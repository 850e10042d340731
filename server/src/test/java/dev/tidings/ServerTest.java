package dev.tidings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidings.config.ServerSettings;
import dev.tidings.engine.Level;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerTest {
  @TempDir Path data;

  private ServerSettings settings(int port) {
    return new ServerSettings(
        ServerSettings.address("127.0.0.1", port), data, "", Level.DISK, true, List.of(), 1);
  }

  @Test
  void itMayBeClosedTwiceAndStartedAgain() throws IOException {
    Server first = new Server(settings(0));
    String key = first.key();
    first.close();
    first.close();
    try (Server second = new Server(settings(first.address().getPort()))) {
      assertThat(second.address()).isEqualTo(first.address());
      assertThat(second.key()).isEqualTo(key);
    }
  }

  @Test
  void withoutItsPortItLeavesNothingOpen() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> new Server(settings(taken.getLocalPort())))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(String.valueOf(taken.getLocalPort()));
    }
    try (Server server = new Server(settings(0))) { // the data is not locked
      assertThat(server.address().getPort()).isPositive();
    }
  }
}
