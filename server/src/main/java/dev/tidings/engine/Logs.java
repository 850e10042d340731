package dev.tidings.engine;

import dev.tidings.base.Ids;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The conversations that the writer has in mind: found by name, loaded when needed, the longest
/// unused forgotten first. Confined to the writer.
final class Logs {
  private static final int KEPT_MAX = 65_536;
  private static final int EPOCH_LENGTH = 6;

  private final Store store;
  private final StoreState state;
  private final Ids ids;
  private final LinkedHashMap<ConversationId, Log> logs =
      new LinkedHashMap<>(1024, 0.75f, /* accessOrder= */ true);

  /// The same by their numbers, where other nodes write too.
  private final Map<Long, Log> numbered = new HashMap<>();

  private final boolean shared;

  Logs(Store store, StoreState state, Ids ids) {
    this.store = store;
    this.state = state;
    this.ids = ids;
    this.shared = store.isShared();
  }

  /// The log of this number, if it is in mind. Only of a shared store.
  Optional<Log> inMind(long number) {
    return Optional.ofNullable(numbered.get(number));
  }

  private void remember(Log log) {
    Log before = logs.put(log.id(), log);
    if (shared) {
      if (before != null) {
        numbered.remove(before.number());
      }
      numbered.put(log.number(), log);
    }
  }

  /// What is in mind of this conversation may be wrong.
  void forget(ConversationId id, Marks marks) {
    Log log = logs.remove(id);
    if (log != null) {
      marks.forget(log);
      numbered.remove(log.number());
    }
  }

  /// The log of this name, if it was ever made.
  Optional<Log> find(ConversationId id) {
    Log known = logs.get(id);
    if (known != null) {
      return Optional.of(known);
    }
    byte[] number = store.get(Keys.name(id));
    if (number == null) {
      return Optional.empty();
    }
    Log log = load(new RowReader(number).number());
    remember(log);
    return Optional.of(log);
  }

  /// The log of this name, made now if there is none.
  Log findOrMake(ConversationId id, Batch batch) {
    Optional<Log> known = find(id);
    return known.isPresent() ? known.get() : make(id, GroupSettings.NONE, batch);
  }

  Log make(ConversationId id, GroupSettings settings, Batch batch) {
    return make(Meta.first(id, ids.name(EPOCH_LENGTH), state.generation(), settings), batch);
  }

  /// Another log under the name of one that has ended and that nobody may read any more: its
  /// entries are deleted.
  Log makeAgain(Log ended, GroupSettings settings, Batch batch) {
    batch.deleteRange(Keys.entry(ended.number(), 0), Keys.entry(ended.number(), Long.MAX_VALUE));
    Meta first = Meta.first(ended.id(), ids.name(EPOCH_LENGTH), state.generation(), settings);
    return make(first.notTheFirst(), batch);
  }

  private Log make(Meta meta, Batch batch) {
    ConversationId id = meta.id();
    long number = state.takeNumber(batch);
    batch.putUnseen(Keys.name(id), new RowWriter(10).number(number).done());
    batch.putUnseen(Keys.meta(number), meta.row());
    Log log = new Log(new Conversation(number, id, meta.epoch(state.generation())), meta);
    log.recent = new RecentMarks(); // nothing was asked yet
    log.filedIsKnown = true;
    log.blocksAreKnown = true; // nobody blocks anybody yet
    remember(log);
    return log;
  }

  private Log load(long number) {
    byte[] row = store.get(Keys.meta(number));
    if (row == null) {
      throw new IllegalStateException("damaged store: conversation without meta: " + number);
    }
    Meta meta = Meta.of(row);
    Log log = new Log(new Conversation(number, meta.id(), meta.epoch(state.generation())), meta);
    Trimmed trimmed = meta.low() == 1 ? Trimmed.NOTHING : trimmed(number);
    log.headMillis = trimmed.tsMillis();
    log.messages = trimmed.messages();
    log.bytes = trimmed.bytes();
    log.trimmedBytes = trimmed.bytes();
    try (Store.Scan scan =
        store.descending(Keys.entry(number, meta.low()), Keys.entry(number, Long.MAX_VALUE))) {
      if (scan.next()) {
        log.head = Keys.lastNumber(scan.key());
        Entry newest = EntryRow.read(log.head, scan.value());
        log.headMillis = newest.tsMillis();
        log.messages = newest.messages();
        log.bytes = EntryRow.bytesUpTo(scan.value());
        log.keptHead = log.head;
      }
    }
    if (meta.id().kind() == ConversationId.Kind.PRIVATE) {
      Pointer first = pointer(meta.id().firstUser(), number);
      Pointer second = pointer(meta.id().secondUser(), number);
      log.pointedUntil = Math.min(first.mayMoveUntil(), second.mayMoveUntil());
      log.firstUserWrote = first.wrote();
      log.secondUserWrote = second.wrote();
    }
    return log;
  }

  /// What is known of the entries before `low`.
  Trimmed trimmed(long number) {
    byte[] row = store.get(Keys.trimmed(number));
    return row == null ? Trimmed.NOTHING : Trimmed.of(row);
  }

  private Pointer pointer(String user, long number) {
    byte[] row = store.get(Keys.pointer(user, number));
    return row == null ? new Pointer(0, false) : Pointer.of(row);
  }

  /// Between two batches: forgets the longest unused beyond the bounds, of logs and of what `marks`
  /// holds for them.
  void forgetUnused(Marks marks) {
    Iterator<Log> oldest = logs.values().iterator();
    while (oldest.hasNext() && (logs.size() > KEPT_MAX || marks.isHeavy())) {
      Log log = oldest.next();
      marks.forget(log);
      numbered.remove(log.number());
      oldest.remove();
    }
  }

  /// Nothing is kept any more of where `user` stands in his private conversations.
  void forgetUser(String user) {
    for (Log log : logs.values()) {
      if (log.id().kind() == ConversationId.Kind.PRIVATE && log.id().isOf(user)) {
        log.pointedUntil = 0;
        log.firstUserWrote &= !user.equals(log.id().firstUser());
        log.secondUserWrote &= !user.equals(log.id().secondUser());
        log.blocksAreKnown = false;
      }
    }
  }

  /// After a batch that was not kept: what is in mind may be wrong.
  void forgetAll() {
    logs.clear();
    numbered.clear();
  }
}
