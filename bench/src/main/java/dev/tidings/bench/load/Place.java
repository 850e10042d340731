package dev.tidings.bench.load;

import java.util.Locale;

/// What the conversations of a run are at a Tidings server.
enum Place {
  /// Topics; readers subscribe.
  TOPIC,
  /// Groups, with a log; readers are members.
  GROUP,
  /// Conversation `i` is that of user `i` with whoever sends to him; with a log.
  USER;

  /// For people and programs.
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
