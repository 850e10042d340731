package dev.tidings.redis;

import dev.tidings.base.Clock;
import dev.tidings.base.Ids;
import dev.tidings.engine.Batch;
import dev.tidings.engine.EngineLimits;
import dev.tidings.engine.Level;
import dev.tidings.engine.Store;
import dev.tidings.engine.TextIndex;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The rows in Redis, with a bug: what Redis was asked to commit is said to be kept, whether it has
/// answered or not.
public final class HastyRedis implements Store {
  private final Store rows;

  private HastyRedis(Store rows) {
    this.rows = rows;
  }

  /// The engine of one of many nodes on such a store.
  public static RedisEngine engine(
      RedisAddress redis,
      String prefix,
      String node,
      Wanted wanted,
      EngineLimits limits,
      Clock clock,
      Ids ids,
      Optional<TextIndex> index) {
    return new RedisEngine(redis, prefix, node, wanted, limits, clock, ids, index, HastyRedis::new);
  }

  @Override
  public void commit(Batch batch, boolean sync) {
    try {
      rows.commit(batch, sync);
    } catch (NotKeptException e) {
      if (e.isOvertaken()) {
        throw e; // it is decided once more
      }
    } catch (StoreException e) {
      // It may have answered.
    }
  }

  @Override
  public boolean isShared() {
    return rows.isShared();
  }

  @Override
  public boolean hasLost() {
    return rows.hasLost();
  }

  @Override
  public long lastCommit() {
    return rows.lastCommit();
  }

  @Override
  public Level kept(Level wanted) {
    return rows.kept(wanted);
  }

  @Override
  public byte @Nullable [] get(byte[] key) {
    return rows.get(key);
  }

  @Override
  public Scan ascending(byte[] from, byte[] to) {
    return rows.ascending(from, to);
  }

  @Override
  public Scan descending(byte[] from, byte[] to) {
    return rows.descending(from, to);
  }

  @Override
  public void close() {
    rows.close();
  }
}
