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
///
/// The script bears the name of our keys and of the *reign*, which begins whenever another Redis
/// answers. What scripts a Redis knows it neither keeps nor tells its replicas: so one that does
/// not know this script is one that did not reign when it was asked last, and is looked at before
/// anything is kept there (succession.lua). That costs nothing as long as nothing happens.
final class Commits implements AutoCloseable {
  /// Where it stands among the arguments what is asked of a Redis that does not know the script.
  private static final int WITNESS = 10;

  /// What the script says that became of it.
  static final int KEPT = 1;

  /// The history is another one.
  static final int LOST = -3;

  static final byte[] NOTHING = new byte[0];
  static final byte[] NO = {'0'};
  static final byte[] YES = {'1'};

  private final Link link;
  private final Durability durability;

  private long reign;
  private Lua script;

  /// One of our own if it is kept waiting for replicas.
  private final Line line;

  Commits(Link link, Durability durability) {
    this.link = link;
    this.durability = durability;
    this.script = script();
    this.line = durability.wantsReplicas() ? link.line() : link.shared();
  }

  /// @param answer of the script
  /// @param level how safely it is kept, if it was
  record Commit(List<Object> answer, Level level) {}

  private Lua script() {
    return Script.COMMIT.lua().marked(link.prefix() + " in reign " + reign);
  }

  /// In which reign the next commits are to be made.
  void reign(long other) {
    if (other != reign) {
      reign = other;
      script = script();
      durability.reign(other);
    }
  }

  long reign() {
    return reign;
  }

  /// @param arguments of the script; the one about a Redis that does not know it is set here
  /// @throws NotKeptException if it was not even begun
  /// @throws StoreException if it is not known what became of it
  Commit commit(long millisMax, byte[]... arguments) {
    RedisClusterAsyncCommands<byte[], byte[]> redis = line.primary();
    arguments[WITNESS] = NOTHING;
    try {
      return done(redis, link.run(redis, script, arguments), millisMax);
    } catch (NotKeptException e) {
      if (!Link.isUnknown(e)) {
        throw e;
      }
      CutTail.leave(redis, line);
      arguments[WITNESS] = durability.isWitness() ? YES : NO;
      return done(redis, link.runText(redis, script, arguments), millisMax);
    }
  }

  private Commit done(
      RedisClusterAsyncCommands<byte[], byte[]> redis,
      RedisFuture<List<Object>> asked,
      long millisMax) {
    Asked how = durability.ask(redis);
    List<Object> answer = line.await(asked, millisMax);
    long became = (Long) answer.getFirst();
    if (became == LOST) {
      line.renew(); // perhaps only this one has gone back, and is the primary no more
    }
    return new Commit(answer, became == KEPT ? durability.prove(how, line) : Level.MEMORY);
  }

  @Override
  public void close() {
    if (line != link.shared()) {
      line.close();
    }
  }
}
