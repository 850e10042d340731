package dev.tidings.testbed.consistency;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// What the [Checker] found.
///
/// @param violations the first [Checker#VIOLATIONS_MAX]
/// @param broken how many there are
/// @param declared confirmed messages that are gone, as the server said itself: no violation, and
///   still nothing to be proud of
/// @param readers that read a log from its beginning to its end, one for each log
public record Verdict(
    List<Violation> violations,
    long broken,
    long sent,
    long confirmed,
    long heard,
    long declared,
    long readers) {
  public Verdict {
    violations = List.copyOf(violations);
  }

  /// Whether every promise was kept.
  public boolean isClean() {
    return broken == 0;
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
            broken);
    return violations.stream()
        .map(violation -> "\n  " + violation)
        .collect(Collectors.joining("", counts, ""));
  }
}
