package dev.tidings.bench.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProcessorTimeTest {
  @Test
  void whatNeitherSideUsedWasUsedByOthers() {
    ProcessorTime before = at(0, 1_000, 5_000, 90_000, 10);
    ProcessorTime after = at(2_000, 2_800, 5_500, 92_700, 110);
    ProcessorTime.Span span = after.since(before);
    assertThat(span.seconds()).isEqualTo(2);
    assertThat(span.serverPercent()).isEqualTo(90);
    assertThat(span.loadPercent()).isEqualTo(25);
    assertThat(span.otherPercent()).isEqualTo(20);
    assertThat(span.stolenPercent()).isEqualTo(5);
  }

  private static ProcessorTime at(
      long atMillis, long serverMillis, long loadMillis, long busyMillis, long stolenMillis) {
    return new ProcessorTime(
        Duration.ofMillis(atMillis).toNanos(),
        Duration.ofMillis(serverMillis),
        Duration.ofMillis(loadMillis),
        Duration.ofMillis(busyMillis),
        Duration.ofMillis(stolenMillis));
  }
}
