package dev.tidings.testbed.redis;

import dev.tidings.testbed.TestbedFailure;
import dev.tidings.testbed.process.Until;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A Redis, its replicas, and the Sentinels that make one of them the primary when it is gone.
///
/// Called by the test's thread.
public final class RedisSentinels implements AutoCloseable {
  /// What the Sentinels call it.
  public static final String NAME = "tidings";

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /// After so long without an answer a Redis counts as gone. Sentinels ask once a second: with less
  /// than two they find a primary gone that they have only just made one.
  private static final int DOWN_MILLIS = 2_000;

  private final List<RedisProcess> nodes = new ArrayList<>();
  private final List<RedisProcess> sentinels = new ArrayList<>();

  private final RedisSettings settings;

  private RedisSentinels(RedisSettings settings) {
    this.settings = settings;
  }

  /// One replica and three Sentinels, two of which must agree.
  public static RedisSentinels start(RedisSettings settings) {
    return start(settings, 1, 3);
  }

  /// Starts them; when this returns the replicas follow, and the Sentinels know of them and of one
  /// another.
  public static RedisSentinels start(RedisSettings settings, int replicas, int sentinels) {
    RedisSentinels all = new RedisSentinels(settings);
    try {
      RedisProcess primary = RedisProcess.start(settings);
      all.nodes.add(primary);
      RedisSettings following = settings.with("replicaof", "127.0.0.1 " + primary.port());
      for (int i = 0; i < replicas; i++) {
        all.nodes.add(RedisProcess.start(following));
      }
      all.awaitReplicas();
      RedisSettings watching =
          watching(settings, "127.0.0.1 " + primary.port() + " " + (sentinels / 2 + 1));
      for (int i = 0; i < sentinels; i++) {
        all.sentinels.add(RedisProcess.startSentinel(watching));
      }
      all.awaitSentinels();
      return all;
    } catch (RuntimeException e) {
      all.close();
      throw e;
    }
  }

  private static RedisSettings watching(RedisSettings settings, String whom) {
    RedisSettings watching =
        settings
            .bare()
            .with("sentinel monitor " + NAME, whom)
            .with("sentinel down-after-milliseconds " + NAME, Integer.toString(DOWN_MILLIS))
            .with("sentinel failover-timeout " + NAME, "5000");
    if (settings.login().isPresent()) {
      RedisSettings.Login login = settings.login().get();
      watching = watching.with("sentinel auth-pass " + NAME, login.password());
      if (!login.user().equals("default")) {
        watching = watching.with("sentinel auth-user " + NAME, login.user());
      }
    }
    return watching;
  }

  /// Waits until every replica that runs follows the primary.
  public void awaitReplicas() {
    Until.holds(
        "every replica follows",
        PATIENCE,
        () ->
            nodes.stream()
                .filter(RedisProcess::isAlive)
                .allMatch(node -> {
                  try (RedisConnection connection = node.connect()) {
                    return connection.info("replication", "role").equals("master")
                        || connection.info("replication", "master_link_status").equals("up");
                  } catch (UncheckedIOException e) {
                    return false;
                  }
                }));
  }

  private void awaitSentinels() {
    int replicas = nodes.size() - 1;
    Until.holds(
        "the Sentinels know everybody",
        PATIENCE,
        () ->
            sentinels.stream()
                .allMatch(sentinel ->
                    RedisConnection.rows(sentinel.ask("SENTINEL", "replicas", NAME)).size()
                            == replicas
                        && RedisConnection.rows(sentinel.ask("SENTINEL", "sentinels", NAME)).size()
                            == sentinels.size() - 1));
  }

  /// All Redis, as they were started: the first one was the primary then.
  public List<RedisProcess> nodes() {
    return Collections.unmodifiableList(nodes);
  }

  public List<RedisProcess> sentinels() {
    return Collections.unmodifiableList(sentinels);
  }

  /// `redis-sentinel://[user:password@]127.0.0.1:p,127.0.0.1:q#tidings`
  public String uri() {
    return "redis-sentinel://"
        + settings.userInfo()
        + sentinels.stream()
            .map(each -> "127.0.0.1:" + each.port())
            .collect(Collectors.joining(","))
        + "#"
        + NAME;
  }

  /// Whom the Sentinels call the primary now.
  public RedisProcess primary() {
    return primaryOf(
        sentinels.stream()
            .filter(RedisProcess::isAlive)
            .findFirst()
            .orElseThrow(() -> new TestbedFailure("no Sentinel is left")));
  }

  private RedisProcess primaryOf(RedisProcess sentinel) {
    try (RedisConnection connection = sentinel.connect()) {
      int port =
          Integer.parseInt(connection.texts("SENTINEL", "get-master-addr-by-name", NAME).get(1));
      return nodes.stream()
          .filter(node -> node.port() == port)
          .findFirst()
          .orElseThrow(() -> new TestbedFailure("a primary that is none of ours: " + port));
    }
  }

  /// All but the primary.
  public List<RedisProcess> replicas() {
    RedisProcess primary = primary();
    return nodes.stream().filter(node -> node != primary).toList();
  }

  /// Has the Sentinels make another one the primary, in order; returns the new one once it is.
  public RedisProcess failover() {
    RedisProcess before = primary();
    Until.holds(
        "the Sentinels begin a failover",
        PATIENCE,
        () -> {
          try {
            sentinels.getFirst().ask("SENTINEL", "failover", NAME);
            return true;
          } catch (RedisRefusal e) {
            return false; // NOGOODSLAVE or INPROG: not yet
          }
        });
    return awaitPrimaryOtherThan(before);
  }

  /// Waits until the Sentinels have made another one the primary, all of them know, and it is;
  /// returns it.
  public RedisProcess awaitPrimaryOtherThan(RedisProcess before) {
    Until.holds(
        "another primary",
        PATIENCE,
        () -> {
          RedisProcess now = primary();
          boolean agreed =
              sentinels.stream()
                  .filter(RedisProcess::isAlive)
                  .allMatch(sentinel -> primaryOf(sentinel) == now);
          if (now == before || !agreed || !now.isAlive()) {
            return false;
          }
          try (RedisConnection connection = now.connect()) {
            return connection.info("replication", "role").equals("master");
          }
        });
    return primary();
  }

  /// Waits until this one follows the primary, as one that came back does once the Sentinels have
  /// told it.
  public void awaitFollowing(RedisProcess node) {
    Until.holds(
        "it follows the primary",
        PATIENCE,
        () -> {
          try (RedisConnection connection = node.connect()) {
            return connection.info("replication", "role").equals("slave")
                && connection.info("replication", "master_link_status").equals("up");
          }
        });
  }

  /// Replicas get nothing more, whatever the primary answers from now on: they are frozen and their
  /// links cut. A primary killed now takes that tail with it; [#resumeReplicas()] then lets one of
  /// the others take its place without it.
  public void holdBackReplicas() {
    for (RedisProcess replica : replicas()) {
      replica.pause();
    }
    primary().ask("CLIENT", "KILL", "TYPE", "replica");
  }

  /// Lets frozen replicas go on.
  public void resumeReplicas() {
    for (RedisProcess replica : nodes) {
      if (replica.isAlive()) {
        replica.resume();
      }
    }
  }

  @Override
  public void close() {
    Stream.concat(sentinels.stream(), nodes.stream()).forEach(RedisProcess::close);
  }
}
