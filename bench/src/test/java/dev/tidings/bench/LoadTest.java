package dev.tidings.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidings.Server;
import dev.tidings.config.ServerSettings;
import dev.tidings.engine.Level;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// The load against a real server: what it counts is true, and what must not be fails the run.
@EnabledOnOs(OS.LINUX) // the load lives on epoll
class LoadTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int CONNECTIONS = 6;

  @TempDir private Path data;

  private Server server(Level level) throws IOException {
    return new Server(
        new ServerSettings(
            ServerSettings.address("127.0.0.1", 0), data, "", level, false, List.of(), 1));
  }

  private static PairTraffic start(Load load, int window, long sends) {
    PairTraffic traffic = new PairTraffic(window);
    List<LoadConnection> all = load.connect(CONNECTIONS, i -> "user" + i, traffic, LIMIT);
    load.on(() -> {
      traffic.areConnected(all);
      traffic.start(CONNECTIONS, sends);
      return true;
    });
    return traffic;
  }

  private static boolean isDelivered(Load load, PairTraffic traffic) {
    return Until.holds(LIMIT, () -> load.on(traffic::isDelivered));
  }

  @Test
  void everySendIsAnsweredOnceAndDeliveredTwice() throws IOException {
    try (Server server = server(Level.DISK);
        Load load = new Load(server.address().getPort())) {
      PairTraffic traffic = start(load, 4, 1_000);
      assertThat(isDelivered(load, traffic)).as(load.on(traffic::tally)).isTrue();
      assertThat(load.on(traffic::oks)).isEqualTo(1_000);
    }
  }

  @Test
  void oneAtATimeGivesALatencyForEachSend() throws IOException {
    try (Server server = server(Level.DISK);
        Load load = new Load(server.address().getPort())) {
      PairTraffic traffic = start(load, 1, 300);
      assertThat(isDelivered(load, traffic)).as(load.on(traffic::tally)).isTrue();
      assertThat(load.on(traffic::latency).getTotalCount()).isEqualTo(300);
    }
  }

  @Test
  void anOkThatPromisesLessThanDiskFailsTheRun() throws IOException {
    try (Server server = server(Level.MEMORY);
        Load load = new Load(server.address().getPort())) {
      assertThatThrownBy(() -> isDelivered(load, start(load, 1, 10)))
          .isInstanceOf(BenchFailure.class)
          .hasMessageContaining("\"level\":\"memory\"");
    }
  }

  @Test
  void aServerThatEndsFailsTheRun() throws IOException {
    Server server = server(Level.DISK);
    try (Load load = new Load(server.address().getPort())) {
      PairTraffic traffic = start(load, 1, Long.MAX_VALUE);
      server.close();
      assertThatThrownBy(() -> isDelivered(load, traffic)).isInstanceOf(BenchFailure.class);
    }
  }
}
