package dev.tidings.engine;

import org.jspecify.annotations.Nullable;

/// A store in memory that can be told to fail, and how.
public final class FaultyStore implements Store {
  /// What the next commit comes to.
  public enum Fault {
    NONE,
    /// It fails, and nothing of it is kept.
    LOSES,
    /// It fails, and yet it is found later.
    KEEPS
  }

  private final Store rows = new MemoryStore();
  private Fault fault = Fault.NONE;
  private boolean unreadable;
  private boolean lost;
  private Runnable beforeCommit = () -> {};
  private int commits;

  public void failsNext(Fault next) {
    fault = next;
  }

  public void setUnreadable(boolean now) {
    unreadable = now;
  }

  /// As if the next opening found that something is missing.
  public void setLost(boolean now) {
    lost = now;
  }

  public void beforeCommit(Runnable task) {
    beforeCommit = task;
  }

  public int commits() {
    return commits;
  }

  @Override
  public boolean hasLost() {
    return lost;
  }

  @Override
  public byte @Nullable [] get(byte[] key) {
    checkReadable();
    return rows.get(key);
  }

  @Override
  public Scan ascending(byte[] from, byte[] to) {
    checkReadable();
    return rows.ascending(from, to);
  }

  @Override
  public Scan descending(byte[] from, byte[] to) {
    checkReadable();
    return rows.descending(from, to);
  }

  private void checkReadable() {
    if (unreadable) {
      throw new StoreException("a bad block", null);
    }
  }

  @Override
  public void commit(Batch batch, boolean sync) {
    beforeCommit.run();
    Fault now = fault;
    fault = Fault.NONE;
    if (now != Fault.LOSES) {
      rows.commit(batch, sync);
      commits++;
    }
    if (now != Fault.NONE) {
      throw new StoreException("the disk is gone", null);
    }
  }

  @Override
  public void close() {
    rows.close();
  }
}
