package dev.tidings.client.core;

import dev.tidings.client.json.Json;
import java.util.TreeMap;

/// One conversation's log as this client follows it: how far the application has got, what came out
/// of order, and how far the log is known to go.
final class FollowedLog {
  private static final long UNKNOWN = -1;

  final String in;

  /// What came before its predecessors, by `seq`. Counted in the budget that all logs share.
  private final TreeMap<Long, Json.Obj> held = new TreeMap<>();

  private final Budget heldBudget;
  private String epoch = "";
  private long applied = UNKNOWN;
  private long target;
  private boolean heard;

  /// The connection on which the server has last said where this log stands.
  private int settledOn;

  FollowedLog(String in, Budget heldBudget) {
    this.in = in;
    this.heldBudget = heldBudget;
  }

  /// Whether it is known where to go on from.
  boolean isPlaced() {
    return applied != UNKNOWN;
  }

  String epoch() {
    return epoch;
  }

  /// The last entry handed to the application.
  long applied() {
    return applied;
  }

  /// The highest entry known to exist.
  long target() {
    return target;
  }

  boolean isBehind() {
    return !isPlaced() || applied < target;
  }

  boolean isSettledOn(int link) {
    return settledOn == link;
  }

  void settleOn(int link) {
    settledOn = link;
  }

  /// Goes on behind `after` in the log of this epoch, whatever was known before.
  void place(String inEpoch, long after) {
    epoch = inEpoch;
    applied = after;
    dropApplied();
  }

  /// Begins behind `after` in another log. What is held stays and says how far that log goes:
  /// whoever knows it to be of the old one calls [#dropHeld] first.
  void restart(String inEpoch, long after) {
    target = held.isEmpty() ? 0 : held.lastKey();
    place(inEpoch, after);
  }

  void dropHeld() {
    heard = false;
    held.values().forEach(unit -> heldBudget.give(weight(unit)));
    held.clear();
  }

  void reaches(long seq) {
    target = Math.max(target, seq);
  }

  /// Stops waiting for what is known to exist but cannot be had.
  void settleForApplied() {
    target = Math.max(applied, held.isEmpty() ? 0 : held.lastKey());
  }

  /// Takes the step to the next entry. Returns whether it was the next.
  boolean step(long seq) {
    if (!isPlaced() || seq != applied + 1) {
      return false;
    }
    applied = seq;
    reaches(seq);
    return true;
  }

  /// Keeps it until its predecessors are here. If there is no room, it is enough to know that it
  /// exists: it will be read from the server's log.
  void hold(long seq, Json.Obj unit) {
    heard = true;
    reaches(seq);
    if (seq > applied && heldBudget.hasRoom() && held.putIfAbsent(seq, unit) == null) {
      heldBudget.take(weight(unit));
    }
  }

  /// Whether anything of it came on this connection that was not handed over at once.
  boolean hasHeard() {
    return heard;
  }

  /// Whether the entry to go on with is among those held.
  boolean holdsNext() {
    return isPlaced() && !held.isEmpty() && held.firstKey() == applied + 1;
  }

  /// The lowest entry held; the first behind everything known if none is.
  long firstHeld() {
    return held.isEmpty() ? Math.max(applied, target) + 1 : held.firstKey();
  }

  Json.Obj takeNext() {
    Json.Obj unit = held.pollFirstEntry().getValue();
    heldBudget.give(weight(unit));
    applied++;
    return unit;
  }

  void dropApplied() {
    while (!held.isEmpty() && held.firstKey() <= applied) {
      heldBudget.give(weight(held.pollFirstEntry().getValue()));
    }
  }

  private static long weight(Json.Obj unit) {
    long envelope = 256;
    return envelope
        + (unit.member("data").orElse(null) instanceof Json.Raw raw ? raw.text().length() : 0);
  }
}
