package dev.tidings.testbed.process;

import dev.tidings.testbed.TestbedFailure;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Waits for conditions of other processes that nobody tells us of, always bounded in time.
public final class Until {
  private static final Duration GLANCE = Duration.ofMillis(5);

  private Until() {}

  /// Looks again and again.
  ///
  /// @throws TestbedFailure if `limit` passed before `condition` held; it names `what`
  public static void holds(String what, Duration limit, BooleanSupplier condition) {
    long begin = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - begin > limit.toNanos()) {
        throw new TestbedFailure("not within " + limit + ": " + what);
      }
      LockSupport.parkNanos(GLANCE.toNanos());
    }
  }
}
