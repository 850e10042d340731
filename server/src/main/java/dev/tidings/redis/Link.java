package dev.tidings.redis;

import dev.tidings.engine.Store;
import dev.tidings.engine.Store.NotKeptException;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.Delay;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The connections to Redis, wherever that is, and what can go wrong with them in our words. May be
/// used from any thread that may block.
final class Link implements AutoCloseable {
  private static final Duration CONNECT = RedisAddress.CONNECT;
  private static final Duration RECONNECT = Duration.ofMillis(200);

  /// How often is looked who serves which slots of a Cluster; sooner if it shows.
  private static final Duration LOOK = Duration.ofSeconds(5);

  private static final int THREADS = 2;

  /// One client and what it opened.
  ///
  /// @param look looks again where everything is
  private record Client(
      Supplier<StatefulConnection<byte[], byte[]>> connect, Runnable look, Runnable end) {}

  private final byte[] ours;
  private final Client client;
  private final Line shared;

  private Link(byte[] ours, Client client, Line shared) {
    this.ours = ours;
    this.client = client;
    this.shared = shared;
  }

  private static byte[] ours(String prefix) {
    return ("{" + prefix + "}:").getBytes(StandardCharsets.UTF_8);
  }

  private static Line line(Client client, byte[] ours) {
    return new Line(client.connect(), client.look(), ours);
  }

  /// Connects.
  ///
  /// @param prefix what all our keys have in common
  /// @throws Store.StoreException in words for an operator
  static Link open(RedisAddress address, String prefix) {
    @Nullable Exception failure = null;
    for (RedisURI uri : address.uris()) {
      try {
        Link link = open(prefix, single(uri, address));
        if (!link.isCluster()) {
          return link;
        }
        link.close();
        return open(prefix, cluster(address));
      } catch (RedisException | Store.StoreException e) {
        failure = e;
      }
    }
    throw failure instanceof Store.StoreException ours
        ? ours
        : new Store.StoreException("Redis is not there: " + Line.words(failure), failure);
  }

  private static Link open(String prefix, Client client) {
    try {
      return new Link(ours(prefix), client, line(client, ours(prefix)));
    } catch (RedisException e) {
      client.end().run();
      throw e;
    }
  }

  /// The same connections for keys of another prefix.
  Link under(String prefix) {
    return new Link(ours(prefix), client, shared);
  }

  private static Client single(RedisURI uri, RedisAddress address) {
    ClientResources resources = resources();
    RedisClient client = RedisClient.create(resources, uri);
    client.setOptions(options(ClientOptions.builder(), address).build());
    return new Client(
        () -> client.connect(ByteArrayCodec.INSTANCE),
        () -> {},
        () -> end(client::shutdown, resources));
  }

  private static Client cluster(RedisAddress address) {
    ClientResources resources = resources();
    RedisClusterClient client = RedisClusterClient.create(resources, address.uris());
    ClusterClientOptions.Builder options = ClusterClientOptions.builder();
    options.topologyRefreshOptions(
        ClusterTopologyRefreshOptions.builder()
            .adaptiveRefreshTriggersTimeout(RECONNECT)
            .refreshTriggersReconnectAttempts(1)
            .enablePeriodicRefresh(LOOK)
            .build());
    options(options, address);
    client.setOptions(options.build());
    return new Client(
        () -> client.connect(ByteArrayCodec.INSTANCE),
        client::refreshPartitions,
        () -> end(client::shutdown, resources));
  }

  private static ClientResources resources() {
    return DefaultClientResources.builder()
        .ioThreadPoolSize(THREADS)
        .computationThreadPoolSize(THREADS)
        .reconnectDelay(Delay.constant(RECONNECT))
        .build();
  }

  private static ClientOptions.Builder options(
      ClientOptions.Builder options, RedisAddress address) {
    options
        .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
        // Nothing is asked twice: half an answer may be there already, and is taken for its
        // beginning.
        .replayFilter(command -> true)
        .socketOptions(SocketOptions.builder().connectTimeout(CONNECT).tcpNoDelay(true).build());
    address
        .authorities()
        .ifPresent(file ->
            options.sslOptions(
                SslOptions.builder().jdkSslProvider().trustManager(file.toFile()).build()));
    return options;
  }

  private interface Ending {
    void shutdown(Duration quiet, Duration most);
  }

  private static void end(Ending client, ClientResources resources) {
    client.shutdown(Duration.ZERO, CONNECT);
    resources.shutdown(0, CONNECT.toMillis(), TimeUnit.MILLISECONDS);
  }

  private boolean isCluster() {
    return info("cluster").contains("cluster_enabled:1");
  }

  /// What the process says of itself that has our keys.
  String info(String section) {
    return await(primary().info(section), CONNECT.toMillis());
  }

  /// The connection that everybody shares.
  Line shared() {
    return shared;
  }

  /// One more of its kind, for who keeps it waiting.
  Line line() {
    return connecting(() -> line(client, ours));
  }

  RedisClusterAsyncCommands<byte[], byte[]> commands() {
    return shared.commands();
  }

  /// The process that has our keys, for what concerns it and not them.
  RedisClusterAsyncCommands<byte[], byte[]> primary() {
    return shared.primary();
  }

  /// The same, through another connection.
  RedisClusterAsyncCommands<byte[], byte[]> primary(StatefulConnection<byte[], byte[]> connection) {
    return Line.primary(connection, ours);
  }

  /// One more connection, for who blocks it.
  StatefulConnection<byte[], byte[]> connect() {
    return connecting(client.connect());
  }

  private static <T> T connecting(Supplier<T> opening) {
    try {
      return opening.get();
    } catch (RedisException e) {
      throw new Store.StoreException("Redis is not there: " + Line.words(e), e);
    }
  }

  static RedisClusterAsyncCommands<byte[], byte[]> commands(
      StatefulConnection<byte[], byte[]> connection) {
    return Line.commands(connection);
  }

  /// What all our keys begin with.
  String prefix() {
    return new String(ours, StandardCharsets.UTF_8);
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
    try {
      return await(run(commands(), script.lua(), arguments), millisMax);
    } catch (NotKeptException e) {
      if (!isUnknown(e)) {
        throw e;
      }
      CutTail.leave(primary(), shared);
      return await(runText(commands(), script.lua(), arguments), millisMax);
    }
  }

  /// Asks for a script by its name, which Redis knows if it has run here before.
  RedisFuture<List<Object>> run(
      RedisClusterAsyncCommands<byte[], byte[]> redis, Lua script, byte[]... arguments) {
    byte[][] keys = {ours};
    return redis.evalsha(script.digest(), ScriptOutputType.MULTI, keys, arguments);
  }

  RedisFuture<List<Object>> runText(
      RedisClusterAsyncCommands<byte[], byte[]> redis, Lua script, byte[]... arguments) {
    byte[][] keys = {ours};
    return redis.eval(
        script.text().getBytes(StandardCharsets.UTF_8), ScriptOutputType.MULTI, keys, arguments);
  }

  static boolean isUnknown(NotKeptException refusal) {
    return refusal.getCause() instanceof RedisNoScriptException;
  }

  /// As [Line#await].
  <T> T await(RedisFuture<T> asked, long millisMax) {
    return shared.await(asked, millisMax);
  }

  @Override
  public void close() {
    shared.close();
    client.end().run();
  }
}
