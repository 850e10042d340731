package dev.tidings.bench.load;

import dev.tidings.bench.process.BenchFailure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// What all workloads have in common: a server, a report, and the order of things.
abstract class Workload implements Callable<Integer> {
  /// How long all connections may take.
  static final Duration CONNECT_MAX = Duration.ofMinutes(3);

  /// Connections on their way at once: enough to keep a server busy, few enough for its backlog.
  static final int CONNECTS_UNDER_WAY = 128;

  @ParentCommand private @Nullable LoadCommand parent;

  @Spec private @Nullable CommandSpec spec;

  @Mixin final SiteOptions where = new SiteOptions();

  @Option(
      names = "--json",
      paramLabel = "<file>",
      description = "Append all figures to this file, as one line of JSON.")
  private Path json = Path.of("");

  @Option(
      names = "--html",
      paramLabel = "<file>",
      description = "Write a page with the figures and plots; it needs nothing else.")
  private Path html = Path.of("");

  /// Does the work.
  abstract void measure(Site site, LoadReport report);

  @Override
  public Integer call() {
    try (Site site = Site.open(where)) {
      CommandSpec command = spec;
      String name = command == null ? "" : command.name();
      LoadReport report = new LoadReport(name, commandLine(command));
      measure(site, report);
      report.print(System.out);
      if (!json.toString().isEmpty()) {
        report.append(json);
      }
      if (!html.toString().isEmpty()) {
        report.writePage(html);
      }
      return report.isClean() ? 0 : 1;
    }
  }

  /// As it was typed, without what should stay secret.
  private static String commandLine(@Nullable CommandSpec command) {
    if (command == null) {
      return "";
    }
    Stream<String> args =
        command.commandLine().getParseResult().originalArgs().stream()
            .map(arg -> arg.replaceFirst("--(key|token)=.*", "--$1=…"));
    List<String> all = args.toList();
    StringBuilder line = new StringBuilder("tidings bench");
    String before = "";
    for (String arg : all) {
      line.append(' ').append(before.equals("--key") || before.equals("--token") ? "…" : arg);
      before = arg;
    }
    return line.toString();
  }

  /// The language of the server; other servers know one kind of conversation only.
  Dialect dialect(Site site, Place place) {
    if (where.isTidings()) {
      return new TidingsDialect(site.target(), site.identities(), place, site.run());
    }
    if (place != Place.TOPIC || parent == null) {
      throw new BenchFailure("only Tidings has that");
    }
    return parent.peer(where.dialect);
  }

  /// Connections and counts of this workload.
  Run run(Site site, Dialect dialect, int payloadBytes) {
    return new Run(
        site.target().address(), dialect, new Payload(payloadBytes), site.server(), progress());
  }

  /// Workloads that only Tidings knows.
  TidingsDialect tidings(Site site, Place place) {
    if (dialect(site, place) instanceof TidingsDialect tidings) {
      return tidings;
    }
    throw new BenchFailure("only Tidings has that");
  }

  private Progress progress() {
    return parent == null ? Progress.none() : Progress.ofTerminal();
  }

  static List<Seat> seats(int first, int count, Role role, int conversation) {
    return IntStream.range(first, first + count)
        .mapToObj(index -> new Seat(index, role, conversation))
        .toList();
  }
}
