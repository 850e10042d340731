package dev.tidings.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// From the start after a `kill -9` to the first durable `ok`.
@Command(
    name = "restart",
    description =
        "Fills a store through the protocol, kills the server (SIGKILL) while sends are under way,"
            + " and times the next start to its first ok.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class Restart implements Callable<Integer> {
  private static final double SECONDS_MAX = 3;
  private static final int CONNECTIONS = 1_000;
  private static final int WINDOW = 16;
  private static final Duration CONNECT_MAX = Duration.ofSeconds(60);
  private static final Duration FILL_MAX = Duration.ofMinutes(15);
  private static final Duration ANSWER_MAX = Duration.ofSeconds(60);

  @Mixin private Setting setting = new Setting();

  @Option(
      names = "--entries",
      defaultValue = "1000000",
      description = "Stored before the first kill.")
  private int entries;

  @Option(
      names = "--times",
      defaultValue = "5",
      description = "How often it is killed and started.")
  private int times;

  @Option(
      names = "--between",
      defaultValue = "100000",
      description = "Stored before each further kill, so that there is something to recover.")
  private int between;

  @Override
  public Integer call() {
    List<Double> seconds = new ArrayList<>();
    try (Scratch scratch = setting.scratch()) {
      Report report = new Report("restart", scratch, System.out);
      ServerProcess server = ServerProcess.start(setting, scratch.data());
      try {
        long stored = 0;
        Witnessed known = new Witnessed();
        for (int i = 0; i < times; i++) {
          long more = i == 0 ? entries : between;
          fillAndKill(server, more, known);
          stored += more;
          server = ServerProcess.start(setting, scratch.data());
          seconds.add(firstOk(server, known));
        }
        report.note("entries", entries);
        report.note("entriesAtTheEnd", stored);
        report.say("%,d entries stored, kill -9, start to the first ok on disk", entries);
        report.repeated("seconds", "seconds", seconds, SECONDS_MAX);
      } finally {
        server.close();
      }
      report.append(setting.results());
    }
    return 0;
  }

  /// The number that the next entry of the first conversation must exceed: what was confirmed
  /// before the kill is there after it.
  private static final class Witnessed {
    private long seq;
  }

  private static void fillAndKill(ServerProcess server, long entries, Witnessed known) {
    server.connect(ANSWER_MAX).close();
    try (Load load = new Load(server.port())) {
      PairTraffic traffic = new PairTraffic(WINDOW);
      List<LoadConnection> all = load.connect(CONNECTIONS, i -> "user" + i, traffic, CONNECT_MAX);
      load.on(() -> {
        traffic.areConnected(all);
        traffic.start(CONNECTIONS, Long.MAX_VALUE);
        return true;
      });
      boolean filled =
          Until.holds(FILL_MAX, Duration.ofMillis(2), () -> load.on(traffic::oks) >= entries);
      if (!filled) {
        throw new BenchFailure("the store does not fill: " + load.on(traffic::tally));
      }
      // The load goes on until the server is dead: the kill falls between a write and its sync.
      load.expectTheEnd();
      server.kill();
      server.close();
      known.seq += load.on(() -> traffic.oksBetweenFirstTwo());
    }
  }

  private static double firstOk(ServerProcess server, Witnessed known) {
    try (LineClient client = server.connect(ANSWER_MAX)) {
      client.ask("{\"op\":\"auth\",\"user\":\"user0\"}", "welcome");
      JsonNode ok = client.ask("{\"op\":\"send\",\"to\":\"u:user1\",\"data\":\"back\"}", "ok");
      double seconds = (System.nanoTime() - server.startedNanos()) / 1e9;
      long seq = ok.path("seq").asLong();
      if (!ok.path("level").asString().equals("disk") || seq <= known.seq) {
        throw new BenchFailure(known.seq + " entries were confirmed, then came " + ok);
      }
      known.seq = seq;
      return seconds;
    }
  }
}
