package dev.tidings.session;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// What a connection is owed beside the entries of logs, for want of room: marks and presence, of
/// which only the newest counts, and of topics without log what is lost and has to be said, or is
/// held and may still be given. Confined to the connection's lane.
public final class Arrears {
  /// What one connection may hold. More than a frame of such a topic usually has.
  static final int HELD_BYTES_MAX = 24 * 1024;

  /// Marks and presences that wait at one time; beyond so many it is cheaper to come back and sync.
  static final int NEWEST_MAX = 256;

  /// How far somebody has got and read, not told yet.
  ///
  /// @param in what this user would write to send there
  public record OwedMark(String in, String from, long got, long read) {}

  /// The newest presence of somebody, not told yet.
  ///
  /// @param of by what it is followed: who follows it no more is not told
  private record OwedPresence(Session.Subscription of, byte[] unit) {}

  /// Units that were not given.
  private record Held(String topic, byte[] units, int count) {}

  /// What is told of what passed while there was no room.
  public interface Settlement {
    void lost(String topic, int entries);

    void held(byte[] units);
  }

  private final Map<String, OwedMark> marks = new LinkedHashMap<>(4);
  private final Map<String, OwedPresence> presences = new LinkedHashMap<>(4);
  private final Map<String, Integer> lost = new HashMap<>(4);
  private final ArrayDeque<Held> held = new ArrayDeque<>(2);
  private int heldBytes;

  boolean isSettled() {
    return marks.isEmpty() && presences.isEmpty() && !hasPassed();
  }

  // Marks.

  /// There is no room for this mark now: it waits, in the place of an older one of the same user
  /// and conversation. `false`: too many wait.
  public boolean owe(OwedMark mark) {
    marks.put(mark.in() + " " + mark.from(), mark);
    return isBounded();
  }

  private boolean isBounded() {
    return marks.size() + presences.size() <= NEWEST_MAX;
  }

  public boolean owesMarks() {
    return !marks.isEmpty();
  }

  /// The marks that wait, which then wait no more.
  public Collection<OwedMark> takeMarks() {
    List<OwedMark> taken = List.copyOf(marks.values());
    marks.clear();
    return taken;
  }

  // Presence.

  /// There is no room for this presence now: it waits, in the place of an older one about the same.
  /// `false`: too many wait.
  ///
  /// @param about where it is followed, and whose it is
  /// @param of by what it is followed
  public boolean owe(String about, Session.Subscription of, byte[] unit) {
    presences.put(about, new OwedPresence(of, unit));
    return isBounded();
  }

  public boolean owesPresence() {
    return !presences.isEmpty();
  }

  /// The presences that wait and are still followed; none waits any more.
  public List<byte[]> takePresences(Predicate<Session.Subscription> followed) {
    List<byte[]> taken =
        presences.values().stream()
            .filter(owed -> followed.test(owed.of()))
            .map(OwedPresence::unit)
            .toList();
    presences.clear();
    return taken;
  }

  // Topics without log.

  /// Entries found no room and are gone.
  public void lose(String topic, int entries) {
    lost.merge(topic, entries, Integer::sum);
  }

  /// Entries found no room, but may be given later: the oldest that are held are given up for them.
  ///
  /// @param units the entries as units, which may be shared
  public void hold(String topic, byte[] units, int entries) {
    held.add(new Held(topic, units, entries));
    heldBytes += units.length;
    while (heldBytes > HELD_BYTES_MAX) {
      Held oldest = held.remove();
      heldBytes -= oldest.units().length;
      lose(oldest.topic(), oldest.count());
    }
  }

  /// Whether entries are held, so that later ones have to wait behind them.
  boolean isHolding() {
    return !held.isEmpty();
  }

  /// Whether something has passed that was not given, and is held, or lost and not told.
  public boolean hasPassed() {
    return isHolding() || !lost.isEmpty();
  }

  /// Tells what was lost, then what is held; nothing of it is known any more, but what is lost
  /// again meanwhile.
  public void settle(Settlement settlement) {
    Map<String, Integer> told = Map.copyOf(lost);
    List<Held> given = List.copyOf(held);
    lost.clear();
    held.clear();
    heldBytes = 0;
    told.forEach(settlement::lost);
    given.forEach(each -> settlement.held(each.units()));
  }
}
