package dev.tidings.session;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What passed through topics without log while a connection had no room: how much is lost, and the
/// newest that may still be given. Made when the first is.
final class Arrears {
  /// What one connection may hold. More than a frame of such a topic usually has.
  static final int HELD_BYTES_MAX = 24 * 1024;

  /// Units that were not given.
  ///
  /// @param units as bytes, shared by all connections that hold them
  record Held(String topic, byte[] units, int count) {}

  private final Map<String, Integer> lost = new HashMap<>();
  private final ArrayDeque<Held> held = new ArrayDeque<>();
  private int heldBytes;

  void lose(String topic, int entries) {
    lost.merge(topic, entries, Integer::sum);
  }

  /// Holds these units, and gives up the oldest ones for them.
  void hold(Held units) {
    held.add(units);
    heldBytes += units.units().length;
    while (heldBytes > HELD_BYTES_MAX) {
      Held oldest = held.remove();
      heldBytes -= oldest.units().length;
      lose(oldest.topic(), oldest.count());
    }
  }

  boolean isHolding() {
    return !held.isEmpty();
  }

  Map<String, Integer> lost() {
    return lost;
  }

  /// The oldest that is held, which then is no longer.
  @Nullable Held next() {
    Held oldest = held.poll();
    heldBytes -= oldest == null ? 0 : oldest.units().length;
    return oldest;
  }
}
