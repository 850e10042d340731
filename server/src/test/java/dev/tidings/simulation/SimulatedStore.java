package dev.tidings.simulation;

import dev.tidings.engine.Batch;
import dev.tidings.engine.KeptLogs;
import dev.tidings.engine.MemoryStore;
import dev.tidings.engine.Store;
import org.jspecify.annotations.Nullable;

/// A memory store that outlives the server on it, and lets other threads run where they may matter:
/// readers in the very moments before and after a commit, the writer between the steps of a read.
final class SimulatedStore implements Store {
  private final MemoryStore rows = new MemoryStore();
  private final KeptLogs kept = new KeptLogs(rows);
  private Runnable duringCommit = () -> {};
  private Runnable duringRead = () -> {};

  /// What other threads do while one commits, and while one reads.
  void meanwhile(Runnable commits, Runnable reads) {
    duringCommit = commits;
    duringRead = reads;
  }

  /// What stands in it, for comparison.
  KeptLogs kept() {
    return kept;
  }

  @Override
  public boolean hasLost() {
    return false;
  }

  @Override
  public byte @Nullable [] get(byte[] key) {
    byte[] value = rows.get(key);
    duringRead.run();
    return value;
  }

  @Override
  public Scan ascending(byte[] from, byte[] to) {
    return new SteppingScan(rows.ascending(from, to));
  }

  @Override
  public Scan descending(byte[] from, byte[] to) {
    return new SteppingScan(rows.descending(from, to));
  }

  @Override
  public void commit(Batch batch, boolean sync) {
    duringCommit.run();
    rows.commit(batch, sync);
    kept.committed(batch);
    duringCommit.run();
  }

  /// A walk behind which time passes; within it nothing changes, as in a snapshot.
  private final class SteppingScan implements Scan {
    private final Scan scan;

    SteppingScan(Scan scan) {
      this.scan = scan;
    }

    @Override
    public boolean next() {
      return scan.next();
    }

    @Override
    public byte[] key() {
      return scan.key();
    }

    @Override
    public byte[] value() {
      return scan.value();
    }

    @Override
    public void close() {
      scan.close();
      duringRead.run();
    }
  }

  @Override
  public void close() {
    // the next server opens it again
  }
}
