package dev.tidings.base;

import java.time.Instant;

/// The only source of time. Production takes [#system()]; tests and the simulation move their own.
public interface Clock {
  /// Unix time in milliseconds, for what people and the wire see. May jump when the host's clock is
  /// set.
  long epochMillis();

  /// Milliseconds from an arbitrary start that never go back, for waits and timeouts.
  long monotonicMillis();

  /// As [#monotonicMillis()], in microseconds, for measuring short work.
  default long monotonicMicros() {
    return monotonicMillis() * 1_000;
  }

  /// The clock of this machine.
  static Clock system() {
    return new Clock() {
      @Override
      public long epochMillis() {
        return Instant.now().toEpochMilli();
      }

      @Override
      public long monotonicMillis() {
        return System.nanoTime() / 1_000_000;
      }

      @Override
      public long monotonicMicros() {
        return System.nanoTime() / 1_000;
      }
    };
  }
}
