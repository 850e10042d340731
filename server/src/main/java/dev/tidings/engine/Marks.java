package dev.tidings.engine;

import static dev.tidings.protocol.ErrorCode.CID;

import java.util.Optional;

/// The memory that makes a repeat safe: what was done under which `cid`.
///
/// Every entry carries its `cid` and the digest of what was asked, so of the newest entries of a
/// log nothing else is written: their hashes are kept in mind ([RecentMarks]), and read from the
/// rows when the log is first asked about. Only what is no longer among the newest, and still young
/// enough to be repeated, is *filed*, a row for each mark; most conversations never come to that.
/// Of what was filed a filter is kept in mind ([MarkFilter]), so that a new `cid` hardly ever costs
/// a look-up (ADR 10).
///
/// Time is divided into windows, each at least as long as the dedupe time and named by the second
/// it began. What is older than the window before the present one is forgotten, so a `cid` is
/// remembered for one to two windows; filed marks go with a single range delete. Windows follow one
/// another and not the clock, so a clock that is set back forgets nothing. Confined to the writer.
final class Marks {
  /// Beyond these the oldest are filed: bounds what is read when a log is first asked about.
  static final int RECENT_ENTRIES_MAX = 2_048;

  private static final long RECENT_BYTES_MAX = 4L << 20;

  /// At a time, so that a busy log files a little often and the others do not wait.
  static final int FILED_ENTRIES = 256;

  private static final int FILTER_BYTES_MAX = 8 << 20;

  /// What may be kept in mind for all logs together.
  private static final long KNOWN_BYTES_MAX = 48L << 20;

  private static final long NONE = -1;

  private final Store store;
  private final long windowSeconds;
  private long present;
  private long previous;
  private boolean swept;
  private long knownBytes;

  Marks(Store store, int dedupeSeconds) {
    this.store = store;
    this.windowSeconds = dedupeSeconds;
    byte[] windows = store.get(Keys.WINDOWS);
    RowReader reader = new RowReader(windows == null ? new byte[] {0, 0} : windows);
    this.present = reader.number() - 1;
    this.previous = reader.number() - 1;
  }

  /// The windows as they are in mind.
  record Windows(long present, long previous, boolean swept) {}

  Windows windows() {
    return new Windows(present, previous, swept);
  }

  /// What began since was not kept.
  void undo(Windows before) {
    present = before.present();
    previous = before.previous();
    swept = before.swept();
  }

  /// Another node began a window.
  void absorbWindows(byte[] row) {
    RowReader reader = new RowReader(row);
    present = reader.number() - 1;
    previous = reader.number() - 1;
    swept = true; // by whoever began it
  }

  /// Another node kept a new entry of `log`, the next one.
  void absorbEntry(Log log, long seq, byte[] row) {
    log.recentBytes += row.length;
    RecentMarks recent = log.recent;
    if (recent == null) {
      return;
    }
    EntryRow.Request request = EntryRow.request(seq, row);
    if (!request.cid().isEmpty()) {
      recent.add(Mark.hash(request.from(), request.cid()), seq);
    }
    weigh(log);
  }

  /// Another node filed the mark of this key.
  void absorbFiled(Log log, byte[] key) {
    if (log.recent == null || !log.filedIsKnown) {
      return;
    }
    MarkFilter filter = log.filed == null ? new MarkFilter() : log.filed;
    filter.add(Mark.hash(Keys.userOfMark(key), Keys.cidOfMark(key)));
    log.filed = filter;
    weigh(log);
  }

  /// Another node filed the marks of the entries from `formerly` up to what `log` now says.
  void absorbFiledFrom(Log log, long formerly) {
    long before = Math.max(1, log.head - formerly + 1);
    long now = Math.max(0, log.head - log.meta.markedFrom() + 1);
    log.recentBytes = log.recentBytes * now / before; // about
    if (log.recent != null) {
      log.recent.forgetBefore(log.meta.markedFrom());
    }
    weigh(log);
  }

  /// Before anything else of a batch: begins a window when the present one is over, and deletes
  /// what is not consulted any more.
  void turn(Turn turn) {
    long now = turn.nowMillis / 1_000;
    if (present == NONE || now >= present + windowSeconds) {
      previous = present;
      present = now;
      swept = false;
      turn.batch.putUnseen(
          Keys.WINDOWS, new RowWriter(16).number(present + 1).number(previous + 1).done());
    }
    if (!swept && previous != NONE) {
      turn.batch.deleteRange(Keys.marks(0), Keys.marks(previous));
      swept = true;
    }
  }

  /// The answer to a request that was made before; empty if it is new.
  Optional<Answer> repeat(Turn turn, Log log, String user, String cid, byte[] digest) {
    if (cid.isEmpty()) {
      return Optional.empty();
    }
    long hash = Mark.hash(user, cid);
    Optional<Mark> mark = recent(turn, log, user, cid, hash);
    if (mark.isEmpty()) {
      mark = filed(turn, log, user, cid, hash);
    }
    weigh(log);
    return mark.map(found ->
        found.isFor(digest)
            ? new Answer.Appended(log.conversation, found.seq(), found.tsMillis(), turn.level, true)
            : Answer.Refused.permanently(CID, "cid was used for other data"));
  }

  private Optional<Mark> recent(Turn turn, Log log, String user, String cid, long hash) {
    RecentMarks recent = recent(log);
    long seq = recent.find(hash, Long.MAX_VALUE);
    while (seq > 0) {
      Optional<byte[]> row = turn.batch.find(Keys.entry(log.number(), seq), store);
      if (row.isPresent()) {
        EntryRow.Request request = EntryRow.request(seq, row.get());
        if (request.cid().equals(cid) && request.from().equals(user)) {
          return isOld(request.mark()) ? Optional.empty() : Optional.of(request.mark());
        }
      }
      seq = recent.find(hash, seq);
    }
    return Optional.empty();
  }

  private boolean isOld(Mark mark) {
    return previous != NONE && mark.tsMillis() / 1_000 < previous;
  }

  /// The marks of the newest entries, read from their rows if nobody has asked yet.
  private RecentMarks recent(Log log) {
    RecentMarks known = log.recent;
    if (known != null) {
      return known;
    }
    RecentMarks recent = new RecentMarks();
    log.recentBytes = 0;
    try (Store.Scan scan =
        store.ascending(
            Keys.entry(log.number(), log.meta.markedFrom()),
            Keys.entry(log.number(), Long.MAX_VALUE))) {
      while (scan.next()) {
        long seq = Keys.lastNumber(scan.key());
        byte[] row = scan.value();
        log.recentBytes += row.length;
        EntryRow.Request request = EntryRow.request(seq, row);
        if (!request.cid().isEmpty() && !isOld(request.mark())) {
          recent.add(Mark.hash(request.from(), request.cid()), seq);
        }
      }
    }
    log.recent = recent;
    log.filedIsKnown = !mayBeFiled(log);
    return recent;
  }

  /// Whether anything was filed of this log that may still be asked for.
  private boolean mayBeFiled(Log log) {
    return log.meta.filedSeconds() > 0 && (previous == NONE || log.meta.filedSeconds() >= previous);
  }

  private Optional<Mark> filed(Turn turn, Log log, String user, String cid, long hash) {
    if (!mayBeFiled(log)) {
      log.filed = null;
      log.filedIsKnown = true;
      return Optional.empty();
    }
    MarkFilter filter = log.filed;
    if (log.filedIsKnown && (filter == null || !filter.mayHave(hash))) {
      return Optional.empty();
    }
    Optional<byte[]> row = turn.batch.find(Keys.mark(present, log.number(), user, cid), store);
    if (row.isEmpty() && previous != NONE) {
      row = Optional.ofNullable(store.get(Keys.mark(previous, log.number(), user, cid)));
    }
    return row.map(Mark::of);
  }

  /// Remembers that `cid`, if there was one, led to `done` (seq 0: to no entry). To be called for
  /// every entry.
  void note(Turn turn, Log log, String user, String cid, byte[] digest, Answer.Appended done) {
    if (!cid.isEmpty()) {
      if (done.seq() > 0) {
        recent(log).add(Mark.hash(user, cid), done.seq());
      } else {
        file(turn, log, user, cid, new Mark(0, done.tsMillis(), digest));
        log.meta = log.meta.withMarks(log.meta.markedFrom(), turn.nowMillis / 1_000);
        turn.batch.putUnseen(Keys.meta(log.number()), log.meta.row());
      }
    }
    long kept = log.keptHead - log.meta.markedFrom() + 1;
    if (kept >= RECENT_ENTRIES_MAX || (log.recentBytes > RECENT_BYTES_MAX && kept > 1)) {
      fileBefore(turn, log, log.keptHead + 1);
    }
    weigh(log);
  }

  private void file(Turn turn, Log log, String user, String cid, Mark mark) {
    turn.batch.put(Keys.mark(present, log.number(), user, cid), mark.row());
    if (log.filedIsKnown) {
      MarkFilter filter = log.filed == null ? new MarkFilter() : log.filed;
      filter.add(Mark.hash(user, cid));
      log.filed = filter;
      if (filter.sizeBytes() > FILTER_BYTES_MAX) {
        log.filedIsKnown = false;
        log.filed = null;
      }
    }
  }

  /// Files the marks of the oldest entries among the newest, which then are no longer: some of
  /// those before `end`, which must be kept already.
  void fileBefore(Turn turn, Log log, long end) {
    long from = log.meta.markedFrom();
    long next = from;
    long bytes = 0;
    boolean filed = false;
    try (Store.Scan scan =
        store.ascending(Keys.entry(log.number(), from), Keys.entry(log.number(), end))) {
      while (next < from + FILED_ENTRIES && bytes < RECENT_BYTES_MAX / 2 && scan.next()) {
        long seq = Keys.lastNumber(scan.key());
        byte[] row = scan.value();
        EntryRow.Request request = EntryRow.request(seq, row);
        if (!request.cid().isEmpty() && !isOld(request.mark())) {
          file(turn, log, request.from(), request.cid(), request.mark());
          filed = true;
        }
        bytes += row.length;
        next = seq + 1;
      }
    }
    log.recentBytes -= bytes;
    if (log.recent != null) {
      log.recent.forgetBefore(next);
    }
    log.meta = log.meta.withMarks(next, filed ? turn.nowMillis / 1_000 : log.meta.filedSeconds());
    turn.batch.putUnseen(Keys.meta(log.number()), log.meta.row());
  }

  /// Whether more is kept in mind than may be.
  boolean isHeavy() {
    return knownBytes > KNOWN_BYTES_MAX;
  }

  /// Keeps account of what is kept in mind.
  private void weigh(Log log) {
    RecentMarks recent = log.recent;
    MarkFilter filter = log.filed;
    int bytes =
        (recent == null ? 0 : recent.sizeBytes()) + (filter == null ? 0 : filter.sizeBytes());
    knownBytes += bytes - log.marksBytes;
    log.marksBytes = bytes;
  }

  /// This log is no longer in mind.
  void forget(Log log) {
    knownBytes -= log.marksBytes;
  }

  void forgetAll() {
    knownBytes = 0;
  }
}
