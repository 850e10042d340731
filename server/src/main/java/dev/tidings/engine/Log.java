package dev.tidings.engine;

import org.jspecify.annotations.Nullable;

/// The writer's view of one conversation: where its log stands. Confined to the writer; what it
/// says may run ahead of the store by the batch in hand.
final class Log {
  final Conversation conversation;
  Meta meta;
  long head;
  long headMillis;
  long messages;

  /// What all entries up to the head, and those before `low`, count for in a bound of bytes.
  long bytes;

  long trimmedBytes;

  /// What is kept of it; null until [Trimming] asks.
  Retention.@Nullable Keep keep;

  /// The commit that last moved it, and the head that was kept before.
  long movedBy;

  long keptHead;

  /// The commit that last let somebody in or out, 0 if none did since it is in mind.
  long membersMovedBy;

  /// What [Marks] knows of it; null until it is asked for.
  @Nullable RecentMarks recent;

  /// What was filed of it, if all of that is known; null as long as nothing was.
  @Nullable MarkFilter filed;

  boolean filedIsKnown;

  /// Bytes of the rows that `recent` stands for, roughly.
  long recentBytes;

  /// Bytes that `recent` and `filed` occupy, as last counted.
  int marksBytes;

  /// Private conversations: both users' pointers cover commits up to this one.
  long pointedUntil;

  boolean firstUserWrote;
  boolean secondUserWrote;

  /// Private conversations: who takes nothing from the other; only if it is known.
  boolean blocksAreKnown;

  boolean firstUserBlocks;
  boolean secondUserBlocks;

  Log(Conversation conversation, Meta meta) {
    this.conversation = conversation;
    this.meta = meta;
    this.head = meta.low() - 1;
    this.keptHead = head;
  }

  ConversationId id() {
    return meta.id();
  }

  long number() {
    return conversation.number();
  }
}
