package dev.tidings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.running.ServeProcess;
import dev.tidings.testbed.consistency.Verdict;
import dev.tidings.testbed.consistency.Violation;
import dev.tidings.testbed.drive.KillCycles;
import dev.tidings.testbed.drive.Victim;
import dev.tidings.testbed.redis.NeedsRedis;
import dev.tidings.testbed.redis.RedisProcess;
import dev.tidings.testbed.redis.RedisSettings;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// As [ConsistencyTest], on two nodes and one Redis: now the node at hand is killed, and everybody
/// goes on at the other one, now Redis.
@NeedsRedis
class ClusterConsistencyTest {
  /// In a run of its own: `-Dcycles=300`.
  private static final int CYCLES = Integer.getInteger("cycles", 3);

  private static final int SENDS = 200;
  private static final int HASTY_CYCLES = 3;

  private static final boolean NODE = false;
  private static final boolean REDIS = true;

  private final long seed = Long.getLong("seed", new Random().nextLong());

  @TempDir Path folder;

  @Test
  void everyPromiseIsKeptOverKillsOfNodesAndOfRedis() {
    Verdict verdict;
    try (Nodes nodes = new Nodes("dev.tidings.Main", folder, NODE, NODE, REDIS)) {
      verdict = ConsistencyTest.judge(nodes, ConsistencyTest.plan(seed, CYCLES, SENDS), "cluster");
    }
    assertThat(verdict.violations()).as("seed %d: %s", seed, verdict).isEmpty();
    assertThat(verdict.declared()).isZero();
    assertThat(verdict.confirmed()).isEqualTo((long) CYCLES * SENDS);
  }

  /// Who finds nothing wrong with these finds nothing.
  @Test
  void nodesThatConfirmBeforeRedisHasAnsweredAreFoundOut() {
    Verdict verdict;
    try (Nodes nodes = new Nodes("dev.tidings.HastyMain", folder, REDIS)) {
      verdict =
          ConsistencyTest.judge(
              nodes, new KillCycles.Plan(seed, 2, HASTY_CYCLES, SENDS, false), "hasty-cluster");
    }
    assertThat(verdict.violations())
        .as("seed %d: %s", seed, verdict)
        .extracting(Violation::kind)
        .containsAnyOf(
            Violation.Kind.LOST, Violation.Kind.CONTRADICTION, Violation.Kind.UNDECLARED);
  }

  /// Two nodes in processes of their own, and their Redis.
  private static final class Nodes implements Victim {
    private final String mainClass;
    private final Path folder;
    private final boolean[] redisDies;
    private final RedisProcess redis = RedisProcess.start(RedisSettings.ON_DISK);
    private final @Nullable ServeProcess[] nodes = new ServeProcess[2];
    private int current;
    private int kills;

    /// @param redisDies whether Redis is killed, or a node, in turn
    Nodes(String mainClass, Path folder, boolean... redisDies) {
      this.mainClass = mainClass;
      this.folder = folder;
      this.redisDies = redisDies;
    }

    /// Whoever was killed is back; everybody goes to the other node.
    @Override
    public InetSocketAddress start() {
      if (!redis.isAlive()) {
        redis.start();
      }
      for (int i = 0; i < nodes.length; i++) {
        if (nodes[i] == null) {
          nodes[i] =
              ServeProcess.startOther(
                  mainClass,
                  folder.resolve("node-" + i),
                  0,
                  "--no-rate-limits",
                  "--drain",
                  "0",
                  "--redis",
                  redis.uri());
        }
      }
      current = 1 - current;
      return node(current).address();
    }

    private ServeProcess node(int number) {
      ServeProcess node = nodes[number];
      if (node == null) {
        throw new IllegalStateException("node " + number + " is dead");
      }
      return node;
    }

    @Override
    public void kill() {
      if (redisDies[kills++ % redisDies.length]) {
        redis.kill();
      } else {
        kill(current);
      }
    }

    private void kill(int number) {
      ServeProcess node = nodes[number];
      if (node != null) {
        node.kill();
        nodes[number] = null;
      }
    }

    @Override
    public void close() {
      kill(0);
      kill(1);
      redis.close();
    }
  }
}
