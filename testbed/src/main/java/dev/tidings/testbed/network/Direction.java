package dev.tidings.testbed.network;

import java.time.Duration;
import java.util.Random;
import java.util.function.LongSupplier;

/// The faults of one direction of a [FaultProxy], for all connections, open and to come. They add
/// up. Bytes keep their order always. Called by any thread.
public final class Direction {
  private static final long UNLIMITED = Long.MAX_VALUE;
  private static final double NANOS_PER_SECOND = 1e9;

  private final FaultProxy proxy;
  private final Random random;

  // All guarded by the proxy's lock.
  private long delayNanos;
  private long jitterNanosMax;
  private long bytesPerSecond = UNLIMITED;
  private long lineFreeAtNanos = Long.MIN_VALUE;
  private boolean frozen;
  private long bytesToCut = UNLIMITED;
  private long passedBytes;
  private long heldBytes;
  private long mostHeldBytes;

  Direction(FaultProxy proxy, Random random) {
    this.proxy = proxy;
    this.random = random;
  }

  /// What is said from now on arrives so much later, and by chance up to `jitterMax` later still.
  public void delay(Duration fixed, Duration jitterMax) {
    change(() -> {
      delayNanos = fixed.toNanos();
      jitterNanosMax = jitterMax.toNanos();
    });
  }

  /// All connections together get no more than that through.
  public void bandwidth(long bytesPerSecondMax) {
    change(() -> {
      bytesPerSecond = bytesPerSecondMax;
      lineFreeAtNanos = proxy.nanos();
    });
  }

  /// Nothing arrives any more, no end and no reset either, until [#thaw()].
  public void freeze() {
    change(() -> frozen = true);
  }

  /// What was held arrives.
  public void thaw() {
    change(() -> frozen = false);
  }

  /// So many more bytes arrive, exactly; then the connection that brought the last one is reset.
  /// Once.
  public void cutAfter(long bytes) {
    change(() -> bytesToCut = bytes);
  }

  void heal() {
    change(() -> {
      delayNanos = 0;
      jitterNanosMax = 0;
      bytesPerSecond = UNLIMITED;
      frozen = false;
      bytesToCut = UNLIMITED;
    });
  }

  /// How many bytes arrived so far.
  public long passedBytes() {
    return read(() -> passedBytes);
  }

  /// How many bytes were said and are held back.
  public long heldBytes() {
    return read(() -> heldBytes);
  }

  /// The most that was held back at any time.
  public long mostHeldBytes() {
    return read(() -> mostHeldBytes);
  }

  private void change(Runnable change) {
    proxy.lock.lock();
    try {
      change.run();
      proxy.changed.signalAll();
    } finally {
      proxy.lock.unlock();
    }
  }

  private long read(LongSupplier value) {
    proxy.lock.lock();
    try {
      return value.getAsLong();
    } finally {
      proxy.lock.unlock();
    }
  }

  // ---- For pumps, with the proxy's lock held
  // ------------------------------------------------------

  /// When something that was just said may arrive at the earliest.
  long dueNanos() {
    long jitter = jitterNanosMax == 0 ? 0 : random.nextLong(jitterNanosMax + 1);
    return proxy.nanos() + delayNanos + jitter;
  }

  boolean isFrozen() {
    return frozen;
  }

  /// When the line will have carried so many bytes that begin now; claims it for so long.
  long claimLine(int bytes) {
    long now = proxy.nanos();
    if (bytesPerSecond == UNLIMITED) {
      return now;
    }
    long begin = Math.max(now, lineFreeAtNanos);
    lineFreeAtNanos = begin + (long) (bytes * NANOS_PER_SECOND / bytesPerSecond);
    return lineFreeAtNanos;
  }

  void hold(int bytes) {
    heldBytes += bytes;
    mostHeldBytes = Math.max(mostHeldBytes, heldBytes);
  }

  /// So many are to be passed on now: answers how many may be, the rest is cut off.
  int allow(int bytes) {
    int allowed = (int) Math.min(bytes, bytesToCut);
    if (bytesToCut != UNLIMITED) {
      bytesToCut -= allowed;
    }
    return allowed;
  }

  /// Whether the cut is due: the last byte that it allows has arrived.
  boolean takeCut() {
    if (bytesToCut != 0) {
      return false;
    }
    bytesToCut = UNLIMITED;
    return true;
  }

  void passed(int bytes) {
    passedBytes += bytes;
  }

  void release(int bytes) {
    heldBytes -= bytes;
  }
}
