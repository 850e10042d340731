package dev.tidings.engine;

/// What [Moves] knows, in the store, so that it is known again after a restart, also after a kill:
/// each commit that moves conversations writes one row that names them. Confined to the writer.
///
/// Only the newest rows are kept. Whoever asks about older commits is told that anything may have
/// moved since, as by [Moves].
final class MoveRows {
  /// Rows kept; also bounds what the next start reads.
  static final int ROWS_MAX = 32_768;

  /// Conversations named by the rows kept, in all.
  static final int NAMED_MAX = 262_144;

  private final Store store;

  /// How many conversations each row names, at its place modulo [#ROWS_MAX].
  private final int[] named = new int[ROWS_MAX];

  private int namedInAll;

  /// The place of the oldest row, and that of the next one.
  private long oldest;

  private long next;

  /// Where everything stood before a row was written that may not be kept.
  private record Point(long oldest, long next, int namedInAll, int overwritten) {}

  private Point lastPoint = new Point(0, 0, 0, 0);

  MoveRows(Store store) {
    this.store = store;
  }

  /// What the rows tell, from the oldest to the newest.
  ///
  /// @param commit the last one; a mark may be of the one to come
  Moves load(long commit) {
    Moves moves = null;
    try (Store.Scan scan = store.ascending(Keys.moves(0), Keys.movesEnd())) {
      while (scan.next()) {
        next = Keys.lastNumber(scan.key());
        RowReader row = new RowReader(scan.value());
        long by = row.number();
        if (moves == null) {
          oldest = next;
          moves = new Moves(by); // of the same commit an older row may have gone
        }
        note(row, by, moves);
      }
    }
    return moves == null ? new Moves(commit + 1) : moves;
  }

  /// Writes which conversations this batch moves, ascending and each once, and drops old rows.
  void write(Turn turn, long[] numbers) {
    if (numbers.length == 0) {
      return;
    }
    RowWriter row = new RowWriter(10 + 3 * numbers.length).number(turn.commit);
    long before = 0;
    for (long number : numbers) {
      row.number(number - before);
      before = number;
    }
    turn.batch.putUnseen(Keys.moves(next), row.done());
    lastPoint = new Point(oldest, next, namedInAll, named[place(next)]);
    while (oldest < next && (next - oldest >= ROWS_MAX || namedInAll > NAMED_MAX)) {
      turn.batch.delete(Keys.moves(oldest));
      namedInAll -= named[place(oldest)];
      oldest++;
    }
    note(numbers.length);
  }

  /// The row that was written last was not kept.
  void undo() {
    oldest = lastPoint.oldest();
    next = lastPoint.next();
    namedInAll = lastPoint.namedInAll();
    named[place(next)] = lastPoint.overwritten();
  }

  /// Another node kept this row of a shared store.
  void absorb(byte[] key, byte[] value, Moves moves) {
    if (next == oldest) {
      next = Keys.lastNumber(key);
      oldest = next;
    }
    RowReader row = new RowReader(value);
    note(row, row.number(), moves);
  }

  /// Another node dropped this row.
  void absorbDeleted(byte[] key) {
    long place = Keys.lastNumber(key);
    if (place == oldest && oldest < next) {
      namedInAll -= named[place(oldest)];
      oldest++;
    }
  }

  /// The next row names what is left of `row`, moved by this commit.
  private void note(RowReader row, long by, Moves moves) {
    long number = 0;
    int count = 0;
    while (!row.isAtEnd()) {
      number += row.number();
      moves.note(number, by);
      count++;
    }
    note(count);
  }

  private void note(int count) {
    named[place(next)] = count;
    namedInAll += count;
    next++;
  }

  private static int place(long row) {
    return (int) (row % ROWS_MAX);
  }
}
