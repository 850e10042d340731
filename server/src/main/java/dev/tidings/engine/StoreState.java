package dev.tidings.engine;

import dev.tidings.base.Ids;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The few numbers of a store itself, and the proof that it kept what it confirmed.
///
/// At opening it looks at how the last run ended. A run that confirmed entries without syncing them
/// and did not end cleanly may have lost some when the machine went down; then, or if the store
/// itself misses something, the *generation* rises, and with it every epoch changes and every older
/// cursor is refused (promise 3: told what is gone, never a silent hole). Confined to the writer,
/// except [#generation()].
final class StoreState {
  /// What is written; older ones are read too. 2: edits and recalls. 3: what moved lately; an older
  /// version would not go on with it.
  private static final long FORMAT = 3;

  private static final long FORMAT_OLDEST = 1;
  private static final int RUN_NAME_LENGTH = 10;
  private static final int GENERATION_LENGTH = 6;

  private final Store store;
  private final Level level;
  private final String boot;
  private final long generation;
  private long nextNumber;
  private long commit;

  private StoreState(Store store, Level level, String boot, long generation) {
    this.store = store;
    this.level = level;
    this.boot = boot;
    this.generation = generation;
    this.nextNumber = read(store, Keys.NEXT_NUMBER, 1);
    this.commit = read(store, Keys.COMMIT, 0);
  }

  /// Reads the numbers and notes that a run begins.
  ///
  /// @param boot names this start of the machine: what a process wrote unsynced outlives its kill,
  ///   but not the machine. `""` if unknown
  /// @param ids draws the name of this run
  static StoreState open(Store store, Level level, String boot, Ids ids) {
    if (store.get(Keys.IMPORTING) != null) {
      throw new Store.StoreException(
          "an import into this data did not end; delete it and import again", null);
    }
    long format = read(store, Keys.FORMAT, FORMAT);
    if (format < FORMAT_OLDEST || format > FORMAT) {
      throw new Store.StoreException(
          "the data has format %d, this version reads formats %d to %d"
              .formatted(format, FORMAT_OLDEST, FORMAT),
          null);
    }
    long generation = read(store, Keys.GENERATION, 0);
    if (store.hasLost() || mayHaveLost(store.get(Keys.RUN), boot)) {
      generation++;
    }
    StoreState state = new StoreState(store, level, boot, generation);
    if (store.isShared()) {
      return store.get(Keys.FORMAT) == null ? beginShared(store, level, boot, ids) : state;
    }
    Batch batch = new Batch();
    batch.put(Keys.FORMAT, number(FORMAT));
    batch.put(Keys.GENERATION, number(generation));
    batch.put(Keys.RUN, state.run(false));
    long run = Long.parseLong(ids.name(RUN_NAME_LENGTH), 36) + 1;
    batch.put(Keys.RUNS, Runs.in(store).and(state.commit, run).row());
    store.commit(batch, true);
    return state;
  }

  /// Makes a shared store; whoever comes second finds it made. Its generation is drawn by chance:
  /// it may stand where another one stood, of which clients have cursors still.
  private static StoreState beginShared(Store store, Level level, String boot, Ids ids) {
    long generation = Long.parseLong(ids.name(GENERATION_LENGTH), 36) + 1;
    StoreState state = new StoreState(store, level, boot, generation);
    Batch batch = new Batch();
    batch.put(Keys.FORMAT, number(FORMAT));
    batch.put(Keys.GENERATION, number(generation));
    state.keep(batch, true);
    return state;
  }

  /// Begins another generation of a shared store that has lost what it had confirmed. From then on
  /// every engine on it has to be opened anew.
  ///
  /// @param from the generation of who has noticed; if it is another one already, nothing is done
  static void raise(Store store, long from) {
    if (read(store, Keys.FORMAT, 0) > 0 && read(store, Keys.GENERATION, 0) == from) {
      Batch batch = new Batch();
      batch.put(Keys.GENERATION, number(from + 1));
      batch.putUnseen(Keys.COMMIT, number(read(store, Keys.COMMIT, 0) + 1));
      store.commit(batch, true);
    }
  }

  private static boolean mayHaveLost(byte @Nullable [] run, String boot) {
    if (run == null) {
      return false;
    }
    RowReader reader = new RowReader(run);
    boolean synced = reader.octet() == 1;
    boolean ended = reader.octet() == 1;
    String lastBoot = reader.counted();
    return !synced && !ended && (boot.isEmpty() || !boot.equals(lastBoot));
  }

  private byte[] run(boolean ended) {
    return new RowWriter(48)
        .octet(level == Level.MEMORY ? 0 : 1)
        .octet(ended ? 1 : 0)
        .counted(boot)
        .done();
  }

  /// Notes that the run ended with everything kept.
  void end() {
    if (store.isShared()) {
      return; // the others go on
    }
    Batch batch = new Batch();
    batch.put(Keys.RUN, run(true));
    store.commit(batch, true);
  }

  long generation() {
    return generation;
  }

  /// The number of the last commit.
  long commit() {
    return commit;
  }

  /// Keeps `batch` under the next commit number, which counts once that is done.
  void keep(Batch batch, boolean sync) {
    batch.putUnseen(Keys.COMMIT, number(commit + 1));
    store.commit(batch, sync);
    commit++;
  }

  /// Another node kept this row of a shared store.
  void absorb(byte[] key, byte[] value) {
    if (Arrays.equals(key, Keys.COMMIT)) {
      commit = new RowReader(value).number();
    } else if (Arrays.equals(key, Keys.NEXT_NUMBER)) {
      nextNumber = new RowReader(value).number();
    }
  }

  /// A number for a new conversation. One taken for a batch that was then not kept is never used.
  long takeNumber(Batch batch) {
    long taken = nextNumber++;
    batch.putUnseen(Keys.NEXT_NUMBER, number(nextNumber));
    return taken;
  }

  private static long read(Store store, byte[] key, long absent) {
    byte[] row = store.get(key);
    return row == null ? absent : new RowReader(row).number();
  }

  private static byte[] number(long value) {
    return new RowWriter(10).number(value).done();
  }
}
