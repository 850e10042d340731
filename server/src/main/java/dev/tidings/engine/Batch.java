package dev.tidings.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What one commit writes, in order. Also answers reads of what it is going to write, so that the
/// second change of a commit sees the first. Confined to the writer.
public final class Batch {
  /// One step of a batch.
  public sealed interface Step {
    record Put(byte[] key, byte[] value) implements Step {}

    record Delete(byte[] key) implements Step {}

    /// Deletes all keys from `from` up to but not including `to`. Not seen by [Batch#find].
    record DeleteRange(byte[] from, byte[] to) implements Step {}
  }

  private static final int PUT = 0;
  private static final int DELETE = 1;
  private static final int DELETE_RANGE = 2;
  private static final byte[] NOTHING = new byte[0];

  private final List<Step> steps = new ArrayList<>();
  private byte[] said = NOTHING;
  private final Map<Key, Optional<byte[]>> written = new HashMap<>();

  public void put(byte[] key, byte[] value) {
    steps.add(new Step.Put(key, value));
    written.put(new Key(key), Optional.of(value));
  }

  /// A put that nobody looks up before the commit: spares the index.
  void putUnseen(byte[] key, byte[] value) {
    steps.add(new Step.Put(key, value));
  }

  public void delete(byte[] key) {
    steps.add(new Step.Delete(key));
    written.put(new Key(key), Optional.empty());
  }

  public void deleteRange(byte[] from, byte[] to) {
    steps.add(new Step.DeleteRange(from, to));
  }

  /// What is under `key` after this batch, or what `store` has if the batch does not touch it.
  Optional<byte[]> find(byte[] key, Store store) {
    if (!written.isEmpty()) {
      Optional<byte[]> own = written.get(new Key(key));
      if (own != null) {
        return own;
      }
    }
    return Optional.ofNullable(store.get(key));
  }

  /// What [#putUnseen] put under `key`, which takes a search.
  Optional<byte[]> findUnseen(byte[] key) {
    for (int i = steps.size() - 1; i >= 0; i--) {
      if (steps.get(i) instanceof Step.Put(byte[] other, byte[] value)
          && Arrays.equals(other, key)) {
        return Optional.of(value);
      }
    }
    return Optional.empty();
  }

  public boolean isEmpty() {
    return steps.isEmpty();
  }

  /// The steps, in order.
  public List<Step> steps() {
    return steps;
  }

  /// What the other nodes of a shared store are told beside the rows ([CommittedRow]).
  byte[] said() {
    return said;
  }

  void say(byte[] what) {
    said = what;
  }

  /// The whole batch as bytes, for the other nodes of a shared store.
  public byte[] row() {
    RowWriter row = new RowWriter(64 + 128 * steps.size()).number(steps.size());
    for (Step step : steps) {
      switch (step) {
        case Step.Put(byte[] key, byte[] value) -> row.octet(PUT).counted(key).counted(value);
        case Step.Delete(byte[] key) -> row.octet(DELETE).counted(key);
        case Step.DeleteRange(byte[] from, byte[] to) ->
            row.octet(DELETE_RANGE).counted(from).counted(to);
      }
    }
    return row.rest(said).done();
  }

  /// What [#row()] wrote.
  ///
  /// @throws RuntimeException if it is damaged
  public static Batch of(byte[] row) {
    RowReader reader = new RowReader(row);
    Batch batch = new Batch();
    long count = reader.number();
    for (long i = 0; i < count; i++) {
      switch (reader.octet()) {
        case PUT -> batch.putUnseen(reader.countedBytes(), reader.countedBytes());
        case DELETE -> batch.delete(reader.countedBytes());
        case DELETE_RANGE -> batch.deleteRange(reader.countedBytes(), reader.countedBytes());
        default -> throw new IllegalStateException("damaged row: a step of an unknown kind");
      }
    }
    batch.say(reader.rest());
    return batch;
  }

  private static final class Key {
    private final byte[] bytes;
    private final int hash;

    Key(byte[] bytes) {
      this.bytes = bytes;
      this.hash = Arrays.hashCode(bytes);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key key && Arrays.equals(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }
}
