package dev.tidings.bench;

import dev.tidings.bench.process.BenchFailure;
import dev.tidings.bench.process.Scratch;
import dev.tidings.testbed.consistency.Chronicle;
import dev.tidings.testbed.consistency.Verdict;
import dev.tidings.testbed.drive.Nodes;
import dev.tidings.testbed.drive.Traffic;
import dev.tidings.testbed.redis.RedisProcess;
import dev.tidings.testbed.redis.RedisSettings;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// What clients notice when all nodes are restarted one after the other.
@Command(
    name = "rolling",
    description =
        "Restarts the nodes of one server one after the other (SIGTERM) under load, and says what"
            + " was lost, what came twice and how long each client heard nothing.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class Rolling implements Callable<Integer> {
  private static final double SILENCE_SECONDS_MAX = 3;
  private static final int HEAD_SECONDS = 30;
  private static final int DRAIN_SECONDS_MAX = 20;

  @Mixin private Setting setting = new Setting();

  @Option(names = "--nodes", defaultValue = "3")
  private int nodes;

  @Option(names = "--clients", defaultValue = "50", description = "2 to 200.")
  private int clients;

  @Option(names = "--rate", defaultValue = "200", description = "Messages a second, of all.")
  private int rate;

  @Option(names = "--rounds", defaultValue = "3", description = "How often each is restarted.")
  private int rounds;

  @Option(
      names = "--drain",
      defaultValue = "10",
      description = "Seconds that clients have to move, 0 to 20.")
  private int drain;

  @Option(names = "--pause", defaultValue = "2", description = "Seconds between two restarts.")
  private int pause;

  @Override
  public Integer call() {
    if (drain < 0 || drain > DRAIN_SECONDS_MAX || nodes < 2) {
      throw new BenchFailure("--drain: 0 to " + DRAIN_SECONDS_MAX + "; --nodes: from 2 on");
    }
    List<String> launcher = List.of(setting.checkout().resolve("tidings").toString());
    List<String> options = List.of("--no-rate-limits", "--drain", String.valueOf(drain));
    Traffic.Plan plan =
        new Traffic.Plan(ThreadLocalRandom.current().nextLong(), clients, rate, HEAD_SECONDS);
    try (RedisProcess redis = RedisProcess.start(RedisSettings.ON_DISK);
        Nodes running =
            Nodes.start(launcher, Collections.nCopies(nodes, redis.uri()), _ -> options);
        Traffic traffic = Traffic.begin(running.webSockets(), plan, new Chronicle())) {
      long begin = System.nanoTime();
      rest();
      for (int i = 0; i < rounds * nodes; i++) {
        running.terminate(i % nodes);
        running.start(i % nodes);
        rest();
      }
      Duration took = Duration.ofNanos(System.nanoTime() - begin);
      Traffic.Outcome outcome = traffic.end();
      Scratch disk = new Scratch(redis.folder(), Scratch.kindOf(redis.folder()));
      Report report = new Report("rolling", disk, System.out);
      say(report, outcome, took);
      report.append(setting.results());
      return outcome.verdict().isClean() && outcome.failures().isEmpty() ? 0 : 1;
    }
  }

  private void rest() {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(pause);
    for (long left = 1; left > 0; left = until - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private void say(Report report, Traffic.Outcome outcome, Duration took) {
    Verdict verdict = outcome.verdict();
    report.say(
        "%d nodes, each restarted %d times in %d s, %d clients, %d messages a second, drain %d s",
        nodes, rounds, took.toSeconds(), clients, rate, drain);
    report.note("nodes", nodes);
    report.note("rounds", rounds);
    report.note("clients", clients);
    report.note("rate", rate);
    report.note("drainSeconds", drain);
    report.note("seconds", took.toSeconds());
    report.note("sent", verdict.sent());
    report.note("confirmed", verdict.confirmed());
    report.note("heard", verdict.heard());
    report.note("broken", verdict.broken());
    report.note("declaredLost", verdict.declared());
    report.note("failures", outcome.failures());
    report.note("moves", outcome.moves());
    report.say("  %s", verdict);
    report.say("  %,d moves to another node, failures %s", outcome.moves(), outcome.failures());
    report.say("  longest time without an entry, per client:");
    report.note("silenceP50Seconds", seconds(outcome.silence(50)));
    report.say("  %-44s %,12.2f", "p50, s", seconds(outcome.silence(50)));
    report.atMost("silenceP99Seconds", "p99, s", seconds(outcome.silence(99)), SILENCE_SECONDS_MAX);
    Duration answer =
        outcome.clients().stream()
            .map(Traffic.Experience::answer)
            .max(Duration::compareTo)
            .orElseThrow();
    report.note("answerMaxSeconds", seconds(answer));
    report.say("  %-44s %,12.2f", "slowest answer of all, s", seconds(answer));
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
