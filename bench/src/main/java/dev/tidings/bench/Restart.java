package dev.tidings.bench;

import dev.tidings.bench.load.PairLoad;
import dev.tidings.bench.process.BenchFailure;
import dev.tidings.bench.process.LineClient;
import dev.tidings.bench.process.Scratch;
import dev.tidings.bench.process.ServerProcess;
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
      ServerProcess server = setting.start(scratch);
      try {
        long stored = 0;
        Witnessed known = new Witnessed();
        for (int i = 0; i < times; i++) {
          long more = i == 0 ? entries : between;
          fillAndKill(server, more, known);
          stored += more;
          server = setting.start(scratch);
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
    try (PairLoad load = new PairLoad(server.address(), CONNECTIONS, WINDOW)) {
      load.confirm(entries, FILL_MAX);
      // Thousands of sends are under way: the kill falls between a write and its sync.
      server.kill();
      load.hearTheEnd(ANSWER_MAX);
      server.close();
      known.seq += load.confirmedBetweenFirstTwo();
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
