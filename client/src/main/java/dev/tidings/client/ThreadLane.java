package dev.tidings.client;

import dev.tidings.client.core.Lane;
import java.util.Comparator;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A lane on a virtual thread of its own with the system's monotonic clock.
///
/// The mailbox needs no bound of its own: transports stay a few frames ahead, the application's
/// requests are counted before they are posted, and deliveries are counted by the core.
final class ThreadLane implements Lane {
  private record At(long millis, long ordinal) implements Comparable<At> {
    private static final Comparator<At> ORDER =
        Comparator.comparingLong(At::millis).thenComparingLong(At::ordinal);

    @Override
    public int compareTo(At other) {
      return ORDER.compare(this, other);
    }
  }

  private final BlockingQueue<Runnable> mailbox = new LinkedBlockingQueue<>();
  private final NavigableMap<At, Runnable> alarms = new TreeMap<>();
  private final Consumer<Throwable> broken;
  private long alarmsSet;
  private volatile boolean ended;

  /// @param broken told on the lane when a task throws
  ThreadLane(Consumer<Throwable> broken) {
    this.broken = broken;
  }

  void start() {
    Thread.ofVirtual().name("tidings-client-lane").start(this::loop);
  }

  @Override
  public void execute(Runnable task) {
    mailbox.add(task);
    if (ended) {
      runLeftOvers();
    }
  }

  @Override
  public long nowMillis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  @Override
  public Alarm schedule(long delayMillis, Runnable task) {
    At at = new At(nowMillis() + delayMillis, ++alarmsSet);
    alarms.put(at, task);
    return () -> alarms.remove(at);
  }

  /// Runs what is in the mailbox, then lets the thread end. Later tasks run on the caller's thread:
  /// a closed client still refuses requests.
  void end() {
    execute(() -> ended = true);
  }

  private void loop() {
    while (!ended) {
      Runnable task = next();
      if (task != null) {
        run(task);
      }
    }
    runLeftOvers();
  }

  private @Nullable Runnable next() {
    try {
      if (alarms.isEmpty()) {
        return mailbox.take();
      }
      At first = alarms.firstKey();
      long delay = first.millis() - nowMillis();
      if (delay <= 0) {
        return alarms.remove(first);
      }
      return mailbox.poll(delay, TimeUnit.MILLISECONDS);
    } catch (InterruptedException _) {
      // Nobody but us knows this thread, so nobody means anything by it.
      return null;
    }
  }

  private synchronized void runLeftOvers() {
    for (Runnable task = mailbox.poll(); task != null; task = mailbox.poll()) {
      run(task);
    }
  }

  private void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error failure) {
      broken.accept(failure);
    }
  }
}
