package dev.tidings.client.transport;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// Units on their way to the socket, filled by the lane and emptied by one writer. Bounded in
/// characters; full means that the server does not read, and the connection is given up.
final class WriteQueue {
  private static final long CHARS_MAX = 8L << 20;

  private final Deque<String> units = new ArrayDeque<>();
  private long chars;
  private boolean ended;

  /// Returns false if it is full. After the end everything is dropped.
  synchronized boolean offer(String unit) {
    if (chars + unit.length() > CHARS_MAX) {
      return false;
    }
    if (!ended) {
      units.add(unit);
      chars += unit.length();
      notifyAll();
    }
    return true;
  }

  /// Waits for the next unit; `null` at the end.
  synchronized @Nullable String take() throws InterruptedException {
    while (units.isEmpty() && !ended) {
      wait();
    }
    return poll();
  }

  /// The next unit; `null` if there is none.
  synchronized @Nullable String poll() {
    String unit = units.poll();
    if (unit != null) {
      chars -= unit.length();
    }
    return unit;
  }

  synchronized void end() {
    ended = true;
    units.clear();
    notifyAll();
  }
}
