package dev.tidings.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Sends that are on disk before `ok`: many at once, then one at a time beside the bare disk.
@Command(
    name = "durable",
    description = "Durable private sends: many senders, then a lone one beside the bare disk.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class Durable implements Callable<Integer> {
  private static final double SENDS_PER_SECOND_MIN = 30_000;
  private static final double LONE_RATIO_MAX = 3;
  private static final int ROUNDS = 10;
  private static final Duration CONNECT_MAX = Duration.ofSeconds(60);
  private static final Duration DRAIN_MAX = Duration.ofSeconds(60);
  private static final Duration QUIET_MAX = Duration.ofSeconds(60);
  private static final Duration QUIET_GLANCE = Duration.ofMillis(500);
  private static final double QUIET_PERCENT = 3;

  @Mixin private Setting setting = new Setting();

  @Option(names = "--connections", defaultValue = "1000", description = "Senders, an even number.")
  private int connections;

  @Option(names = "--warmup", defaultValue = "15", description = "Seconds before measuring.")
  private int warmupSeconds;

  @Option(names = "--seconds", defaultValue = "10", description = "Seconds of measuring.")
  private int seconds;

  @Option(
      names = "--lone",
      defaultValue = "20000",
      description = "Sends of the lone sender, and as many fdatasync.")
  private int lone;

  @Option(
      names = "--lone-warmup",
      defaultValue = "20000",
      description = "Sends of the lone sender before measuring.")
  private int loneWarmup;

  @Override
  public Integer call() throws IOException {
    try (Scratch scratch = setting.scratch();
        ServerProcess server = ServerProcess.start(setting, scratch.data())) {
      Report report = new Report("durable", scratch, System.out);
      server.connect(Duration.ofSeconds(60)).close();
      many(server, report);
      lone(server, scratch, report);
      report.append(setting.results());
    }
    return 0;
  }

  private void many(ServerProcess server, Report report) {
    report.say("%,d connections, one private send under way each, level disk", connections);
    try (Load load = new Load(server.port())) {
      PairTraffic traffic = new PairTraffic(1);
      List<LoadConnection> all = load.connect(connections, i -> "user" + i, traffic, CONNECT_MAX);
      load.on(() -> {
        traffic.areConnected(all);
        traffic.start(connections, Long.MAX_VALUE);
        return true;
      });
      load.run(Duration.ofSeconds(warmupSeconds));

      load.on(() -> {
        traffic.forgetLatency();
        return true;
      });
      List<Long> perSecond = new ArrayList<>();
      ProcessorTime before = ProcessorTime.now(server.handle());
      long first = load.on(traffic::oks);
      long last = first;
      for (int i = 0; i < seconds; i++) {
        load.run(Duration.ofSeconds(1));
        long oks = load.on(traffic::oks);
        perSecond.add(oks - last);
        last = oks;
      }
      ProcessorTime.Span span = ProcessorTime.now(server.handle()).since(before);
      Histogram latency = load.on(traffic::latency);
      settle(load, traffic);

      long sends = last - first;
      report.note("connections", connections);
      report.note("seconds", span.seconds());
      report.note("okPerSecond", perSecond);
      report.atLeast(
          "sendsPerSecond",
          "durable sends per second",
          sends / span.seconds(),
          SENDS_PER_SECOND_MIN);
      double cpuMicros = span.server().toNanos() / 1e3 / sends;
      report.note("serverCpuMicrosPerSend", cpuMicros);
      report.say("  %-44s %,12.2f", "server CPU per send, µs", cpuMicros);
      report.times("latencyMicros", "send to ok", latency);
      report.processors(span);
      load.on(() -> {
        all.forEach(LoadConnection::close);
        return true;
      });
    }
  }

  /// Nothing may be lost: every `ok` has its two deliveries.
  private static void settle(Load load, PairTraffic traffic) {
    load.on(() -> {
      traffic.stop();
      return true;
    });
    if (!Until.holds(DRAIN_MAX, Duration.ofMillis(20), () -> load.on(traffic::isDelivered))) {
      throw new BenchFailure("something is missing: " + load.on(traffic::tally));
    }
  }

  /// The server is warm and does nothing else; the disk is measured in turn with it.
  private void lone(ServerProcess server, Scratch scratch, Report report) throws IOException {
    report.say("a lone sender, one send at a time, beside the bare disk");
    boolean quiet = Until.holds(QUIET_MAX, Duration.ZERO, () -> isQuiet(server));
    report.note("quietBeforeLone", quiet);
    try (Load load = new Load(server.port());
        DiskFloor floor = new DiskFloor(scratch.folder())) {
      PairTraffic traffic = new PairTraffic(1);
      List<LoadConnection> pair = load.connect(2, i -> "lone" + i, traffic, CONNECT_MAX);
      load.on(() -> {
        traffic.areConnected(pair);
        return true;
      });
      int each = Math.max(1, lone / ROUNDS);
      // On one core the compiler stands in the way of what it compiles for: not before it is done.
      round(load, traffic, floor, loneWarmup);
      load.on(() -> {
        traffic.forgetLatency();
        return true;
      });
      floor.times().reset();
      for (int i = 0; i < ROUNDS; i++) {
        round(load, traffic, floor, each);
      }
      Histogram sends = load.on(traffic::latency);
      report.times("loneMicros", "send to ok", sends);
      report.times("fdatasyncMicros", "fdatasync", floor.times());
      report.atMost(
          "loneP99ToFdatasyncP99",
          "p99 by p99 of fdatasync",
          (double) sends.getValueAtPercentile(99) / floor.times().getValueAtPercentile(99),
          LONE_RATIO_MAX);
      load.on(() -> {
        pair.forEach(LoadConnection::close);
        return true;
      });
    }
  }

  private static void round(Load load, PairTraffic traffic, DiskFloor floor, int count)
      throws IOException {
    floor.measure(count);
    load.on(() -> {
      traffic.start(1, count);
      return true;
    });
    if (!Until.holds(DRAIN_MAX, Duration.ofMillis(20), () -> load.on(traffic::isDelivered))) {
      throw new BenchFailure("something is missing: " + load.on(traffic::tally));
    }
  }

  private static boolean isQuiet(ServerProcess server) {
    ProcessorTime before = ProcessorTime.now(server.handle());
    Until.holds(QUIET_GLANCE, QUIET_GLANCE, () -> false);
    return ProcessorTime.now(server.handle()).since(before).serverPercent() < QUIET_PERCENT;
  }
}
