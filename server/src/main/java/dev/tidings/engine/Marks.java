package dev.tidings.engine;

import static dev.tidings.protocol.ErrorCode.CID;

import java.util.Optional;

/// The memory that makes a repeat safe: what was done under which `cid`.
///
/// Kept in windows, each at least as long as the dedupe time and named by the time it began. A
/// `cid` is looked up in the present window and in the one before, so it is remembered for one to
/// two windows; what is older goes with a single range delete. Windows follow one another and not
/// the clock, so a clock that is set back forgets nothing. Confined to the writer.
final class Marks {
  private static final long NONE = -1;

  private final Store store;
  private final long windowSeconds;
  private long present;
  private long previous;
  private boolean swept;

  Marks(Store store, int dedupeSeconds) {
    this.store = store;
    this.windowSeconds = dedupeSeconds;
    this.present = newestBelow(Keys.marks(Keys.LAST_WINDOW));
    this.previous = present == NONE ? NONE : newestBelow(Keys.marks(present));
  }

  private long newestBelow(byte[] end) {
    try (Store.Scan scan = store.descending(Keys.marks(0), end)) {
      return scan.next() ? Keys.windowOf(scan.key()) : NONE;
    }
  }

  /// The answer to a request that was made before; empty if it is new.
  Optional<Answer> repeat(Turn turn, Log log, String user, String cid, byte[] digest) {
    if (cid.isEmpty()) {
      return Optional.empty();
    }
    Optional<byte[]> row = turn.batch.find(Keys.mark(present, log.number(), user, cid), store);
    if (row.isEmpty() && previous != NONE) {
      row = Optional.ofNullable(store.get(Keys.mark(previous, log.number(), user, cid)));
    }
    if (row.isEmpty()) {
      return Optional.empty();
    }
    Mark mark = Mark.of(row.get());
    if (!mark.isFor(digest)) {
      return Optional.of(Answer.Refused.permanently(CID, "cid was used for other data"));
    }
    return Optional.of(
        new Answer.Appended(log.conversation, mark.seq(), mark.tsMillis(), turn.level, true));
  }

  /// Remembers that `cid` led to `seq` (0: to no entry).
  void note(Turn turn, Log log, String user, String cid, byte[] digest, Answer.Appended done) {
    if (!cid.isEmpty()) {
      turn.batch.put(
          Keys.mark(present, log.number(), user, cid),
          new Mark(done.seq(), done.tsMillis(), digest).row());
    }
  }

  /// Before anything else of a batch: begins a window when the present one is over, and deletes
  /// what is not consulted any more.
  void turn(Turn turn) {
    long now = turn.nowMillis / 1_000;
    if (present == NONE || now >= present + windowSeconds) {
      previous = present;
      present = now;
      swept = false;
    }
    if (!swept && previous != NONE) {
      turn.batch.deleteRange(Keys.marks(0), Keys.marks(previous));
      swept = true;
    }
  }
}
