package dev.tidings.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tidings.running.LineSpeaker;
import dev.tidings.running.RunningServer;
import dev.tidings.running.Speaker;
import dev.tidings.running.Unit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What waits for a slow reader waits in the outbox, which is bounded, and not beside it.
class UnsentTest {
  @RegisterExtension static final RunningServer SERVER = RunningServer.withoutRateLimits();

  private static final int ENTRIES = 200;
  private static final String DATA = "\"" + "x".repeat(24_000) + "\""; // 5 MB in all

  @Test
  void theSystemTakesLittleForWhoDoesNotRead() throws IOException {
    assumeTrue(Files.exists(Path.of("/proc/net/tcp")), "the system does not say what it holds");
    LineSpeaker writer = SERVER.line("hasty");
    Speaker slow = SERVER.lineOfFewBytes("slow");
    writer.say("{\"op\":\"group\",\"do\":\"create\",\"in\":\"g:sips\",\"members\":[\"slow\"]}");
    assertThat(writer.next("msg").text("kind")).isEqualTo("join");
    writer.next("ok");
    for (int i = 0; i < ENTRIES; i++) {
      writer.ask("{\"op\":\"send\",\"to\":\"g:sips\",\"data\":" + DATA + "}");
      writer.next("msg");
    }
    assertThat(bytesInTheSystemFor(slow.wire().localPort())).isBetween(1, 256 * 1024);
    List<Unit> entries = slow.next("msg", 1 + ENTRIES);
    for (int i = 0; i <= ENTRIES; i++) {
      assertThat(entries.get(i).number("seq")).isEqualTo(i + 1);
    }
  }

  /// What the server's side of a connection has taken and not got rid of.
  private static int bytesInTheSystemFor(int peerPort) throws IOException {
    String peer = ":%04X".formatted(peerPort);
    for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
      for (String row : Files.readAllLines(Path.of(table))) {
        List<String> columns = List.of(row.strip().split(" +", -1));
        if (columns.get(2).endsWith(peer)) {
          return Integer.parseInt(columns.get(4).substring(0, 8), 16);
        }
      }
    }
    throw new AssertionError("no connection from port " + peerPort);
  }
}
