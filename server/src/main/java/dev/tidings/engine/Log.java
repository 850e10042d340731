package dev.tidings.engine;

/// The writer's view of one conversation: where its log stands. Confined to the writer; what it
/// says may run ahead of the store by the batch in hand.
final class Log {
  final Conversation conversation;
  Meta meta;
  long head;
  long headMillis;
  long messages;

  /// Private conversations: both users' pointers cover commits up to this one.
  long pointedUntil;

  boolean firstUserWrote;
  boolean secondUserWrote;

  Log(Conversation conversation, Meta meta) {
    this.conversation = conversation;
    this.meta = meta;
    this.head = meta.low() - 1;
  }

  ConversationId id() {
    return meta.id();
  }

  long number() {
    return conversation.number();
  }
}
