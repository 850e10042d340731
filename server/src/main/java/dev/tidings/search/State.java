package dev.tidings.search;

import java.util.Map;

/// How far the index has come, kept with each of its own commits: it holds exactly what was
/// followed up to here.
///
/// @param identity names the logs as they stood at [#newest()]
/// @param followed all that was said up to this commit is in it
/// @param until while all logs are being looked at, one after the other: up to this commit, else 0
/// @param number those before this one have been
/// @param seq and of this one the entries before this one, 0: none
/// @param erasure the commit of the last erasing after which everything was held against the log
record State(String identity, long followed, long until, long number, long seq, long erasure) {
  /// Of what is in the folder: with another one it is made anew.
  private static final String FORMAT = "1";

  /// An index that is empty.
  static State nothing(String identity, long erasure) {
    return new State(identity, 0, 0, 0, 0, erasure);
  }

  /// Nothing in it is of a later commit.
  long newest() {
    return Math.max(followed, until);
  }

  static State of(Map<String, String> kept) {
    return FORMAT.equals(kept.get("format"))
        ? new State(
            kept.getOrDefault("identity", ""),
            Long.parseLong(kept.getOrDefault("followed", "0")),
            Long.parseLong(kept.getOrDefault("until", "0")),
            Long.parseLong(kept.getOrDefault("number", "0")),
            Long.parseLong(kept.getOrDefault("seq", "0")),
            Long.parseLong(kept.getOrDefault("erasure", "0")))
        : nothing("", 0);
  }

  Map<String, String> kept() {
    return Map.of(
        "format", FORMAT,
        "identity", identity,
        "followed", Long.toString(followed),
        "until", Long.toString(until),
        "number", Long.toString(number),
        "seq", Long.toString(seq),
        "erasure", Long.toString(erasure));
  }
}
