package dev.tidings.bench.compare;

import dev.tidings.bench.process.BenchFailure;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `bench/compare`: the floor, Tidings and other servers under the same load, one after the other.
///
/// For each trial the floors are measured first and last and everybody else between, each with a
/// process of its own for the server and another for the load. Whoever cannot take part is named
/// and left out; so is a measurement that fails.
@Command(
    name = "compare",
    description =
        "Measures the floor, Tidings and other servers under the same load, and writes one page.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Leave the machine alone meanwhile: what others take of it is recorded, and a measurement is",
      "repeated while it is more than --others-max."
    })
public final class Compare implements Callable<Integer> {
  private static final Duration BESIDE_CONNECTED_MAX = Duration.ofMinutes(2);

  /// Warm-up before what is done at a moderate rate, as a multiple of the others'.
  private static final int AT_RATE_TIMES = 5;

  /// What the measured load may take beside warm-up and time: its start, its connections, its end.
  private static final int BESIDE_SECONDS_MORE = 20;

  private static final int BESIDE_CONNECTIONS = 9_999;
  private static final int BESIDE_NICENESS = 10;
  private static final long GLANCE_NANOS = 100_000_000;

  @Option(
      names = "--workloads",
      split = ",",
      paramLabel = "<name>",
      description = "Only these, by name or by its beginning (room, growth-…); see --list.")
  private List<String> workloads = List.of();

  @Option(
      names = "--servers",
      split = ",",
      paramLabel = "<name>",
      description = "Only these; the floors always take part; see --list.")
  private List<String> servers = List.of();

  @Option(
      names = "--seconds",
      defaultValue = "5",
      description = "How long is measured each time (default: ${DEFAULT-VALUE}).")
  private double seconds;

  @Option(
      names = "--warm-up",
      defaultValue = "6",
      description =
          "How long the same goes on before (default: ${DEFAULT-VALUE}); five times as long before what"
              + " is done at a moderate rate, but for the floor.")
  private double warmUp;

  @Option(
      names = "--rounds",
      defaultValue = "1",
      description = "How often everything is done (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--others-max",
      defaultValue = "12",
      paramLabel = "<percent>",
      description = "Of a core: what others may take (default: ${DEFAULT-VALUE}).")
  private double othersMax;

  @Option(
      names = "--tries",
      defaultValue = "3",
      description =
          "How often a disturbed measurement is made; the quietest counts (default: ${DEFAULT-VALUE}).")
  private int tries;

  @Option(
      names = "--server-core",
      defaultValue = "0",
      description = "The core of every server; the load's is LOAD_CORE, 1 if not said.")
  private String serverCore = "0";

  @Option(
      names = "--results",
      description = "The folder for compare.md and compare.jsonl. Default: bench/results.")
  private Path results = checkout().resolve("bench/results");

  @Option(
      names = "--table-only",
      description = "Measure nothing; make compare.md of all lines in compare.jsonl.")
  private boolean tableOnly;

  @Option(names = "--list", description = "Measure nothing; name the workloads and the servers.")
  private boolean list;

  private final PrintStream out = System.out;
  private final Map<String, String> versions = new LinkedHashMap<>();

  private static Path checkout() {
    return Path.of(System.getProperty("tidings.checkout", "")).toAbsolutePath();
  }

  @Override
  public Integer call() throws IOException {
    if (list) {
      Trial.all().forEach(trial -> say("%-16s %s", trial.name(), trial.title()));
      say("");
      Contender.all().forEach(contender -> say("%s", contender.name()));
      return 0;
    }
    Path lines = results.resolve("compare.jsonl");
    if (tableOnly) {
      writePage(read(lines));
      return 0;
    }
    List<Trial> trials = chosen(Trial.all(), Trial::name, workloads);
    List<Contender> present = present(trials);
    Files.createDirectories(results);
    List<Outcome> outcomes = new ArrayList<>();
    int failed = 0;
    for (int round = 0; round < rounds; round++) {
      for (Trial trial : trials) {
        say("%n%s (%s)", trial.title(), trial.name());
        for (Contender contender : trial.order(present, serverCore, loadCore())) {
          Optional<Outcome> outcome = quietest(trial, contender, round);
          if (outcome.isPresent()) {
            outcomes.add(outcome.get());
            append(lines, outcome.get());
          } else {
            failed++;
          }
        }
      }
    }
    writePage(outcomes);
    if (failed > 0) {
      say("! %d measurements failed, see above.", failed);
    }
    return failed == 0 ? 0 : 1;
  }

  @SuppressWarnings("AnnotateFormatMethod") // would need a library of annotations just for this
  private void say(String format, Object... values) {
    out.println(String.format(Locale.ROOT, format, values));
  }

  private static String loadCore() {
    return Optional.ofNullable(System.getenv("LOAD_CORE")).orElse("1");
  }

  // ---- Who and what ----------------------------------------------------------------------------

  /// @param asked names, or their beginnings; none: all
  private static <T> List<T> chosen(List<T> all, Function<T, String> name, List<String> asked) {
    for (String each : asked) {
      if (all.stream().noneMatch(one -> name.apply(one).startsWith(each))) {
        throw new BenchFailure(
            each + ": none of " + all.stream().map(name).collect(Collectors.joining(", ")));
      }
    }
    return all.stream()
        .filter(one ->
            asked.isEmpty()
                || asked.contains(name.apply(one))
                || asked.stream()
                    .anyMatch(each ->
                        all.stream().noneMatch(exact -> name.apply(exact).equals(each))
                            && name.apply(one).startsWith(each)))
        .toList();
  }

  /// Those asked for and needed that can be started, and the floors.
  private List<Contender> present(List<Trial> trials) {
    List<Contender> asked = chosen(Contender.all(), Contender::name, servers);
    List<Contender> present = new ArrayList<>();
    for (Contender contender : Contender.all()) {
      boolean isAsked = contender.isFloor() || asked.contains(contender);
      if (!isAsked || trials.stream().noneMatch(trial -> trial.needs(contender))) {
        continue;
      }
      Optional<String> version = version(contender);
      if (version.isPresent()) {
        versions.put(contender.name(), version.get());
        present.add(contender);
        say("%-16s %s", contender.name(), version.get());
      } else {
        say("%-16s IS LEFT OUT, see above", contender.name());
      }
    }
    return present;
  }

  /// Builds what must be built; what is missing is said by the script, on standard error.
  private static Optional<String> version(Contender contender) {
    List<String> command =
        contender.script().isPresent()
            ? List.of(
                checkout().resolve("bench").resolve(contender.script().get()).toString(), "version")
            : List.of(checkout().resolve("tidings").toString(), "--version");
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor() == 0
          ? Optional.of(said.strip().replaceAll("\\s+", " "))
          : Optional.empty();
    } catch (IOException e) {
      throw new BenchFailure("cannot run " + command + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchFailure("interrupted", e);
    }
  }

  // ---- One measurement -------------------------------------------------------------------------

  /// Measures until others left the machine alone, or it was tried often enough.
  private Optional<Outcome> quietest(Trial trial, Contender contender, int round) {
    Optional<Outcome> quietest = Optional.empty();
    double others = Double.MAX_VALUE;
    for (int i = 0; i < tries && others > othersMax; i++) {
      try {
        Outcome outcome = measure(trial, contender, round);
        double took = outcome.number(Figure.OTHER_PERCENT).orElse(0);
        if (took < others) {
          others = took;
          quietest = Optional.of(outcome);
        }
      } catch (BenchFailure e) {
        say("  %-16s failed: %s", contender.name(), String.valueOf(e.getMessage()));
        break;
      }
    }
    quietest.ifPresent(outcome -> say("  %-16s %s", contender.name(), words(trial, outcome)));
    return quietest;
  }

  private static String words(Trial trial, Outcome outcome) {
    String others =
        outcome.cell(Figure.OTHER_PERCENT, "others %.0f %%")
            + (Boolean.TRUE.equals(outcome.facts().get("clean")) ? "" : "   NOT CLEAN");
    return switch (trial.kind()) {
      case FLAT_OUT, AT_RATE ->
          outcome.cell(Figure.DELIVERIES, "%,12.0f deliveries/s   ")
              + outcome.cell(Figure.CPU, "%8.3f µs each   ")
              + outcome.cell(Figure.DELIVERY_P99, "p99 %,9.0f µs   ")
              + others;
      case KEPT ->
          outcome.cell(Figure.OKS, "%,12.0f ok/s   ")
              + outcome.cell(Figure.CPU_PER_SEND, "%8.2f µs each   ")
              + outcome.cell(Figure.OK_P99, "p99 %,9.0f µs   ")
              + others;
      case IDLE ->
          outcome.cell(Figure.KIB, "%8.2f KiB each   ")
              + outcome.cell(Figure.CONNECT_SECONDS, "%.1f s to connect   ")
              + others;
    };
  }

  private Outcome measure(Trial trial, Contender contender, int round) {
    String cores = contender.cores().isEmpty() ? serverCore : contender.cores();
    Path under = checkout().resolve("bench/target");
    try (Running server = Running.start(contender, checkout(), cores, under)) {
      Map<String, Object> facts =
          trial.beside().isEmpty()
              ? load(trial, contender, server)
              : loadBeside(trial, contender, server);
      facts.put(Outcome.SERVER, contender.name());
      facts.put(Outcome.TRIAL, trial.name());
      facts.put(Outcome.ROUND, round);
      facts.put("version", versionOf(contender));
      facts.put("serverCommand", server.command());
      facts.put("serverCore", cores);
      facts.put("loadCore", loadCore());
      facts.putIfAbsent("at", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
      return new Outcome(facts);
    }
  }

  /// Variants of Tidings have its version.
  private String versionOf(Contender contender) {
    return versions.getOrDefault(
        contender.isTidings() ? Contender.TIDINGS : contender.name(), "unknown");
  }

  private List<String> timed(Trial trial, Contender contender) {
    List<String> timed = new ArrayList<>(trial.load());
    if (trial.kind() != Trial.Kind.IDLE) {
      timed.addAll(List.of("--warm-up", Double.toString(warmUp(trial, contender))));
      timed.addAll(List.of("--duration", Double.toString(seconds)));
    }
    return timed;
  }

  /// At a moderate rate a virtual machine sees its code so seldom that it compiles for half a
  /// minute, and what that takes is large beside so little work.
  private double warmUp(Trial trial, Contender contender) {
    boolean isSlow = trial.kind() == Trial.Kind.AT_RATE && !contender.isFloor();
    return isSlow ? warmUp * AT_RATE_TIMES : warmUp;
  }

  private Map<String, Object> load(Trial trial, Contender contender, Running server) {
    try (Generator generator = Generator.start(contender, server, timed(trial, contender), 0)) {
      return generator.await();
    }
  }

  /// The load beside begins first and ends last. It gives way on the core that both use.
  private Map<String, Object> loadBeside(Trial trial, Contender contender, Running server) {
    double duration = warmUp(trial, contender) + seconds + BESIDE_SECONDS_MORE;
    List<String> beside = new ArrayList<>(trial.beside());
    beside.addAll(List.of("--warm-up", "0", "--duration", Double.toString(duration)));
    try (Generator other = Generator.start(contender, server, beside, BESIDE_NICENESS)) {
      awaitConnected(server, other);
      Map<String, Object> facts = load(trial, contender, server);
      if (!other.isRunning()) {
        throw new BenchFailure("the load beside it was over before");
      }
      facts.put("beside", other.await());
      return facts;
    }
  }

  private static void awaitConnected(Running server, Generator beside) {
    long endNanos = System.nanoTime() + BESIDE_CONNECTED_MAX.toNanos();
    while (server.openFiles() < BESIDE_CONNECTIONS) {
      if (!beside.isRunning()) {
        beside.await();
        throw new BenchFailure("the load beside it ended at once");
      }
      if (System.nanoTime() > endNanos) {
        throw new BenchFailure("the load beside it does not connect");
      }
      LockSupport.parkNanos(GLANCE_NANOS);
    }
  }

  // ---- Results
  // -----------------------------------------------------------------------------------

  private static void append(Path lines, Outcome outcome) throws IOException {
    Files.writeString(
        lines, outcome.line() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private static List<Outcome> read(Path lines) throws IOException {
    return Files.readAllLines(lines).stream().map(Outcome::of).toList();
  }

  private void writePage(List<Outcome> outcomes) throws IOException {
    String page = Table.page(new Outcomes(outcomes));
    Path file = results.resolve("compare.md");
    Files.writeString(file, page);
    say("%n%s", page);
    say("In %s; each measurement is a line of compare.jsonl beside it.", file);
  }
}
