package dev.tidings.redis;

import dev.tidings.engine.Store;
import dev.tidings.engine.Store.NotKeptException;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/// The connections to Redis, wherever that is, and what can go wrong with them in our words. May be
/// used from any thread that may block.
final class Link implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(2);

  /// One client and what it opened.
  private record Client(Supplier<StatefulConnection<byte[], byte[]>> connect, Runnable end) {}

  private final byte[] ours;
  private final Client client;
  private final StatefulConnection<byte[], byte[]> shared;

  private Link(String prefix, Client client, StatefulConnection<byte[], byte[]> shared) {
    this.ours = ("{" + prefix + "}:").getBytes(StandardCharsets.UTF_8);
    this.client = client;
    this.shared = shared;
  }

  /// Connects.
  ///
  /// @param prefix what all our keys have in common
  /// @throws Store.StoreException in words for an operator
  static Link open(RedisURI address, String prefix) {
    try {
      Link link = open(prefix, single(address));
      if (!link.isCluster()) {
        return link;
      }
      link.close();
      return open(prefix, cluster(address));
    } catch (RedisException e) {
      throw new Store.StoreException("Redis is not there: " + words(e), e);
    }
  }

  private static Link open(String prefix, Client client) {
    try {
      return new Link(prefix, client, client.connect().get());
    } catch (RedisException e) {
      client.end().run();
      throw e;
    }
  }

  /// The same connections for keys of another prefix.
  Link under(String prefix) {
    return new Link(prefix, client, shared);
  }

  private static Client single(RedisURI address) {
    RedisClient client = RedisClient.create(address);
    client.setOptions(options());
    return new Client(() -> client.connect(ByteArrayCodec.INSTANCE), () -> end(client::shutdown));
  }

  private static Client cluster(RedisURI address) {
    RedisClusterClient client = RedisClusterClient.create(address);
    client.setOptions(ClusterClientOptions.builder(options()).build());
    return new Client(() -> client.connect(ByteArrayCodec.INSTANCE), () -> end(client::shutdown));
  }

  private static ClientOptions options() {
    return ClientOptions.builder()
        .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
        .socketOptions(SocketOptions.builder().connectTimeout(CONNECT).tcpNoDelay(true).build())
        .build();
  }

  private interface Ending {
    void shutdown(Duration quiet, Duration most);
  }

  private static void end(Ending client) {
    client.shutdown(Duration.ZERO, CONNECT);
  }

  private boolean isCluster() {
    return info("cluster").contains("cluster_enabled:1");
  }

  /// What Redis says of itself.
  String info(String section) {
    return await(commands().info(section), CONNECT.toMillis());
  }

  /// The connection that everybody shares.
  RedisClusterAsyncCommands<byte[], byte[]> commands() {
    return commands(shared);
  }

  /// One more connection, for who blocks it.
  StatefulConnection<byte[], byte[]> connect() {
    try {
      return client.connect().get();
    } catch (RedisException e) {
      throw new Store.StoreException("Redis is not there: " + words(e), e);
    }
  }

  static RedisClusterAsyncCommands<byte[], byte[]> commands(
      StatefulConnection<byte[], byte[]> connection) {
    return switch (connection) {
      case StatefulRedisClusterConnection<byte[], byte[]> many -> many.async();
      case StatefulRedisConnection<byte[], byte[]> one -> one.async();
      default -> throw new IllegalStateException("a connection of an unknown kind");
    };
  }

  /// The key of this space.
  byte[] key(String space) {
    byte[] name = space.getBytes(StandardCharsets.UTF_8);
    byte[] key = new byte[ours.length + name.length];
    System.arraycopy(ours, 0, key, 0, ours.length);
    System.arraycopy(name, 0, key, ours.length, name.length);
    return key;
  }

  /// Runs a script as one step.
  List<Object> run(Script script, long millisMax, byte[]... arguments) {
    byte[][] keys = {ours};
    try {
      return await(
          commands().evalsha(script.digest(), ScriptOutputType.MULTI, keys, arguments), millisMax);
    } catch (NotKeptException e) {
      if (!(e.getCause() instanceof RedisNoScriptException)) {
        throw e;
      }
      return await(
          commands().eval(script.text(), ScriptOutputType.MULTI, keys, arguments), millisMax);
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
      throw new Store.StoreException("Redis does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Store.StoreException("interrupted while waiting for Redis", e);
    } catch (ExecutionException e) {
      throw failure(e.getCause() == null ? e : e.getCause());
    }
  }

  private static Store.StoreException failure(Throwable cause) {
    if (cause instanceof RedisCommandExecutionException refused) {
      String words = words(refused);
      // A script that fails half-way leaves what it did; one that is not begun leaves nothing.
      return words.contains("user_script")
          ? new Store.StoreException("Redis could not finish: " + words, cause)
          : new NotKeptException("Redis refuses: " + words, false, cause);
    }
    return new Store.StoreException("Redis is not there: " + words(cause), cause);
  }

  private static String words(Throwable cause) {
    Throwable deepest = cause;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    String message = deepest.getMessage();
    return message == null ? deepest.getClass().getSimpleName() : message;
  }

  @Override
  public void close() {
    shared.close();
    client.end().run();
  }
}
