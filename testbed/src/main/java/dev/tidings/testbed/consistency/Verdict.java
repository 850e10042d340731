package dev.tidings.testbed.consistency;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What the [Checker] found.
///
/// @param violations the first [Checker#VIOLATIONS_MAX]
/// @param counts how many there are, of each kind
/// @param declared confirmed messages that are gone, as the server said itself: no violation, and
///   still nothing to be proud of
/// @param readers that read a log from its beginning to its end, one for each log
public record Verdict(
    List<Violation> violations,
    Map<Violation.Kind, Long> counts,
    long sent,
    long confirmed,
    long heard,
    long declared,
    long readers) {
  public Verdict {
    violations = List.copyOf(violations);
    counts = Map.copyOf(counts);
  }

  /// How many promises were broken.
  public long broken() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /// How many of these kinds were broken.
  public long broken(Violation.Kind... kinds) {
    return Stream.of(kinds).mapToLong(kind -> counts.getOrDefault(kind, 0L)).sum();
  }

  /// Whether every promise was kept.
  public boolean isClean() {
    return counts.isEmpty();
  }

  @Override
  public String toString() {
    String counts =
        String.format(
            Locale.ROOT,
            "%,d sent, %,d confirmed, %,d heard by %,d full readers; %,d confirmed and declared"
                + " lost; %,d promises broken",
            sent,
            confirmed,
            heard,
            readers,
            declared,
            broken());
    return violations.stream()
        .map(violation -> "\n  " + violation)
        .collect(Collectors.joining("", counts, ""));
  }
}
