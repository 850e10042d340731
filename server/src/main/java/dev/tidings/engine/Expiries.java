package dev.tidings.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Empties entries whose time is over (`ttl`), a little in each batch. Nobody reads them any more
/// by then, see [LogReader]; here they go from the disk. Confined to the writer.
///
/// Each entry that will expire has a row whose key begins with the second, so what is due stands
/// first. Like [Trimming] this happens before the changes of a batch.
final class Expiries {
  /// Entries emptied in one batch.
  static final int ENTRIES_MAX = 256;

  private final Store store;

  /// Nothing is due before; 0: look.
  private long nextSecond;

  Expiries(Store store) {
    this.store = store;
  }

  /// Whether something is to be emptied now.
  boolean isDue(long nowMillis) {
    return nowMillis / 1_000 >= nextSecond;
  }

  /// An entry was appended that will be over at `expiresMillis`.
  void note(Turn turn, Log log, long seq, long expiresMillis) {
    long second = Math.ceilDiv(expiresMillis, 1_000);
    turn.batch.putUnseen(Keys.expiry(second, log.number(), seq), new byte[0]);
    nextSecond = Math.min(nextSecond, second);
  }

  /// Another node noted this row of a shared store.
  void absorb(byte[] key) {
    nextSecond = Math.min(nextSecond, Keys.expirySecond(key));
  }

  /// What was noted last may not be kept: looks again.
  void forget() {
    nextSecond = 0;
  }

  void step(Turn turn) {
    long now = turn.nowMillis / 1_000;
    List<byte[]> due = new ArrayList<>();
    nextSecond = Long.MAX_VALUE;
    try (Store.Scan scan = store.ascending(Keys.expiriesFrom(), Keys.expiriesEnd())) {
      while (scan.next()) {
        long second = Keys.expirySecond(scan.key());
        if (second > now || due.size() == ENTRIES_MAX) {
          nextSecond = second;
          break;
        }
        due.add(scan.key());
      }
    }
    for (byte[] key : due) {
      turn.batch.delete(key);
      empty(turn, Keys.numberOfExpiry(key), Keys.lastNumber(key), Entry.VoidBy.TTL);
    }
  }

  private void empty(Turn turn, long number, long seq, Entry.VoidBy reason) {
    byte[] key = Keys.entry(number, seq);
    Optional<byte[]> row = turn.batch.find(key, store);
    if (row.isPresent()) { // else it was trimmed, perhaps by this very batch
      Entry entry = EntryRow.read(seq, row.get());
      if (!entry.isVoid()) {
        turn.batch.put(key, EntryRow.emptied(entry, row.get(), reason));
      }
    }
  }
}
