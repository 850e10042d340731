package dev.tidings.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.engine.ManualClock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskGuardTest {
  private final ManualClock clock = new ManualClock();

  @Test
  void itLooksAtMostOnceASecond() {
    AtomicInteger looks = new AtomicInteger();
    DiskGuard guard =
        new DiskGuard(
            () -> {
              looks.incrementAndGet();
              return Long.MAX_VALUE;
            },
            clock,
            "here");
    for (int i = 0; i < 2_500; i++) {
      assertThat(guard.obstacle()).isEmpty();
      clock.advance(1);
    }
    assertThat(looks).hasValue(3);
  }

  @Test
  void itSaysWhenThereIsTooLittleAndWhenThereIsEnoughAgain() {
    AtomicLong usable = new AtomicLong(DiskGuard.USABLE_BYTES_MIN - 1);
    DiskGuard guard = new DiskGuard(usable::get, clock, "here");
    assertThat(guard.obstacle()).contains("disk nearly full", "64 MiB", "here");
    usable.set(DiskGuard.USABLE_BYTES_MIN);
    assertThat(guard.obstacle()).isNotEmpty();
    clock.advance(DiskGuard.LOOK_EVERY_MILLIS);
    assertThat(guard.obstacle()).isEmpty();
  }

  @Test
  void aDiskThatCannotTellIsAnObstacle() {
    DiskGuard guard =
        new DiskGuard(
            () -> {
              throw new IOException("gone");
            },
            clock,
            "here");
    assertThat(guard.obstacle()).contains("free space", "here", "gone");
  }

  @Test
  void itReadsTheDiskOfTheFolder(@TempDir Path data) {
    assertThat(DiskGuard.of(data, clock).obstacle()).isEmpty();
    assertThat(DiskGuard.of(data.resolve("absent"), clock).obstacle()).contains("absent");
  }
}
