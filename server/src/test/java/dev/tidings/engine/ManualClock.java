package dev.tidings.engine;

import dev.tidings.base.Clock;

/// A clock that stands still until it is moved. May be read by any thread.
public final class ManualClock implements Clock {
  private volatile long epochMillis = 1_800_000_000_000L;
  private volatile long monotonicMillis;

  @Override
  public long epochMillis() {
    return epochMillis;
  }

  @Override
  public long monotonicMillis() {
    return monotonicMillis;
  }

  /// Time passes.
  public synchronized void advance(long millis) {
    epochMillis += millis;
    monotonicMillis += millis;
  }

  /// Somebody sets the clock of the machine.
  public synchronized void setBack(long millis) {
    epochMillis -= millis;
  }
}
