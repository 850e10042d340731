package dev.tidings.engine;

import dev.tidings.engine.Retention.Keep;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/// Deletes what is over the [Retention], oldest first, a little in each batch. Confined to the
/// writer.
///
/// A log that grew over its bounds is *due*. What only grew old is found by a pass over all
/// conversations, some of them at a time, which also finds what a restart or other rules made due.
/// Everything here happens before the changes of a batch, when what the writer has in mind is what
/// the store has.
///
/// A request is remembered longer than its entry may live: its mark is filed before the row goes
/// (ADR 10). Rows go one by one and not by range: a store that holds many ranges of deleted keys in
/// memory has to look through them at every read.
final class Trimming {
  /// Rows deleted in one batch.
  static final int ROWS_MAX = 2_048;

  /// Logs trimmed in one batch.
  static final int LOGS_MAX = 128;

  /// Conversations looked at in one batch by the pass.
  static final int LOOKS_MAX = 256;

  /// The pass goes on after this time, and a new one begins a minute after the last began.
  static final long LOOK_EVERY_MILLIS = 100;

  static final long PASS_EVERY_MILLIS = 60_000;

  /// A log may grow over its bounds by an eighth, or by this, before it is due: the pass finds it
  /// earlier or later.
  private static final long ENTRIES_OVER_MAX = 256;

  private static final long BYTES_OVER_MAX = 1L << 20;

  /// Beyond this the pass has to find them.
  private static final int DUE_MAX = 4_096;

  /// Deleted rows of this size are worth telling the store.
  private static final long FREED_BYTES = 4L << 20;

  private final Store store;
  private final Logs logs;
  private final Marks marks;
  private final Retention retention;
  private final boolean idle;
  private final Set<ConversationId> due = new LinkedHashSet<>();

  /// The number at which the pass goes on.
  private long passAt;

  private long nextLookMillis;
  private long nextPassMillis;
  private long freedBytes;

  Trimming(Store store, Logs logs, Marks marks, Retention retention, long nowMonotonicMillis) {
    this.store = store;
    this.logs = logs;
    this.marks = marks;
    this.retention = retention;
    this.idle = retention.isAll();
    this.nextLookMillis = nowMonotonicMillis;
    this.nextPassMillis = nowMonotonicMillis + PASS_EVERY_MILLIS;
  }

  /// Whether there is something to do now.
  boolean isDue(long nowMonotonicMillis) {
    return !idle && (!due.isEmpty() || nowMonotonicMillis - nextLookMillis >= 0);
  }

  /// An entry was appended.
  void grew(Log log) {
    if (idle) {
      return;
    }
    Keep keep = keep(log);
    long entriesOver = log.head - log.meta.low() + 1 - keep.entries();
    long bytesOver = log.bytes - log.trimmedBytes - keep.bytes();
    if (entriesOver >= Math.clamp(keep.entries() / 8, 1, ENTRIES_OVER_MAX)
        || bytesOver > Math.min(keep.bytes() / 8, BYTES_OVER_MAX)) {
      isDueNow(log.id());
    }
  }

  private Keep keep(Log log) {
    Keep keep = log.keep;
    if (keep == null) {
      keep = retention.of(log.id());
      log.keep = keep;
    }
    return keep;
  }

  private void isDueNow(ConversationId id) {
    if (due.size() < DUE_MAX) {
      due.add(id);
    }
  }

  /// One step, to be kept with the batch of `turn`, before anything else is decided in it.
  void step(Turn turn, long nowMonotonicMillis) {
    if (nowMonotonicMillis - nextLookMillis >= 0) {
      look(turn.nowMillis, nowMonotonicMillis);
    }
    int rows = 0;
    int looked = 0;
    Iterator<ConversationId> ids = due.iterator();
    while (ids.hasNext() && rows < ROWS_MAX && looked < LOGS_MAX) {
      looked++;
      Optional<Log> log = logs.find(ids.next());
      if (log.isEmpty()) {
        ids.remove(); // made by a batch that was not kept
        continue;
      }
      long target = target(log.get(), keep(log.get()), turn.nowMillis);
      rows += trim(turn, log.get(), target, ROWS_MAX - rows);
      if (log.get().meta.low() >= target) {
        ids.remove();
      }
    }
  }

  /// Goes on with the pass.
  private void look(long nowMillis, long nowMonotonicMillis) {
    nextLookMillis = nowMonotonicMillis + LOOK_EVERY_MILLIS;
    int looks = 0;
    try (Store.Scan metas = store.ascending(Keys.meta(passAt), Keys.metasEnd())) {
      while (looks < LOOKS_MAX && due.size() < DUE_MAX) {
        if (!metas.next()) {
          passAt = 0;
          nextLookMillis = nextPassMillis;
          nextPassMillis = Math.max(nextPassMillis, nowMonotonicMillis) + PASS_EVERY_MILLIS;
          return;
        }
        long number = Keys.lastNumber(metas.key());
        passAt = number + 1;
        Meta meta = Meta.of(metas.value());
        Keep keep = retention.of(meta.id());
        if (!keep.isAll() && exceeds(number, meta.low(), keep, nowMillis)) {
          isDueNow(meta.id());
        }
        looks++;
      }
    }
  }

  private boolean exceeds(long number, long low, Keep keep, long nowMillis) {
    byte[] oldest = store.get(Keys.entry(number, low));
    if (oldest == null) {
      return false;
    }
    if (EntryRow.tsMillis(oldest) < nowMillis - keep.millis()) {
      return true;
    }
    if (keep.entries() == Keep.UNBOUNDED && keep.bytes() == Keep.UNBOUNDED) {
      return false;
    }
    try (Store.Scan newest =
        store.descending(Keys.entry(number, low), Keys.entry(number, Long.MAX_VALUE))) {
      return newest.next()
          && (Keys.lastNumber(newest.key()) - low >= keep.entries()
              || EntryRow.bytesUpTo(newest.value()) - logs.trimmed(number).bytes() > keep.bytes());
    }
  }

  /// Trims rows before `target`, at most `rowsMax`; answers how many.
  private int trim(Turn turn, Log log, long target, int rowsMax) {
    if (target > log.meta.markedFrom()) {
      marks.fileBefore(turn, log, target);
    }
    long low = log.meta.low();
    long to = Math.min(Math.min(target, log.meta.markedFrom()), low + rowsMax);
    if (to <= low) {
      return 0;
    }
    byte[] last = store.get(Keys.entry(log.number(), to - 1));
    if (last == null) {
      throw new IllegalStateException("damaged store: no row of " + log.number() + " " + (to - 1));
    }
    Trimmed trimmed = EntryRow.trimmed(last);
    freedBytes += trimmed.bytes() - log.trimmedBytes;
    log.meta = log.meta.withLow(to);
    log.trimmedBytes = trimmed.bytes();
    // In this order: a reader that sees half of it must find the new low before rows are missing.
    turn.batch.putUnseen(Keys.trimmed(log.number()), trimmed.row());
    turn.batch.putUnseen(Keys.meta(log.number()), log.meta.row());
    for (long seq = low; seq < to; seq++) {
      turn.batch.delete(Keys.entry(log.number(), seq));
    }
    return (int) (to - low);
  }

  /// The first seq that is to be kept, `head + 1` if none is.
  private long target(Log log, Keep keep, long nowMillis) {
    long target = log.meta.low();
    if (keep.entries() != Keep.UNBOUNDED) {
      target = Math.max(target, log.head - keep.entries() + 1);
    }
    if (keep.millis() != Keep.UNBOUNDED) {
      target = first(log, target, row -> EntryRow.tsMillis(row) >= nowMillis - keep.millis());
    }
    if (keep.bytes() != Keep.UNBOUNDED) {
      // The newest entry of which all that comes behind it is not over: it and what is before it
      // go.
      boolean isOver = log.bytes - bytesBefore(log, target) > keep.bytes();
      target =
          isOver
              ? 1 + first(log, target, row -> log.bytes - EntryRow.bytesUpTo(row) <= keep.bytes())
              : target;
    }
    return target;
  }

  private long bytesBefore(Log log, long seq) {
    byte[] row = seq > log.meta.low() ? store.get(Keys.entry(log.number(), seq - 1)) : null;
    return row == null ? log.trimmedBytes : EntryRow.bytesUpTo(row);
  }

  private interface Condition {
    boolean holds(byte[] row);
  }

  /// The first seq from `from` on whose row meets a condition that all later ones meet too; `head +
  /// 1` if none does.
  private long first(Log log, long from, Condition condition) {
    long low = from;
    long high = log.head + 1;
    while (low < high) {
      long middle = (low + high) >>> 1;
      byte[] row = store.get(Keys.entry(log.number(), middle));
      if (row == null || condition.holds(row)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /// A step failed: nothing is trimmed for a minute.
  void rest(long nowMonotonicMillis) {
    due.clear();
    nextLookMillis = nowMonotonicMillis + PASS_EVERY_MILLIS;
  }

  /// To be called when a batch was kept: whether the store should give back what was deleted.
  boolean takeFreed() {
    boolean much = freedBytes >= FREED_BYTES;
    freedBytes = much ? 0 : freedBytes;
    return much;
  }
}
