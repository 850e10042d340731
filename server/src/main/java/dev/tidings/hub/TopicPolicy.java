package dev.tidings.hub;

import dev.tidings.base.Patterns;

/// What becomes of the entries of topics without log that a follower is too slow for.
///
/// @param pattern names of topics; a final `*` stands for any ending
/// @param everyMillis how often the newest is told, for [Kind#LATEST]
public record TopicPolicy(String pattern, Kind kind, int everyMillis) {
  public static final int EVERY_MILLIS_MAX = 60_000;

  /// Where nothing else is said.
  public static final TopicPolicy DEFAULT = new TopicPolicy("*", Kind.DROP_NEWEST, 0);

  /// What is given up.
  public enum Kind {
    /// What finds no room is lost.
    DROP_NEWEST,
    /// A little is held for when there is room again; of that the oldest is lost.
    DROP_OLDEST,
    /// Only the newest of each `key` matters: it is told every so often, and told again to who
    /// missed it.
    LATEST
  }

  boolean fits(String topic) {
    return Patterns.fits(pattern, topic);
  }
}
