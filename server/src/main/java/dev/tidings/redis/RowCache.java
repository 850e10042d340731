package dev.tidings.redis;

import dev.tidings.engine.Batch;
import dev.tidings.engine.Batch.Step;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Rows that were looked up one by one, and such as are not there; follows every commit, so it says
/// what the store says. The longest unused goes first. Confined to the owner of the store.
final class RowCache {
  private static final long BYTES_MAX = 32L << 20;

  /// What a row costs beside its bytes, roughly.
  private static final int ROW_BYTES = 128;

  /// @param value null: there is none
  record Row(byte @Nullable [] value) {}

  private record Key(byte[] bytes) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Key key && Arrays.equals(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }
  }

  private final LinkedHashMap<Key, Row> rows =
      new LinkedHashMap<>(1024, 0.75f, /* accessOrder= */ true);
  private long bytes;

  @Nullable Row find(byte[] key) {
    return rows.get(new Key(key));
  }

  void add(byte[] key, byte @Nullable [] value) {
    put(new Key(key), new Row(value));
    Iterator<Map.Entry<Key, Row>> oldest = rows.entrySet().iterator();
    while (bytes > BYTES_MAX && oldest.hasNext()) {
      Map.Entry<Key, Row> unused = oldest.next();
      bytes -= sizeOf(unused.getKey(), unused.getValue());
      oldest.remove();
    }
  }

  private void put(Key key, Row row) {
    Row before = rows.put(key, row);
    bytes += sizeOf(key, row) - (before == null ? 0 : sizeOf(key, before));
  }

  private static int sizeOf(Key key, Row row) {
    byte[] value = row.value();
    return ROW_BYTES + key.bytes().length + (value == null ? 0 : value.length);
  }

  /// A batch was kept, by whomever.
  void follow(Batch batch) {
    for (Step step : batch.steps()) {
      switch (step) {
        case Step.Put(byte[] key, byte[] value) -> change(key, value);
        case Step.Delete(byte[] key) -> change(key, null);
        case Step.DeleteRange(byte[] from, byte[] to) -> deleteRange(from, to);
      }
    }
  }

  private void change(byte[] key, byte @Nullable [] value) {
    Key known = new Key(key);
    if (rows.containsKey(known)) {
      put(known, new Row(value));
    }
  }

  /// Rare, and not worth more than a walk.
  private void deleteRange(byte[] from, byte[] to) {
    Iterator<Map.Entry<Key, Row>> all = rows.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<Key, Row> each = all.next();
      if (Place.isBetween(each.getKey().bytes(), from, to)) {
        bytes -= sizeOf(each.getKey(), each.getValue());
        all.remove();
      }
    }
  }

  void clear() {
    rows.clear();
    bytes = 0;
  }
}
