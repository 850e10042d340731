package dev.tidings.engine;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Which conversations have moved lately, so that a `sync` looks only at those. Noted by the
/// writer, read from any thread.
///
/// What it does not know has not moved since [#mayHaveMoved] can tell; what moved longer ago than
/// it remembers may have moved. So whoever believes it looks once too often, never too seldom.
final class Moves {
  /// Conversations in one of the two maps. The older one is dropped when the younger is full.
  private static final int KNOWN_MAX = 65_536;

  /// @param since moves of later commits are all in one of the maps
  private record Known(Map<Long, Long> younger, Map<Long, Long> older, long since) {}

  private volatile Known known;

  /// The commit up to which everything is in the older map, or forgotten.
  private long youngerSince;

  /// @param commit nothing is known of this one and those before, until it is noted
  Moves(long commit) {
    this.youngerSince = commit;
    this.known = new Known(new ConcurrentHashMap<>(), Map.of(), commit);
  }

  /// By `commit`, which is not told yet, something of this conversation has changed.
  void note(long number, long commit) {
    Known now = known;
    if (now.younger().size() >= KNOWN_MAX) {
      now = new Known(new ConcurrentHashMap<>(), now.younger(), youngerSince);
      youngerSince = commit;
      known = now;
    }
    now.younger().put(number, commit);
  }

  /// Whether anything of this conversation may have changed after the commit `since`.
  boolean mayHaveMoved(long number, long since) {
    Known now = known;
    if (since < now.since()) {
      return true;
    }
    Long last = now.younger().get(number);
    if (last == null) {
      last = now.older().get(number);
    }
    return last != null && last > since;
  }
}
