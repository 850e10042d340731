package dev.tidings.bench.cluster;

import dev.tidings.testbed.TestbedFailure;
import dev.tidings.testbed.consistency.Chronicle;
import dev.tidings.testbed.consistency.Event;
import dev.tidings.testbed.consistency.Verdict;
import dev.tidings.testbed.consistency.Violation.Kind;
import dev.tidings.testbed.drive.Nodes;
import dev.tidings.testbed.drive.Traffic;
import dev.tidings.testbed.redis.RedisProcess;
import dev.tidings.testbed.redis.RedisPrograms;
import dev.tidings.testbed.redis.RedisSettings;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `./tidings cluster-demo`: several nodes, one Redis and a crowd of clients on this machine; nodes
/// are killed, and what came of it is counted from what the clients have noted.
@Command(
    name = "tidings cluster-demo",
    description =
        "Starts a Redis and several nodes on this machine, lets clients write to one another, kills"
            + " nodes with SIGKILL meanwhile, and says what was lost, repeated or out of order.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    footer = {"", "Ends with 0 only if that is nothing. All it writes is in temporary folders."})
public final class ClusterDemo implements Callable<Integer> {
  private static final int HEAD_SECONDS = 30;
  private static final int RATE_PER_CLIENT_MAX = 40;

  /// 128 + SIGINT, as shells count.
  private static final int INTERRUPTED = 130;

  @Option(
      names = "--seconds",
      defaultValue = "20",
      description = "How long clients write, 2 to 600.")
  private int seconds;

  @Option(names = "--clients", defaultValue = "20", description = "2 to 200.")
  private int clients;

  @Option(names = "--kills", defaultValue = "1", description = "How many times, 0 to 50.")
  private int kills;

  @Option(names = "--nodes", defaultValue = "2", description = "2 to 5.")
  private int nodes;

  @Option(
      names = "--rate",
      defaultValue = "100",
      description = "Messages a second of all clients together, up to 40 for each.")
  private int rate;

  @Spec private CommandSpec command = CommandSpec.create();

  private final List<String> launcher;
  private final IntFunction<List<String>> options;
  private final int headSeconds;
  private final PrintStream out;
  private volatile boolean interrupted;
  private long begunNanos;

  /// @param launcher the words of a command that stand before `serve`
  /// @param options of `serve` for the node of a number
  /// @param headSeconds how long what was said may still be on its way when all is answered
  ClusterDemo(
      List<String> launcher, IntFunction<List<String>> options, int headSeconds, PrintStream out) {
    this.launcher = launcher;
    this.options = options;
    this.headSeconds = headSeconds;
    this.out = out;
  }

  public static void main(String[] args) {
    Path checkout = Path.of(System.getProperty("tidings.checkout", "")).toAbsolutePath();
    List<String> launcher = List.of(checkout.resolve("tidings").toString());
    System.exit(run(new ClusterDemo(launcher, _ -> List.of(), HEAD_SECONDS, System.out), args));
  }

  /// Answers the exit code.
  static int run(ClusterDemo demo, String... args) {
    CommandLine commands = new CommandLine(demo);
    commands.setExecutionExceptionHandler((failure, command, parsed) -> {
      if (demo.interrupted) {
        return INTERRUPTED;
      }
      if (failure instanceof TestbedFailure) {
        command.getErr().println("tidings: " + failure.getMessage());
      } else {
        failure.printStackTrace(command.getErr());
      }
      return 1;
    });
    return commands.execute(args);
  }

  @Override
  public Integer call() {
    check("--seconds", seconds, 2, 600);
    check("--clients", clients, 2, Traffic.CLIENTS_MAX);
    check("--kills", kills, 0, 50);
    check("--nodes", nodes, 2, 5);
    check("--rate", rate, 1, RATE_PER_CLIENT_MAX * clients);
    Optional<String> missing = RedisPrograms.missing();
    if (missing.isPresent()) {
      throw new TestbedFailure(
          missing.get() + ".\nInstall it, for example with: apt install redis-server");
    }
    try (RedisProcess redis = RedisProcess.start(RedisSettings.ON_DISK);
        Nodes running = Nodes.start(launcher, Collections.nCopies(nodes, redis.uri()), options)) {
      Thread cleaner = Thread.ofPlatform().unstarted(() -> clean(running, redis));
      Runtime.getRuntime().addShutdownHook(cleaner);
      try {
        return run(running, redis);
      } finally {
        if (!interrupted) {
          Runtime.getRuntime().removeShutdownHook(cleaner);
        }
      }
    }
  }

  private void check(String option, int value, int min, int max) {
    if (value < min || value > max) {
      throw new ParameterException(
          command.commandLine(), "tidings: " + option + " " + value + ": " + min + " to " + max);
    }
  }

  private void clean(Nodes running, RedisProcess redis) {
    interrupted = true;
    say("interrupted: everything is ended and removed");
    running.close();
    redis.close();
  }

  @SuppressWarnings("AnnotateFormatMethod") // would need a library of annotations just for this
  private void say(String format, Object... values) {
    out.println(String.format(Locale.ROOT, format, values));
    out.flush();
  }

  private int run(Nodes running, RedisProcess redis) {
    say(
        "Redis %s on port %d, appendonly yes, appendfsync always, in %s",
        RedisPrograms.find().version(), redis.port(), redis.folder());
    for (int i = 0; i < nodes; i++) {
      say("node %d at %s, pid %d", i, running.webSockets().get(i), running.pid(i));
    }
    say(
        "%d clients that know all nodes send %d messages a second: to a group of all of them and"
            + " to one another",
        clients, rate);
    Chronicle chronicle = new Chronicle();
    Traffic.Plan plan =
        new Traffic.Plan(ThreadLocalRandom.current().nextLong(), clients, rate, headSeconds);
    try (Traffic traffic = Traffic.begin(running.webSockets(), plan, chronicle)) {
      begunNanos = System.nanoTime();
      for (int i = 0; i < kills; i++) {
        awaitMoment((i + 1L) * seconds * 1_000L / (kills + 1));
        kill(running, i % nodes, traffic);
      }
      awaitMoment(seconds * 1_000L);
      say("%s  the clients write no more, and read everything to its end", at(traffic));
      return judge(traffic.end(), chronicle);
    }
  }

  private void kill(Nodes running, int node, Traffic traffic) {
    long pid = running.pid(node);
    running.kill(node);
    say("%s  node %d killed: SIGKILL to pid %d", at(traffic), node, pid);
    running.start(node);
    say("%s  node %d is back as pid %d", at(traffic), node, running.pid(node));
  }

  private String at(Traffic traffic) {
    return String.format(
        Locale.ROOT,
        "%6.1f s  sent %,d, acknowledged %,d",
        (System.nanoTime() - begunNanos) / 1e9,
        traffic.sent(),
        traffic.answered());
  }

  private void awaitMoment(long millis) {
    long moment = begunNanos + TimeUnit.MILLISECONDS.toNanos(millis);
    for (long left = 1; left > 0 && !interrupted; left = moment - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  /// Says what came of it; answers the exit code.
  private int judge(Traffic.Outcome outcome, Chronicle chronicle) {
    Verdict verdict = outcome.verdict();
    // What a server declares lost is no broken promise, but lost it is.
    long lost = verdict.broken(Kind.LOST, Kind.HOLE, Kind.UNDECLARED) + verdict.declared();
    long repeated = verdict.broken(Kind.TWICE_KEPT, Kind.TWICE_HEARD);
    long disorder = verdict.broken(Kind.DISORDER, Kind.CONTRADICTION);
    say("");
    say("sent          %,10d", verdict.sent());
    say("acknowledged  %,10d   level %s", verdict.confirmed(), levels(chronicle));
    say(
        "delivered     %,10d   entries, of logs read to their ends, also once more",
        verdict.heard());
    say("moved         %,10d   times a client went on at another node", outcome.moves());
    say("lost          %,10d", lost);
    say("repeated      %,10d", repeated);
    say("out of order  %,10d", disorder);
    say("refused       %,10d", outcome.failures().size());
    say(
        "silence       p50 %s, p99 %s, longest %s: without an entry, of each client the longest time",
        words(outcome.silence(50)), words(outcome.silence(99)), words(outcome.silence(100)));
    verdict.violations().forEach(violation -> say("  %s", violation));
    outcome.failures().forEach(failure -> say("  %s", failure));
    boolean good =
        lost == 0
            && repeated == 0
            && disorder == 0
            && verdict.isClean()
            && outcome.failures().isEmpty();
    say("");
    say(
        good
            ? "Everything that was acknowledged is there, once and in order."
            : "That must not happen.");
    return good ? 0 : 1;
  }

  private static String levels(Chronicle chronicle) {
    return chronicle.events().stream()
        .filter(Event.Confirmed.class::isInstance)
        .map(event -> ((Event.Confirmed) event).level())
        .collect(Collectors.toCollection(TreeSet::new))
        .stream()
        .collect(Collectors.joining(", "));
  }

  private static String words(Duration duration) {
    return String.format(Locale.ROOT, "%.2f s", duration.toNanos() / 1e9);
  }
}
