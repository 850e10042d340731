package dev.tidings.engine;

import org.jspecify.annotations.Nullable;

/// An ordered map of bytes to bytes that keeps batches whole: all of a batch or nothing of it, in
/// the order of the commits. Keys compare as unsigned bytes.
///
/// [#commit(Batch, boolean)] is called by one thread at a time; reads may come from any thread
/// beside it and see only whole batches.
public interface Store extends AutoCloseable {
  /// Rows whose keys begin with this byte are small, many, looked up one by one and deleted by
  /// ranges: a store may keep them in another way than the rest, as long as nobody notices.
  byte MARKS = 'D';

  /// Whether batches that were kept are missing since the store was opened, or the store cannot
  /// prove the contrary. What is there is whole and ends where the loss begins.
  boolean hasLost();

  /// The value under `key`, or null.
  byte @Nullable [] get(byte[] key);

  /// Whether other nodes commit to the same rows. Then every commit carries on the number of the
  /// one before, tells what became true ([Batch#said]), and is refused if it was overtaken.
  default boolean isShared() {
    return false;
  }

  /// How safely all is kept that was committed until now. A store that keeps its word at any time
  /// answers what is wanted of it.
  default Level kept(Level wanted) {
    return wanted;
  }

  /// The number of the last commit that any node has kept, if this is shared: it may be ahead of
  /// what this one has taken over. Else 0, for who commits knows it.
  default long lastCommit() {
    return 0;
  }

  /// Walks keys from `from` up to but not including `to`.
  Scan ascending(byte[] from, byte[] to);

  /// Walks keys below `to` down to and including `from`.
  Scan descending(byte[] from, byte[] to);

  /// Keeps a batch. When it returns and `sync` was asked, the batch survives power loss.
  ///
  /// @throws NotKeptException if nothing of it was kept, for sure
  /// @throws StoreException if it could not be kept; what then is on disk is unknown until reopened
  void commit(Batch batch, boolean sync);

  /// Much was deleted: a good moment to give the disk back, in the background. Called by the
  /// committing thread; must not keep it.
  default void giveBack() {}

  /// Rows were written anew whose old values must not be found in any file: they go soon, in the
  /// background. Called by the committing thread; must not keep it.
  default void forgetOverwritten() {}

  /// Keeps a batch that may be missing after a power loss without anything being lost: it is synced
  /// with the next one that is.
  default void commitUnsynced(Batch batch) {
    commit(batch, false);
  }

  @Override
  void close();

  /// A walk over keys. Starts before the first; close it.
  interface Scan extends AutoCloseable {
    /// Steps on; `false` at the end.
    boolean next();

    byte[] key();

    byte[] value();

    @Override
    void close();
  }

  /// The store failed; the message says how.
  class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StoreException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /// Nothing of a batch was kept, and nothing of it will be.
  final class NotKeptException extends StoreException {
    private static final long serialVersionUID = 1L;
    private final boolean overtaken;

    /// @param overtaken another node kept something first: the same changes are decided again
    public NotKeptException(String message, boolean overtaken, @Nullable Throwable cause) {
      super(message, cause);
      this.overtaken = overtaken;
    }

    public boolean isOvertaken() {
      return overtaken;
    }
  }
}
