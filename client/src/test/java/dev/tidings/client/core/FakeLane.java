package dev.tidings.client.core;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.TreeMap;

/// A lane without thread whose clock moves only when told.
final class FakeLane implements Lane {
  private record At(long millis, long ordinal) implements Comparable<At> {
    @Override
    public int compareTo(At other) {
      return Comparator.comparingLong(At::millis)
          .thenComparingLong(At::ordinal)
          .compare(this, other);
    }
  }

  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private final TreeMap<At, Runnable> alarms = new TreeMap<>();
  private long now = 1_000_000;
  private long ordinal;

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  @Override
  public long nowMillis() {
    return now;
  }

  @Override
  public Alarm schedule(long delayMillis, Runnable task) {
    At at = new At(now + delayMillis, ++ordinal);
    alarms.put(at, task);
    return () -> alarms.remove(at);
  }

  /// Runs everything that needs no time to pass.
  void settle() {
    while (!tasks.isEmpty()) {
      tasks.remove().run();
    }
  }

  /// Lets time pass, stopping at each alarm on the way.
  void advance(long millis) {
    long until = now + millis;
    settle();
    while (!alarms.isEmpty() && alarms.firstKey().millis() <= until) {
      now = Math.max(now, alarms.firstKey().millis());
      alarms.pollFirstEntry().getValue().run();
      settle();
    }
    now = until;
  }

  int alarms() {
    return alarms.size();
  }
}
