package dev.tidings.embedded;

import dev.tidings.base.Clock;
import dev.tidings.base.Ids;
import dev.tidings.engine.Batch;
import dev.tidings.engine.Engine;
import dev.tidings.engine.EngineLimits;
import dev.tidings.engine.Level;
import dev.tidings.engine.MemoryStore;
import dev.tidings.engine.Store;
import dev.tidings.engine.TextIndex;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A store with a bug: it says that a batch is kept when it has only taken note of it. The newest
/// batches are in memory alone, and go to the real store when others have come behind them.
public final class HastyStore implements Store {
  private static final int NOTED_MAX = 20;

  private static final byte[] FIRST = {};
  private static final byte[] LAST = filled();

  private final Store kept;
  private final Store all = new MemoryStore();
  private final Deque<Batch> noted = new ArrayDeque<>();

  private HastyStore(Store kept) {
    this.kept = kept;
    Batch batch = new Batch();
    try (Scan rows = kept.ascending(FIRST, LAST)) {
      while (rows.next()) {
        batch.put(rows.key(), rows.value());
      }
    }
    all.commit(batch, false);
  }

  private static byte[] filled() {
    byte[] key = new byte[64];
    Arrays.fill(key, (byte) 0xff);
    return key;
  }

  /// The embedded engine on such a store.
  public static Engine engine(
      Path data,
      Level level,
      EngineLimits limits,
      Clock clock,
      Ids ids,
      Optional<TextIndex> index) {
    return new EmbeddedEngine(
        new HastyStore(RocksStore.open(data, RocksStore.Memory.DEFAULTS)),
        DiskGuard.of(data, clock),
        BootId.ofThisMachine(),
        level,
        limits,
        clock,
        ids,
        index);
  }

  @Override
  public boolean hasLost() {
    return kept.hasLost();
  }

  @Override
  public byte @Nullable [] get(byte[] key) {
    return all.get(key);
  }

  @Override
  public Scan ascending(byte[] from, byte[] to) {
    return all.ascending(from, to);
  }

  @Override
  public Scan descending(byte[] from, byte[] to) {
    return all.descending(from, to);
  }

  @Override
  public void commit(Batch batch, boolean sync) {
    all.commit(batch, false);
    noted.addLast(batch);
    if (noted.size() > NOTED_MAX) {
      kept.commit(noted.removeFirst(), true);
    }
  }

  @Override
  public void close() {
    noted.forEach(batch -> kept.commit(batch, true));
    kept.close();
  }
}
