package dev.tidings.redis;

import dev.tidings.engine.Level;

/// What the operator would like to promise.
///
/// @param replicas how many must have it for [Level#REPLICAS], at least 1
public record Wanted(Level level, int replicas) {
  /// One replica is enough.
  public static Wanted of(Level level) {
    return new Wanted(level, 1);
  }
}
