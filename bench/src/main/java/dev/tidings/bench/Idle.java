package dev.tidings.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// What connections cost that are there and say nothing.
@Command(
    name = "idle",
    description = "Memory of idle connections, and how long it takes to open them.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class Idle implements Callable<Integer> {
  private static final double KIB_EACH_MAX = 8;
  private static final double SECONDS_MAX = 10;
  private static final Duration CONNECT_MAX = Duration.ofMinutes(2);
  private static final Duration PING_MAX = Duration.ofSeconds(60);
  private static final Duration SETTLE_MAX = Duration.ofSeconds(60);
  private static final Duration SETTLE_GLANCE = Duration.ofMillis(500);

  /// Settled: so many looks in a row within [#SETTLED_KIB] of each other.
  private static final int SETTLED_LOOKS = 4;

  private static final long SETTLED_KIB = 256;

  @Mixin private Setting setting = new Setting();

  @Option(names = "--connections", defaultValue = "10000", description = "How many.")
  private int connections;

  @Option(
      names = "--histogram",
      description = "Afterwards, the classes of which every connection has an object.")
  private boolean histogram;

  @Override
  public Integer call() throws IOException {
    try (Scratch scratch = setting.scratch();
        ServerProcess server = ServerProcess.start(setting, scratch.data());
        Load load = new Load(server.port())) {
      Report report = new Report("idle", scratch, System.out);
      server.connect(Duration.ofSeconds(60)).close();
      measure(server, load, report);
      report.append(setting.results());
    }
    return 0;
  }

  private void measure(ServerProcess server, Load load, Report report) throws IOException {
    long before = settledKib(server);
    ProcessorTime begin = ProcessorTime.now(server.handle());
    List<LoadConnection> all =
        load.connect(connections, i -> "user" + i, Traffic.NONE, CONNECT_MAX);
    ProcessorTime.Span connecting = ProcessorTime.now(server.handle()).since(begin);
    long connected = settledKib(server);

    // The first heartbeat of all of them: what answering it leaves behind is part of the price.
    boolean pinged =
        Until.holds(PING_MAX, Duration.ofMillis(100), () -> load.on(load::pings) >= connections);
    if (!pinged) {
      throw new BenchFailure("no heartbeat within " + PING_MAX.toSeconds() + " s");
    }
    long after = settledKib(server);
    long open = load.on(() -> all.stream().filter(LoadConnection::isOpen).count());
    if (open != connections) {
      throw new BenchFailure("only " + open + " connections are open still");
    }

    report.say("%,d idle authenticated WebSocket connections", connections);
    report.note("connections", connections);
    report.note("residentKibBefore", before);
    report.note("residentKibConnected", connected);
    report.note("residentKibAfterHeartbeat", after);
    report.say(
        "  %-44s before %,d, connected %,d, after a heartbeat %,d",
        "resident memory of the server, KiB", before, connected, after);
    report.atMost(
        "kibPerConnection",
        "KiB per connection, after a heartbeat",
        (double) (after - before) / connections,
        KIB_EACH_MAX);
    double each = (double) (connected - before) / connections;
    report.note("kibPerConnectionConnected", each);
    report.say("  %-44s %,12.2f", "KiB per connection, just connected", each);
    report.atMost("secondsToConnect", "seconds to connect all", connecting.seconds(), SECONDS_MAX);
    report.processors(connecting);
    if (histogram) {
      report.say("objects of which every connection has at least one");
      HeapClasses.of(server.handle().pid()).stream()
          .filter(row -> row.instances() >= connections)
          .forEach(row -> report.say("  %s", row.perConnection(connections)));
    }
    load.on(() -> {
      all.forEach(LoadConnection::close);
      return true;
    });
  }

  /// Resident memory once it has stopped moving.
  private static long settledKib(ServerProcess server) {
    AtomicLong reference = new AtomicLong(server.residentKib());
    AtomicLong looks = new AtomicLong();
    boolean settled =
        Until.holds(
            SETTLE_MAX,
            SETTLE_GLANCE,
            () -> {
              long now = server.residentKib();
              if (Math.abs(now - reference.get()) <= SETTLED_KIB) {
                return looks.incrementAndGet() >= SETTLED_LOOKS;
              }
              reference.set(now);
              looks.set(0);
              return false;
            });
    if (!settled) {
      throw new BenchFailure("the server's memory does not settle");
    }
    return reference.get();
  }
}
