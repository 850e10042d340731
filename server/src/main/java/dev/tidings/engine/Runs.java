package dev.tidings.engine;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which run of an engine wrote which commits, in the store itself: so a commit number says the
/// same only where the same run wrote it. A store that was restored from a copy counts on from
/// there and takes numbers a second time, in another run.
///
/// The newest are remembered. One that wrote nothing gives its place to the next.
record Runs(List<Run> newest) {
  private static final int COUNT_MAX = 64;

  /// @param after it wrote the commits behind this one, up to the next run
  record Run(long after, long id) {}

  /// There is no such run.
  static final long UNKNOWN = 0;

  static Runs in(Store store) {
    return of(store.get(Keys.RUNS));
  }

  private static Runs of(byte @Nullable [] row) {
    List<Run> runs = new ArrayList<>();
    if (row != null) {
      RowReader reader = new RowReader(row);
      while (!reader.isAtEnd()) {
        runs.add(new Run(reader.number(), reader.number()));
      }
    }
    return new Runs(runs);
  }

  /// And a run begins behind the commit `after`.
  ///
  /// @param id drawn by chance, above 0
  Runs and(long after, long id) {
    List<Run> runs = new ArrayList<>(newest);
    if (!runs.isEmpty() && runs.getLast().after() == after) {
      runs.removeLast();
    }
    runs.add(new Run(after, id));
    return new Runs(runs.subList(Math.max(0, runs.size() - COUNT_MAX), runs.size()));
  }

  /// The run that wrote this commit, or [#UNKNOWN].
  long wrote(long commit) {
    for (int i = newest.size() - 1; i >= 0; i--) {
      if (newest.get(i).after() < commit) {
        return newest.get(i).id();
      }
    }
    return UNKNOWN;
  }

  byte[] row() {
    RowWriter row = new RowWriter(20 * newest.size());
    newest.forEach(run -> row.number(run.after()).number(run.id()));
    return row.done();
  }
}
