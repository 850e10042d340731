package dev.tidings.engine;

import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/// The in-memory twin of a store: a sorted map. Keeps what it was given until the process ends,
/// which is also what it tells the senders ([Level#MEMORY]).
///
/// A batch becomes visible step by step, so a reader beside the writer may see half of it; the
/// [LogReader] bounds what it shows by the last finished commit where that matters.
public final class MemoryStore implements Store {
  private final ConcurrentSkipListMap<byte[], byte[]> rows =
      new ConcurrentSkipListMap<>(Arrays::compareUnsigned);

  @Override
  public boolean hasLost() {
    return false;
  }

  @Override
  public byte @Nullable [] get(byte[] key) {
    return rows.get(key);
  }

  @Override
  public Scan ascending(byte[] from, byte[] to) {
    return new MapScan(rows.subMap(from, true, to, false).entrySet().iterator());
  }

  @Override
  public Scan descending(byte[] from, byte[] to) {
    return new MapScan(rows.subMap(from, true, to, false).descendingMap().entrySet().iterator());
  }

  @Override
  public void commit(Batch batch, boolean sync) {
    for (Batch.Step step : batch.steps()) {
      switch (step) {
        case Batch.Step.Put(byte[] key, byte[] value) -> rows.put(key, value);
        case Batch.Step.Delete(byte[] key) -> rows.remove(key);
        case Batch.Step.DeleteRange(byte[] from, byte[] to) ->
            rows.subMap(from, true, to, false).clear();
      }
    }
  }

  @Override
  public void close() {
    // Nothing to give back: a closed memory store may be opened again by the simulation, which is
    // how it plays a restart.
  }

  private static final class MapScan implements Scan {
    private final Iterator<Map.Entry<byte[], byte[]>> rows;
    private Map.@Nullable Entry<byte[], byte[]> row;

    MapScan(Iterator<Map.Entry<byte[], byte[]>> rows) {
      this.rows = rows;
    }

    @Override
    public boolean next() {
      row = rows.hasNext() ? rows.next() : null;
      return row != null;
    }

    @Override
    public byte[] key() {
      return current().getKey();
    }

    @Override
    public byte[] value() {
      return current().getValue();
    }

    private Map.Entry<byte[], byte[]> current() {
      Map.Entry<byte[], byte[]> here = row;
      if (here == null) {
        throw new IllegalStateException("no row here: next() was not called or said false");
      }
      return here;
    }

    @Override
    public void close() {}
  }
}
