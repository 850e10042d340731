package dev.tidings.bench.process;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Waits for conditions that nobody tells us of, always bounded in time.
public final class Until {
  private static final Duration GLANCE = Duration.ofMillis(1);

  private Until() {}

  /// Looks every millisecond; `false` if `limit` passed before `condition` held.
  public static boolean holds(Duration limit, BooleanSupplier condition) {
    return holds(limit, GLANCE, condition);
  }

  /// Looks every `interval`; `false` if `limit` passed before `condition` held.
  public static boolean holds(Duration limit, Duration interval, BooleanSupplier condition) {
    long begin = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - begin > limit.toNanos()) {
        return false;
      }
      LockSupport.parkNanos(interval.toNanos());
    }
    return true;
  }
}
