package dev.tidings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tidings.running.ServeProcess;
import dev.tidings.testbed.consistency.Chronicle;
import dev.tidings.testbed.consistency.Verdict;
import dev.tidings.testbed.drive.Nodes;
import dev.tidings.testbed.drive.Traffic;
import dev.tidings.testbed.network.FaultProxy;
import dev.tidings.testbed.redis.NeedsRedis;
import dev.tidings.testbed.redis.RedisConnection;
import dev.tidings.testbed.redis.RedisProcess;
import dev.tidings.testbed.redis.RedisReply;
import dev.tidings.testbed.redis.RedisSentinels;
import dev.tidings.testbed.redis.RedisSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Users write to one another through two nodes that know one another by Redis alone, something
/// fails and is well again, and afterwards the checker judges what everybody has noted.
@NeedsRedis
class ClusterFaultsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /// At least so long is a node frozen: `-Dfrozen=30`.
  private static final Duration FROZEN = Duration.ofSeconds(Integer.getInteger("frozen", 0));

  private static final int NODES = 2;
  private static final int FLOWING = 50;

  private final long seed = Long.getLong("seed", new Random().nextLong());

  /// What fails, and is well again when it returns.
  private enum Fault {
    REDIS_FROZEN {
      @Override
      void happen(Town town) {
        town.redis.pause();
        town.awaitReady(false, false);
        town.redis.resume();
      }
    },
    REDIS_KILLED {
      @Override
      void happen(Town town) {
        town.redis.kill();
        town.awaitReady(false, false);
        town.redis.start();
      }
    },
    REDIS_FULL {
      @Override
      void happen(Town town) {
        town.redis.configure("maxmemory", "1");
        town.awaitReady(false, false);
        town.redis.configure("maxmemory", "0");
      }
    },
    REDIS_BUSY {
      @Override
      void happen(Town town) {
        try (RedisConnection endless = town.redis.connect()) {
          endless.send("EVAL", "while true do end", "0");
          town.awaitReady(false, false);
          town.redis.ask("SCRIPT", "KILL");
        }
      }
    },
    REDIS_CUTS_OFF_WHO_READS_TOO_MUCH {
      @Override
      void happen(Town town) {
        town.redis.configure("client-output-buffer-limit", "normal 16 16 1");
        town.awaitReady(false, false);
        town.redis.configure("client-output-buffer-limit", "normal 0 0 0");
      }
    },
    NODE_KILLED {
      @Override
      void happen(Town town) {
        town.nodes.kill(0);
        town.awaitFlow();
        town.nodes.start(0);
      }
    },
    /// Until the other one has taken its users off.
    NODE_FROZEN {
      @Override
      void happen(Town town) {
        town.nodes.pause(0);
        long begin = System.nanoTime();
        await()
            .atMost(PATIENCE.plus(FROZEN))
            .until(() -> town.areRegistered(1) && System.nanoTime() - begin >= FROZEN.toNanos());
        town.awaitFlow();
        town.nodes.resume(0);
        await().atMost(PATIENCE).until(() -> town.areRegistered(NODES));
      }
    },
    NODE_CUT_OFF {
      @Override
      void happen(Town town) {
        town.way.refuse();
        town.way.reset();
        town.awaitReady(false, true);
        town.awaitFlow();
        town.way.heal();
      }
    },
    NODE_HALF_OPEN {
      @Override
      void happen(Town town) {
        town.way.refuse();
        town.way.abandon();
        town.awaitReady(false, true);
        town.awaitFlow();
        town.way.admit(); // what was abandoned stays so
      }
    },
    NODE_DEAF {
      @Override
      void happen(Town town) {
        town.way.toClient().freeze();
        town.awaitReady(false, true);
        town.awaitFlow();
        town.way.toClient().thaw();
      }
    },
    NODE_MUTE {
      @Override
      void happen(Town town) {
        town.way.toServer().freeze();
        town.awaitReady(false, true);
        town.awaitFlow();
        town.way.toServer().thaw();
      }
    };

    abstract void happen(Town town);
  }

  @Test
  void nothingThatWasConfirmedIsLostOrRepeatedWhateverFails() {
    RedisSettings settings = RedisSettings.ON_DISK.with("busy-reply-threshold", "50");
    Chronicle chronicle = new Chronicle();
    try (RedisProcess redis = RedisProcess.start(settings);
        Town town = Town.on(redis, seed, chronicle)) {
      town.awaitFlow();
      for (Fault fault : Fault.values()) {
        System.out.println("now " + fault);
        fault.happen(town);
        town.awaitReady(true, true);
        town.awaitFlow();
      }
      Verdict verdict = judge(town.traffic, chronicle);
      assertThat(verdict.declared()).as("declared lost").isZero();
      assertThat(verdict.confirmed()).isEqualTo(verdict.sent());
    }
  }

  @Test
  void whatAnEmptiedRedisLostIsDeclared() {
    Chronicle chronicle = new Chronicle();
    try (RedisProcess redis = RedisProcess.start(RedisSettings.IN_MEMORY);
        Town town = Town.on(redis, seed, chronicle, "--durability", "memory")) {
      town.awaitFlow();
      redis.kill();
      redis.startEmpty();
      town.awaitReady(true, true);
      town.awaitFlow();
      assertThat(judge(town.traffic, chronicle).declared()).isPositive();
    }
  }

  @Test
  void whatAFailoverLostIsDeclared() {
    Chronicle chronicle = new Chronicle();
    try (RedisSentinels redis = RedisSentinels.start(RedisSettings.IN_MEMORY);
        Nodes nodes = nodes(List.of(redis.uri(), redis.uri()), "--durability", "memory");
        Traffic traffic = traffic(nodes, seed, chronicle)) {
      awaitFlow(traffic);
      redis.holdBackReplicas();
      awaitFlow(traffic);
      RedisProcess before = redis.primary();
      before.kill();
      redis.resumeReplicas();
      redis.awaitPrimaryOtherThan(before);
      awaitReady(nodes, true, true);
      awaitFlow(traffic);
      assertThat(judge(traffic, chronicle).declared()).isPositive();
    }
  }

  @Test
  void aFailoverLosesNothingThatIsOnItsReplicas() {
    Chronicle chronicle = new Chronicle();
    try (RedisSentinels redis = RedisSentinels.start(RedisSettings.IN_MEMORY);
        Nodes nodes = nodes(List.of(redis.uri(), redis.uri()), "--durability", "replicas");
        Traffic traffic = traffic(nodes, seed, chronicle)) {
      awaitFlow(traffic);
      RedisProcess before = redis.primary();
      before.kill();
      redis.awaitPrimaryOtherThan(before);
      awaitReady(nodes, true, true);
      awaitFlow(traffic);
      assertThat(judge(traffic, chronicle).declared()).isZero();
    }
  }

  private Verdict judge(Traffic traffic, Chronicle chronicle) {
    Verdict verdict = traffic.end().verdict();
    if (!verdict.isClean()) {
      chronicle.write(Path.of("target", "faults.ndjson"));
    }
    assertThat(verdict.violations()).as("seed %d: %s", seed, verdict).isEmpty();
    return verdict;
  }

  private static Nodes nodes(List<String> redis, String... more) {
    List<String> options =
        Stream.concat(Stream.of("--no-rate-limits", "--drain", "0"), Stream.of(more)).toList();
    return Nodes.start(ServeProcess.launcher("dev.tidings.Main"), redis, _ -> options);
  }

  private static Traffic traffic(Nodes nodes, long seed, Chronicle chronicle) {
    return Traffic.begin(
        nodes.lines(),
        new Traffic.Plan(seed, /* clients= */ 6, /* perSecond= */ 100, /* headSeconds= */ 30),
        chronicle);
  }

  /// Until messages are answered again.
  private static void awaitFlow(Traffic traffic) {
    long before = traffic.answered();
    await().atMost(PATIENCE).until(() -> traffic.answered() >= before + FLOWING);
  }

  private static void awaitReady(Nodes nodes, boolean... expected) {
    await()
        .atMost(PATIENCE)
        .until(() -> IntStream.range(0, NODES).allMatch(i -> nodes.isReady(i) == expected[i]));
  }

  /// Two nodes and all who use them. The first one knows Redis by a way that can fail.
  private record Town(RedisProcess redis, FaultProxy way, Nodes nodes, Traffic traffic)
      implements AutoCloseable {
    static Town on(RedisProcess redis, long seed, Chronicle chronicle, String... options) {
      FaultProxy way = FaultProxy.to(redis.address(), seed);
      Nodes nodes = ClusterFaultsTest.nodes(List.of(redis.uri(way.port()), redis.uri()), options);
      return new Town(redis, way, nodes, ClusterFaultsTest.traffic(nodes, seed, chronicle));
    }

    void awaitFlow() {
      ClusterFaultsTest.awaitFlow(traffic);
    }

    void awaitReady(boolean first, boolean second) {
      ClusterFaultsTest.awaitReady(nodes, first, second);
    }

    boolean areRegistered(int count) {
      return redis.ask("SCARD", "{tidings}:nodes").equals(new RedisReply.Number(count));
    }

    @Override
    public void close() {
      traffic.close();
      nodes.close();
      way.close();
    }
  }
}
