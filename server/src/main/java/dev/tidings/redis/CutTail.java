package dev.tidings.redis;

import dev.tidings.base.Clock;
import dev.tidings.engine.Store.NotKeptException;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sees to it that a commit that was cut off never happens later.
///
/// A Redis that is killed while it writes a commit to its append-only file leaves half of a
/// transaction there. Started again it goes on without it, as it should; but it may leave the
/// beginning in the file, and does it after all when it is started once more, together with what
/// was written behind it (seen with 7.0.15; ADR 26). An entry that was never confirmed would push
/// those aside that were. So before anything is written to a Redis that was started anew, it has to
/// have begun another file.
final class CutTail {
  private static final Logger LOG = LoggerFactory.getLogger(CutTail.class);
  private static final long ASK_MILLIS = 2_000;

  /// Whoever has told it to waits so long for the end, too: until then nobody who comes anew can
  /// tell that all is synced.
  private static final long END_MILLIS = 3_000;

  private static final long LOOK_AGAIN_MILLIS = 5;

  private CutTail() {}

  /// To be called before the first script is run there.
  ///
  /// @throws NotKeptException if that has not begun in time
  static void leave(RedisClusterAsyncCommands<byte[], byte[]> redis, Line line) {
    if (!isOld(persistence(redis, line))) {
      return;
    }
    try {
      line.await(redis.bgrewriteaof(), ASK_MILLIS);
    } catch (NotKeptException e) {
      if (isOld(persistence(redis, line))) {
        LOG.warn("Redis may not be told to begin another append-only file: {}", e.getMessage());
      }
      return;
    }
    Clock clock = Clock.system();
    long end = clock.monotonicMillis() + END_MILLIS;
    String info = persistence(redis, line);
    while (isOld(info) || info.contains("\naof_rewrite_in_progress:1")) {
      if (clock.monotonicMillis() - end > 0) {
        if (isOld(info)) {
          throw new NotKeptException(
              "Redis has not begun another append-only file yet", false, null);
        }
        return;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LOOK_AGAIN_MILLIS));
      info = persistence(redis, line);
    }
  }

  private static String persistence(RedisClusterAsyncCommands<byte[], byte[]> redis, Line line) {
    return line.await(redis.info("persistence"), ASK_MILLIS);
  }

  /// Whether what is written goes to the file that it has read when it was started.
  private static boolean isOld(String persistence) {
    return persistence.contains("\naof_enabled:1") && persistence.contains("\naof_rewrites:0\r");
  }
}
