package dev.tidings.testbed.drive;

/// The longest time in which a client heard nothing though there was something to hear. Called by
/// any thread.
final class Silence {
  private boolean measuring;
  private long lastNanos;
  private long longestNanos;
  private long longestAnswerNanos;

  synchronized void begin() {
    measuring = true;
    lastNanos = System.nanoTime();
  }

  /// An entry came.
  synchronized void heard() {
    if (measuring) {
      long now = System.nanoTime();
      longestNanos = Math.max(longestNanos, now - lastNanos);
      lastNanos = now;
    }
  }

  /// An answer came, after so long.
  synchronized void answered(long nanos) {
    longestAnswerNanos = Math.max(longestAnswerNanos, nanos);
  }

  synchronized void end() {
    heard();
    measuring = false;
  }

  synchronized long longestNanos() {
    return longestNanos;
  }

  synchronized long longestAnswerNanos() {
    return longestAnswerNanos;
  }
}
