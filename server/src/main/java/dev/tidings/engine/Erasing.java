package dev.tidings.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Empties what a user wrote, wherever that was, a little in each batch: all logs are walked once.
/// How far it has come is kept, so it goes on after a restart. Confined to the writer, but for
/// [#underWay()].
///
/// Like [Trimming] this happens before the changes of a batch.
final class Erasing {
  /// Rows looked at in one batch that nobody waits for.
  static final int ROWS_MAX = 4_096;

  private static final long BYTES_MAX = 1L << 20;

  /// A batch with changes in it looks at so much less.
  private static final int BUSY_SHARE = 16;

  /// How far it is with one user.
  ///
  /// @param until entries of later commits are not his any more: he has come back
  private record Progress(String user, long until, long number, long seq) {
    byte[] row() {
      return new RowWriter(32).number(until).number(number).number(seq).done();
    }

    static Progress of(byte[] key, byte[] row) {
      RowReader reader = new RowReader(row);
      return new Progress(Keys.erasedIn(key), reader.number(), reader.number(), reader.number());
    }
  }

  private final Store store;
  private final List<Progress> users = new ArrayList<>();

  private boolean known;
  private boolean finished;
  private volatile List<String> underWay;

  Erasing(Store store) {
    this.store = store;
    load();
    this.underWay = names();
  }

  private List<String> names() {
    return users.stream().map(Progress::user).toList();
  }

  /// Who is being erased. From any thread.
  List<String> underWay() {
    return underWay;
  }

  /// Whether all was emptied that a user wrote, since this was last asked.
  boolean takeFinished() {
    boolean now = finished;
    finished = false;
    return now;
  }

  private void load() {
    known = true;
    users.clear();
    try (Store.Scan scan = store.ascending(Keys.erased(""), Keys.erasedEnd())) {
      while (scan.next()) {
        users.add(Progress.of(scan.key(), scan.value()));
      }
    }
  }

  /// Another node began, went on or ended.
  void absorb() {
    load();
    underWay = names();
  }

  /// What was begun or done last was not kept.
  void forget() {
    known = false;
  }

  /// Whether somebody is being erased.
  boolean isDue() {
    if (!known) {
      load();
    }
    return !users.isEmpty();
  }

  /// What `user` wrote before this batch is going to be emptied.
  void begin(Turn turn, String user) {
    Progress progress = new Progress(user, turn.commit - 1, 0, 0);
    users.removeIf(other -> other.user().equals(user));
    users.add(progress);
    turn.batch.put(Keys.erased(user), progress.row());
    turn.whenKept(() -> underWay = names());
  }

  /// @param idle whether nobody waits for this batch
  void step(Turn turn, boolean idle) {
    Progress first = users.getFirst();
    Optional<Progress> next = walk(turn, first, idle ? 1 : BUSY_SHARE);
    users.removeFirst();
    if (next.isPresent()) {
      users.addFirst(next.get());
      turn.batch.put(Keys.erased(first.user()), next.get().row());
    } else {
      turn.batch.delete(Keys.erased(first.user()));
      turn.batch.putUnseen(Keys.ERASED, new RowWriter(10).number(turn.commit).done());
      turn.whenKept(() -> {
        underWay = names();
        finished = true;
      });
    }
  }

  /// Empties some; answers where it goes on.
  private Optional<Progress> walk(Turn turn, Progress from, int share) {
    int rows = 0;
    long bytes = 0;
    try (Store.Scan scan =
        store.ascending(Keys.entry(from.number(), from.seq()), Keys.entriesEnd())) {
      while (scan.next()) {
        long number = Keys.numberIn(scan.key());
        long seq = Keys.lastNumber(scan.key());
        if (rows == ROWS_MAX / share || bytes > BYTES_MAX / share) {
          return Optional.of(new Progress(from.user(), from.until(), number, seq));
        }
        byte[] row = scan.value();
        rows++;
        bytes += row.length;
        // As this batch leaves it so far: it may have been trimmed.
        turn.batch
            .find(scan.key(), store)
            .flatMap(now -> emptied(from, seq, now))
            .ifPresent(emptied -> turn.batch.put(scan.key(), emptied));
      }
    }
    return Optional.empty();
  }

  private static Optional<byte[]> emptied(Progress of, long seq, byte[] row) {
    if (!EntryRow.request(seq, row).from().equals(of.user())) {
      return Optional.empty();
    }
    Entry entry = EntryRow.read(seq, row);
    boolean says = entry.kind() == Entry.Kind.MESSAGE || entry.data().sizeBytes() > 0;
    return says && entry.commit() <= of.until() && entry.voidBy() != Entry.VoidBy.ERASE
        ? Optional.of(EntryRow.emptied(entry, row, Entry.VoidBy.ERASE))
        : Optional.empty();
  }
}
