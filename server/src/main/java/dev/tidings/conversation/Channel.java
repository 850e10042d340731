package dev.tidings.conversation;

import dev.tidings.auth.LabelFilter;
import dev.tidings.engine.ConversationId;

/// An announcement channel beside `a:all`, for those whose labels fit.
public record Channel(String name, LabelFilter filter) {
  /// More are not taken: they are looked at whenever somebody comes.
  public static final int CHANNELS_MAX = 64;

  public ConversationId id() {
    return new ConversationId(ConversationId.Kind.ANNOUNCEMENT, name);
  }
}
