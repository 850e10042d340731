package dev.tidings.redis;

import dev.tidings.engine.Store;
import dev.tidings.engine.Store.NotKeptException;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A connection to whichever Redis is the primary, in place of which another one is opened when
/// there is reason to think that it is none any more. Commands of one thread keep their order. May
/// be used from any thread that may block.
final class Line implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Line.class);

  /// What a primary answers that is none any more.
  private static final String READ_ONLY = "READONLY";

  private final Supplier<StatefulConnection<byte[], byte[]>> opening;
  private final Runnable look;
  private final byte[] key;
  private volatile StatefulConnection<byte[], byte[]> connection;
  private final AtomicBoolean renewing = new AtomicBoolean();
  private volatile boolean closed;

  /// Connects.
  ///
  /// @param look looks again where everything is
  /// @param key one of those that are asked for
  /// @throws RedisException if that does not succeed
  Line(Supplier<StatefulConnection<byte[], byte[]>> opening, Runnable look, byte[] key) {
    this.opening = opening;
    this.look = look;
    this.key = key;
    this.connection = opening.get();
  }

  RedisClusterAsyncCommands<byte[], byte[]> commands() {
    return commands(connection);
  }

  static RedisClusterAsyncCommands<byte[], byte[]> commands(
      StatefulConnection<byte[], byte[]> connection) {
    return switch (connection) {
      case StatefulRedisClusterConnection<byte[], byte[]> many -> many.async();
      case StatefulRedisConnection<byte[], byte[]> one -> one.async();
      default -> throw new IllegalStateException("a connection of an unknown kind");
    };
  }

  /// The one process that has our keys: for what concerns it, and for what must go to the same one
  /// in order.
  ///
  /// @throws NotKeptException if there is none at present
  RedisClusterAsyncCommands<byte[], byte[]> primary() {
    return primary(connection, key);
  }

  static RedisClusterAsyncCommands<byte[], byte[]> primary(
      StatefulConnection<byte[], byte[]> connection, byte[] key) {
    if (!(connection instanceof StatefulRedisClusterConnection<byte[], byte[]> many)) {
      return commands(connection);
    }
    RedisClusterNode owner = many.getPartitions().getPartitionBySlot(SlotHash.getSlot(key));
    if (owner == null) {
      throw new NotKeptException("the Redis Cluster has nobody for our keys", false, null);
    }
    RedisURI uri = owner.getUri();
    try {
      return many.getConnection(uri.getHost(), uri.getPort()).async();
    } catch (RedisException e) {
      throw new NotKeptException("Redis is not there: " + words(e), false, e);
    }
  }

  /// Whoever is at the other end does not answer, or is not the primary any more, and may never be
  /// again: another connection is opened beside, and takes the place of this one once it is there.
  void renew() {
    if (!closed && renewing.compareAndSet(false, true)) {
      Thread.ofVirtual().name("redis-renewal").start(this::takeAnother);
    }
  }

  private void takeAnother() {
    try {
      look.run();
      StatefulConnection<byte[], byte[]> before = connection;
      connection = opening.get();
      before.closeAsync();
      if (closed) {
        connection.closeAsync();
      }
    } catch (RedisException | RejectedExecutionException e) {
      LOG.debug("no other connection yet, or none any more", e);
    } finally {
      renewing.set(false);
    }
  }

  /// Waits for an answer.
  ///
  /// @throws NotKeptException if Redis refused, or was not even asked
  /// @throws Store.StoreException if it is not known whether it did what it was asked
  <T> T await(RedisFuture<T> asked, long millisMax) {
    try {
      return asked.get(millisMax, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      asked.cancel(true);
      renew();
      throw new Store.StoreException("Redis does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Store.StoreException("interrupted while waiting for Redis", e);
    } catch (ExecutionException e) {
      throw failure(e.getCause() == null ? e : e.getCause());
    }
  }

  private Store.StoreException failure(Throwable cause) {
    if (cause instanceof RedisCommandExecutionException refused) {
      String words = words(refused);
      if (words.contains(READ_ONLY) || words.startsWith("MOVED")) {
        renew();
      }
      // A script that fails half-way leaves what it did; one that is not begun leaves nothing.
      return words.contains("user_script")
          ? new Store.StoreException("Redis could not finish: " + words, cause)
          : new NotKeptException("Redis refuses: " + words, false, cause);
    }
    return new Store.StoreException("Redis is not there: " + words(cause), cause);
  }

  /// What the first cause of all says.
  static String words(@Nullable Throwable cause) {
    if (cause == null) {
      return "no address";
    }
    Throwable deepest = cause;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    String message = deepest.getMessage();
    return message == null ? deepest.getClass().getSimpleName() : message;
  }

  @Override
  public void close() {
    closed = true;
    connection.close();
  }
}
