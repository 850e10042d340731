package dev.tidings.client.core;

/// Counts what is kept against a bound.
final class Budget {
  private final long max;
  private long used;

  Budget(long max) {
    this.max = max;
  }

  boolean hasRoom() {
    return used < max;
  }

  boolean isHalfEmpty() {
    return used <= max / 2;
  }

  /// Takes, even beyond the bound: whoever can refuse asks [#hasRoom] first.
  void take(long weight) {
    used += weight;
  }

  void give(long weight) {
    used -= weight;
  }
}
