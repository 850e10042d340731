package dev.tidings;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// The floors of ARCHITECTURE.md, and what they forbid. Knows classes only by name, so that its own
/// tests can plant a violation as a string.
final class FloorMap {
  private static final String ROOT = "(root)";
  private static final String ROOT_PACKAGE = "dev.tidings";

  /// A module of its own beside the floors: what other people's programs use.
  private static final String CLIENT = "client";

  private static final Pattern ROW =
      Pattern.compile("\\|\\s*(\\d+)\\s*\\|([^|]*)\\|([^|]*)\\|[^|]*\\|");
  private static final Pattern NAME = Pattern.compile("`([^`]+)`");
  private static final Pattern SEES =
      Pattern.compile("\\bsees\\s+((?:`[^`]+`(?:,\\s*|\\s+and\\s+|\\s*))+)");
  private static final Pattern ARROW = Pattern.compile("\\s+(\\S+)\\s+->\\s+(\\S+)\\s+.*");

  private static final int QUIET_LOWEST = 1;
  private static final int QUIET_HIGHEST = 5;

  /// What makes noise: threads, sockets, files, and the libraries that bring them.
  private static final List<Pattern> NOISE =
      List.of(
          Pattern.compile("java\\.net\\..*"),
          Pattern.compile("java\\.nio\\.(channels|file)\\..*"),
          Pattern.compile("java\\.io\\.(File|RandomAccessFile|Console).*"),
          Pattern.compile("java\\.lang\\.(Inheritable)?Thread.*"),
          Pattern.compile("java\\.lang\\.Process.*"),
          Pattern.compile("java\\.util\\.Timer.*"),
          // A snapshot that other threads read may live in a concurrent map or an atomic reference,
          // and a bare Executor is only lent: whoever owns the threads behind it stands higher up.
          // Everything else of that package runs, waits or locks.
          Pattern.compile(
              "java\\.util\\.concurrent\\."
                  + "(?!atomic\\.|Concurrent(Hash|SkipList|Navigable)?Map(\\$.*)?$"
                  + "|Executor$|TimeUnit\\b).*"),
          Pattern.compile("io\\.netty\\..*"),
          Pattern.compile("org\\.rocksdb\\..*"),
          Pattern.compile("io\\.lettuce\\..*"));

  /// One class uses another. Both are full names.
  record Arrow(String from, String to) {}

  private final Map<String, Integer> floorOf;
  private final Set<Arrow> allowedAlongAFloor;

  private FloorMap(Map<String, Integer> floorOf, Set<Arrow> allowedAlongAFloor) {
    this.floorOf = Map.copyOf(floorOf);
    this.allowedAlongAFloor = Set.copyOf(allowedAlongAFloor);
  }

  /// Reads every row of a Markdown table that begins with a number. A package listed twice is an
  /// error.
  static FloorMap parse(String markdown) {
    var floorOf = new HashMap<String, Integer>();
    var allowed = new HashSet<Arrow>();
    markdown
        .lines()
        .map(line -> ROW.matcher(line.strip()))
        .filter(row -> row.matches())
        .forEach(row -> {
          List<String> packages = names(row.group(2));
          for (String name : packages) {
            if (floorOf.put(name, Integer.valueOf(row.group(1))) != null) {
              throw new IllegalArgumentException(name + " stands twice in the table of floors");
            }
          }
          SEES.matcher(row.group(3))
              .results()
              .flatMap(sees -> names(sees.group(1)).stream())
              .forEach(seen -> packages.forEach(name -> allowed.add(new Arrow(name, seen))));
        });
    if (floorOf.isEmpty()) {
      throw new IllegalArgumentException("no table of floors found");
    }
    return new FloorMap(floorOf, allowed);
  }

  private static List<String> names(String cell) {
    return NAME.matcher(cell).results().map((MatchResult match) -> match.group(1)).toList();
  }

  /// Reads what `jdeps -verbose:class` prints.
  static List<Arrow> arrows(String jdeps) {
    return jdeps
        .lines()
        .map(ARROW::matcher)
        .filter(line -> line.matches())
        .map(line -> new Arrow(line.group(1), line.group(2)))
        .toList();
  }

  /// All that the arrows do against the table, one sentence each; empty if all is well.
  List<String> violations(List<Arrow> arrows) {
    var violations = new LinkedHashSet<String>();
    for (Arrow arrow : arrows) {
      packageOf(arrow.from()).ifPresent(from -> judge(from, arrow).ifPresent(violations::add));
    }
    return new ArrayList<>(violations);
  }

  private Optional<String> judge(String from, Arrow arrow) {
    Integer fromFloor = floorOf.get(from);
    if (fromFloor == null) {
      return Optional.of(
          "package " + from + " has no floor: add it to the table in ARCHITECTURE.md");
    }
    Optional<String> to = packageOf(arrow.to());
    if (to.isPresent()) {
      return judgeInside(from, fromFloor, to.get(), arrow);
    }
    boolean quiet = fromFloor >= QUIET_LOWEST && fromFloor <= QUIET_HIGHEST;
    if (quiet && NOISE.stream().anyMatch(noise -> noise.matcher(arrow.to()).matches())) {
      return Optional.of(
          "%s (floor %d) is in the quiet core and uses %s: make it a port that a higher floor implements"
              .formatted(arrow.from(), fromFloor, arrow.to()));
    }
    return Optional.empty();
  }

  private Optional<String> judgeInside(String from, int fromFloor, String to, Arrow arrow) {
    if (from.equals(to) || (from.equals(ROOT) && to.equals(CLIENT))) {
      return Optional.empty();
    }
    if (to.equals(CLIENT)) {
      return Optional.of(arrow.from() + " uses the client, which only the root package may");
    }
    Integer toFloor = floorOf.get(to);
    if (toFloor == null) {
      return Optional.of("package " + to + " has no floor: add it to the table in ARCHITECTURE.md");
    }
    if (toFloor < fromFloor
        || (toFloor == fromFloor && allowedAlongAFloor.contains(new Arrow(from, to)))) {
      return Optional.empty();
    }
    return Optional.of(
        "%s (%s, floor %d) uses %s (%s, floor %d): an arrow %s"
            .formatted(
                arrow.from(),
                from,
                fromFloor,
                arrow.to(),
                to,
                toFloor,
                toFloor > fromFloor ? "upwards" : "along the floor"));
  }

  /// The name under which the table knows the package of this class; empty for a class that is not
  /// ours.
  private static Optional<String> packageOf(String className) {
    if (!className.startsWith(ROOT_PACKAGE + ".")) {
      return Optional.empty();
    }
    String below = className.substring(ROOT_PACKAGE.length() + 1);
    int dot = below.indexOf('.');
    return Optional.of(dot < 0 ? ROOT : below.substring(0, dot));
  }
}
