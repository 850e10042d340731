package dev.tidings.client.model;

import java.util.OptionalLong;

/// Which part of a log to read. Neither bound: the newest; only `before`: those just below it.
///
/// @param in the conversation
/// @param after exclusive lower bound
/// @param before exclusive upper bound
/// @param limit at most so many entries, 1 to 200
public record HistoryQuery(String in, OptionalLong after, OptionalLong before, int limit) {

  private static final int LIMIT_MAX = 200;

  public HistoryQuery {
    if (limit < 1 || limit > LIMIT_MAX) {
      throw new IllegalArgumentException("limit " + limit);
    }
  }

  /// The newest entries.
  public static HistoryQuery newest(String in, int limit) {
    return new HistoryQuery(in, OptionalLong.empty(), OptionalLong.empty(), limit);
  }

  /// The entries just below `seq`.
  public static HistoryQuery before(String in, long seq, int limit) {
    return new HistoryQuery(in, OptionalLong.empty(), OptionalLong.of(seq), limit);
  }

  /// The entries just above `seq`.
  public static HistoryQuery after(String in, long seq, int limit) {
    return new HistoryQuery(in, OptionalLong.of(seq), OptionalLong.empty(), limit);
  }
}
