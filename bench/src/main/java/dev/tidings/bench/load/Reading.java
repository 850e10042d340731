package dev.tidings.bench.load;

import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What one connection has heard of one stream: tells what is new from what came late or twice.
///
/// As long as everything comes in order this is one number. What was skipped is kept as ranges, at
/// most [#RANGES_MAX]; what falls out of them counts as come twice if it ever comes.
class Reading {
  static final int RANGES_MAX = 1_024;

  /// What a number that arrived means.
  enum Verdict {
    /// Behind all before it.
    IN_ORDER,
    /// Had been skipped.
    LATE,
    /// Was here already.
    TWICE
  }

  private long next = 1;

  /// First and last number of each stretch that is missing.
  private @Nullable TreeMap<Long, Long> missing;

  Verdict arrived(long number) {
    if (number == next) {
      next++;
      return Verdict.IN_ORDER;
    }
    return outOfTurn(number);
  }

  private Verdict outOfTurn(long number) {
    TreeMap<Long, Long> ranges = missing;
    if (ranges == null) {
      ranges = new TreeMap<>();
      missing = ranges;
    }
    if (number > next) {
      ranges.put(next, number - 1);
      if (ranges.size() > RANGES_MAX) {
        ranges.pollFirstEntry();
      }
      next = number + 1;
      return Verdict.IN_ORDER;
    }
    var range = ranges.floorEntry(number);
    if (range == null || range.getValue() < number) {
      return Verdict.TWICE;
    }
    ranges.remove(range.getKey());
    if (range.getKey() < number) {
      ranges.put(range.getKey(), number - 1);
    }
    if (number < range.getValue()) {
      ranges.put(number + 1, range.getValue());
    }
    return Verdict.LATE;
  }

  /// The highest number heard so far, 0 for none.
  long highest() {
    return next - 1;
  }

  /// Whether all from 1 to `number` were heard.
  boolean hasAllUpTo(long number) {
    TreeMap<Long, Long> ranges = missing;
    return next > number && (ranges == null || ranges.isEmpty() || ranges.firstKey() > number);
  }
}
