package dev.tidings.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.running.LineSpeaker;
import dev.tidings.running.RunningServer;
import dev.tidings.running.Speaker;
import dev.tidings.running.Unit;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Who reads nothing for long costs the server a position, and the others nothing at all
/// (docs/protocol.md §14).
class SlowReaderTest {
  @RegisterExtension static final RunningServer SERVER = RunningServer.withoutRateLimits();

  private static final int AT_ONCE = 20;
  private static final int ROUNDS = 25;
  private static final int ENTRIES = AT_ONCE * ROUNDS;
  private static final String DATA = "\"" + "x".repeat(24_000) + "\""; // 12 MB in all

  /// Far less than what is sent, far more than outboxes and buffers of their size may take.
  private static final long MEMORY_BYTES_MAX = 6 * 1024 * 1024;

  private static long memoryBytes() {
    var metrics = ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric();
    return metrics.usedDirectMemory() + metrics.usedHeapMemory();
  }

  private static String send(String to, String fields) {
    return "{\"op\":\"send\",\"to\":\"" + to + "\"," + fields + "}";
  }

  /// Sends so many at once, and answers when the sender has all his answers.
  private static void send(Speaker sender, String to, int round) {
    sender.say(
        IntStream.range(round * AT_ONCE, (round + 1) * AT_ONCE)
            .mapToObj(i -> send(to, "\"cid\":\"c" + i + "\",\"data\":" + DATA))
            .collect(Collectors.joining("\n")));
    assertThat(sender.next("ok", AT_ONCE)).hasSize(AT_ONCE);
  }

  @Test
  void whoDidNotReadHasEverythingOnceAndInOrder() {
    LineSpeaker writer = SERVER.line("writer");
    LineSpeaker reader = SERVER.line("reader");
    Speaker slowOnLines = SERVER.lineOfFewBytes("slow-1");
    Speaker slowOnFrames = SERVER.webSocketOfFewBytes("slow-2");
    Speaker slowOnEvents = SERVER.streamOfFewBytes("user=slow-4");
    assertThat(slowOnEvents.next().op()).isEqualTo("welcome");
    writer.say(
        "{\"op\":\"group\",\"do\":\"create\",\"in\":\"g:flood\","
            + "\"members\":[\"reader\",\"slow-1\",\"slow-2\",\"slow-4\"]}");
    assertThat(writer.next("msg").text("kind")).isEqualTo("join");
    assertThat(reader.next("msg").text("kind")).isEqualTo("join");
    writer.next("ok");
    long before = memoryBytes();

    for (int round = 0; round < ROUNDS; round++) {
      send(writer, "g:flood", round);
      assertRises(writer.next("msg", AT_ONCE), 2 + round * AT_ONCE);
      assertRises(reader.next("msg", AT_ONCE), 2 + round * AT_ONCE);
      assertThat(memoryBytes() - before).isLessThan(MEMORY_BYTES_MAX);
    }

    for (Speaker slow : List.of(slowOnLines, slowOnFrames)) {
      assertRises(slow.next("msg", 1 + ENTRIES), 1);
      assertThat(slow.ask("{\"op\":\"ping\",\"id\":1}").op()).isEqualTo("pong");
    }
    assertRises(slowOnEvents.next("msg", 1 + ENTRIES), 1);
    writer.say(send("g:flood", "\"data\":\"live again\""));
    for (Speaker each : List.of(reader, slowOnLines, slowOnFrames, slowOnEvents)) {
      Unit live = each.next("msg");
      assertThat(live.number("seq")).isEqualTo(2 + ENTRIES);
      assertThat(live.text("data")).isEqualTo("live again");
    }
  }

  private static void assertRises(List<Unit> entries, long first) {
    for (int i = 0; i < entries.size(); i++) {
      assertThat(entries.get(i).number("seq")).isEqualTo(first + i);
    }
  }

  @Test
  void ofATopicWithoutLogTheGapIsTold() {
    LineSpeaker writer = SERVER.line("publisher");
    LineSpeaker reader = SERVER.line("follower");
    Speaker slow = SERVER.lineOfFewBytes("slow-3");
    for (Speaker each : List.of(reader, slow)) {
      assertThat(each.ask("{\"op\":\"sub\",\"in\":\"t:flood\"}").op()).isEqualTo("ok");
    }
    long before = memoryBytes();

    for (int i = 0; i < ENTRIES; i++) { // one at a time, or who reads were slow, too
      assertThat(writer.ask(send("t:flood", "\"data\":" + DATA)).op()).isEqualTo("ok");
      assertThat(reader.next().op()).isEqualTo("msg");
      assertThat(memoryBytes() - before).isLessThan(MEMORY_BYTES_MAX);
    }

    long told = 0;
    long lost = 0;
    while (told < ENTRIES) { // the system may take some in between, so there may be several gaps
      Unit unit = slow.next();
      if (unit.op().equals("gap")) {
        assertThat(unit.text("in")).isEqualTo("t:flood");
        assertThat(unit.number("lost")).isPositive();
        lost += unit.number("lost");
        told += unit.number("lost");
      } else {
        assertThat(unit.op()).isEqualTo("msg");
        told++;
      }
    }
    assertThat(told).isEqualTo(ENTRIES);
    assertThat(lost).isPositive();
    writer.say(send("t:flood", "\"data\":\"live again\""));
    assertThat(slow.next("msg").text("data")).isEqualTo("live again");
  }
}
