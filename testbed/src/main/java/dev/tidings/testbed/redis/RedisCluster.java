package dev.tidings.testbed.redis;

import dev.tidings.testbed.TestbedFailure;
import dev.tidings.testbed.process.Ports;
import dev.tidings.testbed.process.Until;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/// A Redis Cluster: three primaries that share the slots, each with replicas if wished.
///
/// Called by the test's thread.
public final class RedisCluster implements AutoCloseable {
  private static final int PRIMARIES = 3;
  private static final int SLOTS = 16_384;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /// After so long without an answer a node counts as gone.
  private static final int DOWN_MILLIS = 2_000;

  private final List<RedisProcess> nodes = new ArrayList<>();

  private RedisCluster() {}

  /// Three nodes, no replicas.
  public static RedisCluster start(RedisSettings settings) {
    return start(settings, 0);
  }

  /// Starts it; when this returns every node knows all others and every slot has an owner.
  ///
  /// @param replicas of each primary
  public static RedisCluster start(RedisSettings settings, int replicas) {
    RedisCluster cluster = new RedisCluster();
    try {
      for (int i = 0; i < PRIMARIES * (1 + replicas); i++) {
        cluster.nodes.add(RedisProcess.start(node(settings)));
      }
      cluster.share();
      cluster.meet();
      cluster.follow();
      cluster.awaitWhole();
      return cluster;
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  private static RedisSettings node(RedisSettings settings) {
    return settings
        .with("cluster-enabled", "yes")
        .with("cluster-config-file", "nodes.conf")
        .with("cluster-node-timeout", Integer.toString(DOWN_MILLIS))
        .with("cluster-port", Integer.toString(Ports.free()));
  }

  private void share() {
    for (int i = 0; i < PRIMARIES; i++) {
      RedisProcess node = nodes.get(i);
      node.ask("CLUSTER", "SET-CONFIG-EPOCH", Integer.toString(i + 1));
      int first = i * SLOTS / PRIMARIES;
      int last = (i + 1) * SLOTS / PRIMARIES - 1;
      node.ask("CLUSTER", "ADDSLOTSRANGE", Integer.toString(first), Integer.toString(last));
    }
  }

  private void meet() {
    for (RedisProcess node : nodes.subList(1, nodes.size())) {
      try (RedisConnection other = node.connect()) {
        String bus = other.texts("CONFIG", "GET", "cluster-port").get(1);
        nodes.getFirst().ask("CLUSTER", "MEET", "127.0.0.1", Integer.toString(node.port()), bus);
      }
    }
    Until.holds(
        "the nodes of the cluster know one another",
        PATIENCE,
        () ->
            nodes.stream()
                .allMatch(
                    node -> clusterInfo(node, "cluster_known_nodes").equals("" + nodes.size())));
  }

  private void follow() {
    for (int i = PRIMARIES; i < nodes.size(); i++) {
      String primary = id(nodes.get(i % PRIMARIES));
      RedisProcess replica = nodes.get(i);
      Until.holds(
          "a replica follows",
          PATIENCE,
          () -> {
            try {
              replica.ask("CLUSTER", "REPLICATE", primary);
              return true;
            } catch (RedisRefusal e) {
              return false; // it has not heard of that node yet
            }
          });
    }
  }

  /// Waits until every node that runs finds that all slots are served and its replicas follow.
  public void awaitWhole() {
    Until.holds(
        "the cluster is whole",
        PATIENCE,
        () ->
            nodes.stream()
                .filter(RedisProcess::isAlive)
                .allMatch(node -> {
                  try (RedisConnection connection = node.connect()) {
                    boolean follows =
                        connection.info("replication", "role").equals("master")
                            || connection.info("replication", "master_link_status").equals("up");
                    return follows && clusterInfo(node, "cluster_state").equals("ok");
                  } catch (UncheckedIOException e) {
                    return false;
                  }
                }));
  }

  private static String clusterInfo(RedisProcess node, String name) {
    try (RedisConnection connection = node.connect()) {
      return connection
          .text("CLUSTER", "INFO")
          .lines()
          .filter(line -> line.startsWith(name + ":"))
          .map(line -> line.substring(name.length() + 1))
          .findFirst()
          .orElse("");
    }
  }

  private static String id(RedisProcess node) {
    return RedisConnection.textOf(node.ask("CLUSTER", "MYID"));
  }

  /// All nodes, the first three of which began as primaries.
  public List<RedisProcess> nodes() {
    return Collections.unmodifiableList(nodes);
  }

  /// Those that began as primaries: `redis://…`, one behind the other, between commas.
  public String uris() {
    return nodes.stream().limit(PRIMARIES).map(RedisProcess::uri).collect(Collectors.joining(","));
  }

  /// The slot of a key, of what stands between its braces if it has some.
  public int slotOf(String key) {
    try (RedisConnection connection = living().connect()) {
      return Math.toIntExact(connection.number("CLUSTER", "KEYSLOT", key));
    }
  }

  /// The primary that serves a slot, as those say that run.
  public RedisProcess ownerOf(int slot) {
    for (RedisReply range : RedisConnection.rows(living().ask("CLUSTER", "SLOTS"))) {
      List<RedisReply> parts = RedisConnection.rows(range);
      if (number(parts.get(0)) <= slot && slot <= number(parts.get(1))) {
        int port = number(RedisConnection.rows(parts.get(2)).get(1));
        return nodes.stream()
            .filter(node -> node.port() == port)
            .findFirst()
            .orElseThrow(() -> new TestbedFailure("an owner that is none of ours: " + port));
      }
    }
    throw new TestbedFailure("nobody serves slot " + slot);
  }

  /// Waits until the cluster has given a slot to another one, and is whole.
  public void awaitOwnerOtherThan(RedisProcess before, int slot) {
    Until.holds("another owner of slot " + slot, PATIENCE, () -> ownerOf(slot) != before);
    awaitWhole();
  }

  private static int number(RedisReply reply) {
    return Integer.parseInt(RedisConnection.textOf(reply));
  }

  private RedisProcess living() {
    return nodes.stream()
        .filter(RedisProcess::isAlive)
        .findFirst()
        .orElseThrow(() -> new TestbedFailure("no node is left"));
  }

  /// Moves a slot with all its keys to another primary while everything runs, as `redis-cli
  /// --cluster reshard` does; who asks meanwhile is sent after it.
  public void moveSlot(int slot, RedisProcess to) {
    RedisProcess from = ownerOf(slot);
    String number = Integer.toString(slot);
    try (RedisConnection source = from.connect();
        RedisConnection target = to.connect()) {
      String sourceId = source.text("CLUSTER", "MYID");
      String targetId = target.text("CLUSTER", "MYID");
      target.text("CLUSTER", "SETSLOT", number, "IMPORTING", sourceId);
      source.text("CLUSTER", "SETSLOT", number, "MIGRATING", targetId);
      for (List<String> keys = keys(source, number); !keys.isEmpty(); keys = keys(source, number)) {
        for (String key : keys) {
          source.text("MIGRATE", "127.0.0.1", Integer.toString(to.port()), key, "0", "5000");
        }
      }
      target.text("CLUSTER", "SETSLOT", number, "NODE", targetId);
      source.text("CLUSTER", "SETSLOT", number, "NODE", targetId);
    }
    Until.holds(
        "every node knows the new owner of slot " + slot,
        PATIENCE,
        () -> nodes.stream().filter(RedisProcess::isAlive).allMatch(node -> knows(node, slot, to)));
  }

  private static List<String> keys(RedisConnection source, String slot) {
    return source.texts("CLUSTER", "GETKEYSINSLOT", slot, "100");
  }

  private static boolean knows(RedisProcess node, int slot, RedisProcess owner) {
    for (RedisReply range : RedisConnection.rows(node.ask("CLUSTER", "SLOTS"))) {
      List<RedisReply> parts = RedisConnection.rows(range);
      if (number(parts.get(0)) <= slot && slot <= number(parts.get(1))) {
        return number(RedisConnection.rows(parts.get(2)).get(1)) == owner.port();
      }
    }
    return false;
  }

  @Override
  public void close() {
    nodes.forEach(RedisProcess::close);
  }
}
