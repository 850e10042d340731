package dev.tidings.client.model;

import java.util.Map;
import java.util.Optional;

/// Where the application stands in each conversation, kept so that a new process goes on where the
/// old one ended.
///
/// Read once when the client starts. Written on the thread of the callbacks, after the callback
/// that took the entry. An application that must see each effect exactly once stores [Entry#epoch]
/// and [Entry#seq] inside `onEntry` together with the effect, and lets [#reached] only take
/// positions that are further than its own.
public interface Positions {

  /// The cursor last given to [#covered].
  Optional<String> cursor();

  /// All positions, by conversation.
  Map<String, Position> all();

  /// Every entry up to this one has been handed over, or is known not to be available.
  void reached(String in, Position position);

  /// The client no longer follows this conversation.
  void forgotten(String in);

  /// Every change up to this cursor has been handed over. To be stored after the positions.
  void covered(String cursor);

  /// Positions that live as long as this object. Safe for use by several clients one after another.
  static Positions inMemory() {
    return new MemoryPositions();
  }
}
