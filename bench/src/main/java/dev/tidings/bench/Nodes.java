package dev.tidings.bench;

import dev.tidings.bench.process.BenchFailure;
import dev.tidings.bench.process.LineClient;
import dev.tidings.bench.process.ProcessorTime;
import dev.tidings.bench.process.Scratch;
import dev.tidings.bench.process.ServerProcess;
import dev.tidings.bench.process.Watched;
import dev.tidings.testbed.redis.RedisConnection;
import dev.tidings.testbed.redis.RedisProcess;
import dev.tidings.testbed.redis.RedisSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// What it costs to be one of two nodes on Redis: how much later a message comes than Redis itself
/// would allow, what an entry costs Redis, and what a delivery costs the nodes together.
///
/// The nodes share one core; Redis is on that of the load.
@Command(
    name = "nodes",
    description = "Two nodes on one Redis: latency across them, pushes and CPU of an entry.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class Nodes implements Callable<Integer> {
  private static final double ADDED_MILLIS_MAX = 1;
  private static final double WORTH_MIN = 1.8;
  private static final double PUSHES_MAX = 2;

  /// How often a node asks again in a second when nothing of what nodes tell each other comes.
  private static final double IDLE_PER_SECOND = 2;

  private static final Duration ANSWER_MAX = Duration.ofSeconds(60);
  private static final Duration DELIVER_MAX = Duration.ofSeconds(60);
  private static final String GROUP = "g:nodes";
  private static final String PREFIX = "m";
  private static final String DATA = "\"" + "x".repeat(100) + "\"";

  @Mixin private Setting setting = new Setting();

  @Option(
      names = "--sends",
      defaultValue = "5000",
      description = "Of a lone sender, each when the one before has come; as many warm up.")
  private int sends;

  @Option(names = "--readers", defaultValue = "10000", description = "Of the group, in all.")
  private int readers;

  @Option(names = "--messages", defaultValue = "60", description = "To the group in one round.")
  private int messages;

  @Option(names = "--rounds", defaultValue = "5", description = "Of messages to the group.")
  private int rounds;

  @Override
  public Integer call() throws IOException {
    try (Scratch scratch = setting.scratch()) {
      Report report = new Report("nodes", scratch, System.out);
      report.note("readers", readers);
      latency(scratch, RedisSettings.IN_MEMORY, "memory", report);
      latency(scratch, RedisSettings.ON_DISK, "disk", report);
      double one = fanOut(scratch, 1, report);
      double two = fanOut(scratch, 2, report);
      report.atLeast("worth", "two nodes by one, by CPU of a delivery", 2 * one / two, WORTH_MIN);
      report.append(setting.results());
    }
    return 0;
  }

  /// Nodes on a Redis of their own.
  private static final class Cluster implements AutoCloseable {
    final RedisProcess redis;
    final List<ServerProcess> nodes = new ArrayList<>();

    Cluster(
        Setting setting, Scratch scratch, RedisSettings settings, int count, String... options) {
      redis = RedisProcess.start(settings);
      List<String> all = new ArrayList<>(Stream.of(options).toList());
      all.addAll(List.of("--redis", redis.uri()));
      for (int i = 0; i < count; i++) {
        Path folder = scratch.folder().resolve("node-" + redis.port() + "-" + i);
        try {
          Files.createDirectory(folder);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        nodes.add(setting.start(folder.resolve("data"), all.toArray(String[]::new)));
      }
    }

    LineClient connect(int node, String user) {
      LineClient client = nodes.get(node).connect(ANSWER_MAX);
      client.ask("{\"op\":\"auth\",\"user\":\"" + user + "\"}", "welcome");
      return client;
    }

    Watched watched() {
      return new Watched(
          nodes.stream().flatMap(each -> each.watched().processes().stream()).toList());
    }

    @Override
    public void close() {
      nodes.forEach(ServerProcess::close);
      redis.close();
    }
  }

  /// One sends at one node and waits until the other one has it at the other node.
  private void latency(Scratch scratch, RedisSettings settings, String level, Report report) {
    try (Cluster cluster = new Cluster(setting, scratch, settings, 2, "--durability", level);
        LineClient alice = cluster.connect(0, "alice");
        LineClient bob = cluster.connect(1, "bob")) {
      String send = "{\"op\":\"send\",\"to\":\"u:bob\",\"data\":" + DATA + "}";
      Histogram answered = new Histogram(3);
      Histogram delivered = new Histogram(3);
      for (int i = 0; i < 2 * sends; i++) {
        long begin = System.nanoTime();
        String said = alice.ask(send, "ok").path("level").asString("");
        long ok = System.nanoTime();
        bob.hear("msg");
        long msg = System.nanoTime();
        if (i >= sends) {
          answered.recordValue(ok - begin);
          delivered.recordValue(msg - begin);
        }
        if (!said.isEmpty() && !said.equals(level)) {
          throw new BenchFailure("an ok says " + said + " instead of " + level);
        }
      }
      Histogram trip = roundTrips(cluster.redis, level.equals("disk"));
      report.say("a lone sender at one node, a reader at the other, Redis keeps in %s", level);
      report.times(level + "RoundTripMicros", "Redis itself, there and back", trip);
      report.times(level + "OkMicros", "sent until ok", answered);
      report.times(level + "DeliveredMicros", "sent until the other one has it", delivered);
      report.atMost(
          level + "AddedMillis",
          "p50 over two round trips, ms",
          (Report.micros(delivered, 50) - 2 * Report.micros(trip, 50)) / 1e3,
          ADDED_MILLIS_MAX);
    }
  }

  /// What a command costs; with `writes` one that Redis answers once it is on disk.
  private Histogram roundTrips(RedisProcess redis, boolean writes) {
    Histogram trips = new Histogram(3);
    try (RedisConnection connection = redis.connect()) {
      for (int i = 0; i < 2 * sends; i++) {
        long begin = System.nanoTime();
        if (writes) {
          connection.ask("SET", "trip", DATA);
        } else {
          connection.ask("GET", "trip");
        }
        if (i >= sends) {
          trips.recordValue(System.nanoTime() - begin);
        }
      }
    }
    return trips;
  }

  /// Microseconds of all nodes' processors per delivery, median.
  private double fanOut(Scratch scratch, int count, Report report) throws IOException {
    try (Cluster cluster =
            new Cluster(
                setting,
                scratch,
                RedisSettings.IN_MEMORY,
                count,
                "--durability",
                "memory",
                "--group-members-max",
                Integer.toString(readers + 1));
        LineClient owner = cluster.connect(0, "owner");
        Readers all = new Readers(PREFIX)) {
      Crowd.gather(owner, GROUP, PREFIX, readers);
      for (int i = 0; i < count; i++) {
        all.connect(cluster.nodes.get(i), readers / count);
      }
      all.start();
      round(cluster, owner, all);
      List<Double> micros = new ArrayList<>();
      List<Double> pushes = new ArrayList<>();
      ProcessorTime before = ProcessorTime.now(cluster.watched());
      for (int i = 0; i < rounds; i++) {
        long asked = asked(cluster.redis);
        long begin = System.nanoTime();
        micros.add(round(cluster, owner, all));
        double seconds = (System.nanoTime() - begin) / 1e9;
        pushes.add((asked(cluster.redis) - asked - IDLE_PER_SECOND * count * seconds) / messages);
      }
      ProcessorTime.Span span = ProcessorTime.now(cluster.watched()).since(before);
      String name = count == 1 ? "one" : "two";
      report.say("%,d readers of one group on %d node(s)", readers, count);
      report.note(name + "CpuMicrosPerDeliveryEach", micros);
      report.say("  %-44s %,12.3f", "CPU of a delivery, µs, median", Report.median(micros));
      report.repeated(name + "Pushes", "pushes of Redis for an entry", pushes, PUSHES_MAX);
      report.processors(span);
      return Report.median(micros);
    }
  }

  /// How often Redis has told somebody something that he waited for, or that there was nothing.
  private static long asked(RedisProcess redis) {
    try (RedisConnection connection = redis.connect()) {
      String stats = connection.info("commandstats", "cmdstat_xread");
      return Long.parseLong(stats.replaceAll("^calls=(\\d+),.*", "$1"));
    }
  }

  /// Each message when all have the one before.
  private double round(Cluster cluster, LineClient owner, Readers all) {
    String send = "{\"op\":\"send\",\"to\":\"" + GROUP + "\",\"data\":" + DATA + "}";
    long wanted = all.heard();
    ProcessorTime before = ProcessorTime.now(cluster.watched());
    for (int i = 0; i < messages; i++) {
      owner.ask(send, "ok");
      wanted += readers;
      all.await(wanted, DELIVER_MAX);
    }
    ProcessorTime.Span span = ProcessorTime.now(cluster.watched()).since(before);
    return span.server().toNanos() / 1e3 / ((double) messages * readers);
  }
}
