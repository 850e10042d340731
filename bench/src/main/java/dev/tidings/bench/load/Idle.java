package dev.tidings.bench.load;

import dev.tidings.bench.process.BenchFailure;
import dev.tidings.bench.process.HeapClasses;
import dev.tidings.bench.process.ProcessorTime;
import dev.tidings.bench.process.Watched;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// What connections cost that are there and say nothing.
@Command(
    name = "idle",
    description =
        "Opens connections that say nothing; what memory the server needs for each (on this machine"
            + " only), and how long it took to open them.",
    mixinStandardHelpOptions = true)
final class Idle extends Workload {
  private static final Duration PING_MAX = Duration.ofSeconds(90);
  private static final Duration SETTLE_MAX = Duration.ofSeconds(60);
  private static final long GLANCE_NANOS = 500_000_000;

  /// Settled: so many looks in a row within [#SETTLED_KIB] of each other.
  private static final int SETTLED_LOOKS = 4;

  private static final long SETTLED_KIB = 256;

  @Option(
      names = "--connections",
      defaultValue = "10000",
      description = "How many (default: ${DEFAULT-VALUE}).")
  private int connections;

  @Option(
      names = "--no-heartbeat",
      description =
          "Do not wait for the first heartbeat of all; what answering it leaves behind is part of the"
              + " price.")
  private boolean noHeartbeat;

  @Option(
      names = "--groups",
      defaultValue = "0",
      description = "Groups that each user is in (default: ${DEFAULT-VALUE}).")
  private int groups;

  @Option(
      names = "--group-size",
      defaultValue = "10",
      description = "Members of each of these groups (default: ${DEFAULT-VALUE}).")
  private int groupSize;

  @Option(
      names = "--histogram",
      description =
          "Afterwards, the classes of which every connection has an object (a server in Java).")
  private boolean histogram;

  @Override
  void measure(Site site, LoadReport report) {
    // A group that is only there to be in; users read nothing.
    Dialect dialect = where.isTidings() ? tidings(site, Place.USER) : dialect(site, Place.TOPIC);
    if (groups > 0) {
      makeGroups(site);
    }
    try (Run run = run(site, dialect, Payload.BYTES_MIN)) {
      long before = settledKib(run, site.server());
      ProcessorTime begin = ProcessorTime.now(site.server());
      List<Seat> seats = new ArrayList<>();
      for (int i = 0; i < connections; i++) {
        seats.add(new Seat(i, Role.READER, i));
      }
      run.connect(seats, CONNECTS_UNDER_WAY, CONNECT_MAX);
      ProcessorTime.Span connecting = ProcessorTime.now(site.server()).since(begin);
      long connected = settledKib(run, site.server());
      if (dialect instanceof TidingsDialect tidings && !noHeartbeat) {
        awaitHeartbeats(run, tidings);
      }
      long after = settledKib(run, site.server());
      report(site, report, run, connecting, new long[] {before, connected, after});
    }
  }

  private void report(
      Site site, LoadReport report, Run run, ProcessorTime.Span connecting, long[] kib) {
    report.headline(
        Words.of(
            "%,d connections%s",
            connections, groups == 0 ? "" : Words.of(", each user in %,d groups", groups)));
    report.note("connections", connections);
    report.note("groups", groups);
    report.note("secondsToConnect", connecting.seconds());
    report.row("seconds to connect all", "%.2f", connecting.seconds());
    if (site.server().isKnown()) {
      double each = (double) (kib[2] - kib[0]) / connections;
      report.note("residentKibBefore", kib[0]);
      report.note("residentKibConnected", kib[1]);
      report.note("residentKibAfterHeartbeat", kib[2]);
      report.note("kibPerConnection", each);
      report.note("kibPerConnectionConnected", (double) (kib[1] - kib[0]) / connections);
      report.row(
          "KiB per connection",
          "%.2f   (just connected: %.2f)",
          each,
          (double) (kib[1] - kib[0]) / connections);
      report.row(
          "server memory, MiB",
          "before %,.0f, connected %,.0f, at the end %,.0f resident",
          kib[0] / 1024.0,
          kib[1] / 1024.0,
          kib[2] / 1024.0);
      report.note("serverCpuMicrosPerConnect", connecting.server().toNanos() / 1e3 / connections);
      report.row(
          "server CPU, µs", "%.1f per connect", connecting.server().toNanos() / 1e3 / connections);
    } else {
      report.remark("The server is not on this machine, or not to be found (--server-pid).");
    }
    report.processors(connecting);
    long ended = run.ended();
    report.note("connectionsEnded", ended);
    if (ended > 0) {
      report.isNotClean();
      report.remark("%,d connections ended: %s", ended, run.firstTrouble());
    }
    if (histogram && site.server().isKnown()) {
      classes(site.server(), report);
    }
  }

  private void classes(Watched server, LoadReport report) {
    try {
      HeapClasses.of(server.processes().getFirst().pid()).stream()
          .filter(row -> row.instances() >= connections)
          .forEach(row -> report.row("heap, per connection", "%s", row.perConnection(connections)));
    } catch (IOException e) {
      throw new BenchFailure("jcmd: " + e.getMessage(), e);
    }
  }

  /// Users sit together in blocks; the first of a block makes its groups.
  private void makeGroups(Site site) {
    GroupSetup setup = new GroupSetup(site);
    for (int first = 0; first + groupSize <= connections; first += groupSize) {
      int owner = first;
      List<String> addresses =
          IntStream.range(0, groups)
              .mapToObj(group -> "g:bench-" + site.run() + "-" + owner + "-" + group)
              .toList();
      setup.createAll(
          addresses, owner, IntStream.range(first + 1, first + groupSize).boxed().toList());
    }
  }

  private void awaitHeartbeats(Run run, TidingsDialect dialect) {
    boolean all =
        run.await(
            "heartbeat",
            PING_MAX,
            () -> Words.of("%,d of %,d", dialect.pings(), connections),
            () -> dialect.pings() >= connections);
    if (!all) {
      throw new BenchFailure("no heartbeat of all within " + PING_MAX.toSeconds() + " s");
    }
  }

  /// Resident memory once it has stopped moving.
  private static long settledKib(Run run, Watched server) {
    if (!server.isKnown()) {
      return 0;
    }
    Settling settling = new Settling(run, server);
    if (!run.await(
        "settling", SETTLE_MAX, () -> Words.of("%,d KiB", settling.kib), settling::look)) {
      throw new BenchFailure("the server's memory does not settle");
    }
    return settling.kib;
  }

  private static final class Settling {
    private final Run run;
    private final Watched server;
    private long kib;
    private int looks;
    private long nextNanos;

    Settling(Run run, Watched server) {
      this.run = run;
      this.server = server;
    }

    boolean look() {
      if (run.now() >= nextNanos) {
        nextNanos = run.now() + GLANCE_NANOS;
        long now = server.residentKib();
        if (Math.abs(now - kib) <= SETTLED_KIB) {
          looks++;
        } else {
          kib = now;
          looks = 0;
        }
      }
      return looks >= SETTLED_LOOKS;
    }
  }
}
