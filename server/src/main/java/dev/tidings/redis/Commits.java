package dev.tidings.redis;

import dev.tidings.engine.Level;
import dev.tidings.engine.Store.NotKeptException;
import dev.tidings.engine.Store.StoreException;
import dev.tidings.redis.Durability.Asked;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.List;

/// Asks Redis to commit, and behind it on the same connection how safely that is kept: one round
/// trip. Confined to who commits.
final class Commits implements AutoCloseable {
  private final Link link;
  private final Durability durability;

  /// One of our own if it is kept waiting for replicas.
  private final Line line;

  Commits(Link link, Durability durability) {
    this.link = link;
    this.durability = durability;
    this.line = durability.wantsReplicas() ? link.line() : link.shared();
  }

  /// @param answer of the script
  /// @param level how safely it is kept, if it was
  record Commit(List<Object> answer, Level level) {}

  /// @throws NotKeptException if it was not even begun
  /// @throws StoreException if it is not known what became of it
  Commit commit(long millisMax, byte[]... arguments) {
    RedisClusterAsyncCommands<byte[], byte[]> redis = line.primary();
    try {
      return done(redis, link.run(redis, Script.COMMIT, arguments), millisMax);
    } catch (NotKeptException e) {
      if (!Link.isUnknown(e)) {
        throw e;
      }
      return done(redis, link.runText(redis, Script.COMMIT, arguments), millisMax);
    }
  }

  private Commit done(
      RedisClusterAsyncCommands<byte[], byte[]> redis,
      RedisFuture<List<Object>> asked,
      long millisMax) {
    Asked how = durability.ask(redis);
    List<Object> answer = line.await(asked, millisMax);
    boolean kept = (Long) answer.getFirst() == 1;
    return new Commit(answer, kept ? durability.prove(how, line) : Level.MEMORY);
  }

  @Override
  public void close() {
    if (line != link.shared()) {
      line.close();
    }
  }
}
