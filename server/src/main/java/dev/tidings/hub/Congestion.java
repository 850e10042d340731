package dev.tidings.hub;

import dev.tidings.engine.ConversationId;
import java.util.concurrent.ConcurrentHashMap;

/// The conversations that some lane cannot hand out as fast as they move, for all lanes to look at:
/// who sends there is told `busy` before anything is done. A lane writes its own bit only.
final class Congestion {
  private static final int LANES_MAX = Long.SIZE;

  private final ConcurrentHashMap<ConversationId, Long> lanes = new ConcurrentHashMap<>();

  /// Whether nothing more should be sent there for now.
  boolean has(ConversationId id) {
    return !lanes.isEmpty() && lanes.containsKey(id);
  }

  void begins(int lane, ConversationId id) {
    lanes.merge(id, bit(lane), (some, one) -> some | one);
  }

  boolean isOf(int lane, ConversationId id) {
    return has(id) && (lanes.getOrDefault(id, 0L) & bit(lane)) != 0;
  }

  void ends(int lane, ConversationId id) {
    lanes.computeIfPresent(id, (same, some) -> (some & ~bit(lane)) == 0 ? null : some & ~bit(lane));
  }

  /// Lanes beyond the sixty-fourth share bits: then a conversation may count as free a moment
  /// early.
  private static long bit(int lane) {
    return 1L << lane % LANES_MAX;
  }
}
