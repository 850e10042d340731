package dev.tidings.client.core;

import java.util.random.RandomGenerator;

/// How long to wait before the next try: exponential with full jitter, so that the clients of a
/// server that restarts do not come back in step (docs/protocol.md §4). Where there are several
/// nodes to try, what one has refused says nothing of the next: the time doubles once each round.
final class Backoff {
  private static final long FIRST_MILLIS = 500;
  private static final long LAST_MILLIS = 30_000;

  private final RandomGenerator random;
  private final int triesPerRound;
  private long boundMillis = FIRST_MILLIS;
  private int tries;

  Backoff(RandomGenerator random, int triesPerRound) {
    this.random = random;
    this.triesPerRound = triesPerRound;
  }

  long nextMillis() {
    long delay = within(boundMillis);
    tries++;
    if (tries == triesPerRound) {
      tries = 0;
      boundMillis = Math.min(LAST_MILLIS, boundMillis * 2);
    }
    return delay;
  }

  /// A random moment inside a window, its ends included.
  long within(long windowMillis) {
    return random.nextLong(windowMillis + 1);
  }

  void reset() {
    tries = 0;
    boundMillis = FIRST_MILLIS;
  }
}
