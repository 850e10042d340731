package dev.tidings.running;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.ResourceLeakDetector;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.LoggerFactory;

/// Watches that every buffer is given back. Netty notices a lost one when the garbage collector has
/// found it.
final class Leaks {
  private static final List<String> FOUND = new CopyOnWriteArrayList<>();

  private static final AtomicInteger LOST = new AtomicInteger();

  private Leaks() {}

  /// Watches every buffer made from now on. What is found is told by the failing test, not by the
  /// log.
  static void watch() {
    ((Logger) LoggerFactory.getLogger(ResourceLeakDetector.class)).setAdditive(false);
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    ByteBufUtil.setLeakListener((type, records) -> FOUND.add(records));
  }

  /// Fails if a buffer was lost. To know that the collector has looked, one is lost on purpose:
  /// once that one is found, so are those lost before.
  static void assertNone() {
    String mark =
        "lost on purpose, no. " + LOST.incrementAndGet(); // what repeats is not told again
    lose(mark);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> {
          System.gc();
          ByteBufAllocator.DEFAULT.buffer(1).release(); // lost ones are reported by new ones
          return FOUND.stream().anyMatch(records -> records.contains(mark));
        });
    assertThat(FOUND).filteredOn(records -> !records.contains("lost on purpose")).isEmpty();
    FOUND.clear();
  }

  private static void lose(String mark) {
    ByteBufAllocator.DEFAULT.buffer(1).touch(mark);
  }
}
