package dev.tidings.bench.load;

import dev.tidings.bench.process.BenchFailure;
import dev.tidings.bench.process.DiskFloor;
import dev.tidings.bench.process.ProcessorTime;
import dev.tidings.bench.process.Scratch;
import dev.tidings.bench.process.Until;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Sends that wait for `ok`: many at once; then, if asked for, one at a time beside the bare disk.
@Command(
    name = "durable",
    description = "Private sends; each sender waits for ok before the next.",
    mixinStandardHelpOptions = true)
final class Durable extends Workload {
  private static final int ROUNDS = 10;
  private static final Duration QUIET_MAX = Duration.ofSeconds(60);
  private static final Duration QUIET_GLANCE = Duration.ofMillis(500);
  private static final double QUIET_PERCENT = 3;

  @Mixin private TrafficOptions traffic = new TrafficOptions();

  @Option(
      names = "--connections",
      defaultValue = "1000",
      description = "Senders, an even number (default: ${DEFAULT-VALUE}).")
  private int connections;

  @Option(
      names = "--window",
      defaultValue = "1",
      description = "Without --rate: sends without ok per sender (default: ${DEFAULT-VALUE}).")
  private int window;

  @Option(
      names = "--lone",
      defaultValue = "0",
      description =
          "With --start: afterwards a lone sender, so many sends one at a time, and as many fdatasync"
              + " on the disk of the data folder, in turn with it (default: ${DEFAULT-VALUE}).")
  private int lone;

  @Option(
      names = "--lone-warmup",
      defaultValue = "20000",
      description = "Sends of the lone sender before measuring (default: ${DEFAULT-VALUE}).")
  private int loneWarmUp;

  @Override
  void measure(Site site, LoadReport report) {
    if (connections < 2 || connections % 2 != 0) {
      throw new BenchFailure("--connections " + connections + ": an even number");
    }
    Path folder = site.folder();
    if (lone > 0 && folder.toString().isEmpty()) {
      throw new BenchFailure("--lone needs --start: the disk must be that of the server");
    }
    TidingsDialect dialect = tidings(site, Place.USER);
    try (Run run = run(site, dialect, traffic.payload)) {
      Flow flow = run.flow(traffic.pace(new Pace.ConfirmedEach(window)));
      pairs(run, flow, 0, connections);
      Figures figures = run.measure(traffic.warmUp(), traffic.duration()).getFirst();
      report.headline(
          Words.of(
              "%,d senders, payload %d bytes, %s",
              connections, traffic.payload, LoadReport.words(flow.pace())));
      report.note("connections", connections);
      report.note("payloadBytes", traffic.payload);
      report.figures(figures, run.firstTrouble());
      report.levels(dialect);
    }
    if (lone > 0) {
      lone(site, folder, report);
    }
  }

  /// User `first` writes to the next, and back; and so on.
  private static void pairs(Run run, Flow flow, int first, int count) {
    List<Seat> seats = new ArrayList<>();
    for (int i = first; i < first + count; i++) {
      seats.add(new Seat(i, Role.READER, i));
    }
    List<Link> links = run.connect(seats, CONNECTS_UNDER_WAY, CONNECT_MAX);
    for (int i = 0; i < count; i++) {
      List<Link> both = List.of(links.get(i), links.get(i ^ 1));
      run.stream(flow, links.get(i), first + (i ^ 1), both);
    }
  }

  /// The server is warm and does nothing else; the disk is measured in turn with it.
  private void lone(Site site, Path folder, LoadReport report) {
    report.note("quietBeforeLone", Until.holds(QUIET_MAX, Duration.ZERO, () -> isQuiet(site)));
    report.note("fileSystem", Scratch.kindOf(folder));
    TidingsDialect dialect = tidings(site, Place.USER);
    try (Run run = run(site, dialect, traffic.payload);
        DiskFloor floor = new DiskFloor(folder)) {
      Flow flow = run.flow(new Pace.Confirmed(1));
      pairs(run, flow, connections, 2);
      // On one core the compiler stands in the way of what it compiles for: not before it is done.
      floor.measure(loneWarmUp);
      run.sendAll(flow, Math.max(1, loneWarmUp / 2), 1);
      flow.recordFrom(run.now());
      floor.times().reset();
      int each = Math.max(1, lone / ROUNDS);
      for (int i = 0; i < ROUNDS; i++) {
        floor.measure(each);
        run.sendAll(flow, Math.max(1, each / 2), 1);
      }
      report.latency("loneMicros", "a lone sender, sent to ok", flow.confirmation());
      report.latency("fdatasyncMicros", "fdatasync alone", floor.times());
      double ratio =
          (double) flow.confirmation().getValueAtPercentile(99)
              / floor.times().getValueAtPercentile(99);
      report.note("loneP99ToFdatasyncP99", ratio);
      report.row("p99 by p99 of fdatasync", "%.2f", ratio);
      if (!run.counts(flow).isClean()) {
        report.isNotClean();
        report.remark("The lone sender: %s", run.counts(flow));
      }
    } catch (IOException e) {
      throw new BenchFailure("the disk below " + folder + ": " + e.getMessage(), e);
    }
  }

  private static boolean isQuiet(Site site) {
    ProcessorTime before = ProcessorTime.now(site.server());
    Until.holds(QUIET_GLANCE, QUIET_GLANCE, () -> false);
    return ProcessorTime.now(site.server()).since(before).serverPercent() < QUIET_PERCENT;
  }
}
