package dev.tidings.client.core;

import dev.tidings.client.json.Json;
import dev.tidings.client.json.ObjBuilder;
import dev.tidings.client.model.ClientOptions;
import dev.tidings.client.model.Conversation;
import dev.tidings.client.model.Entry;
import dev.tidings.client.model.Gap;
import dev.tidings.client.model.Position;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The client rule (docs/protocol.md §6, §8): with `n` the last entry handed over, `n` and below
/// are dropped, `n+1` is handed over, more is held until `history` has brought what is between.
///
/// Everything that tells of a log comes through here: live entries, rows of `sync`, pages of
/// `history`, replies to `sub`, gaps. Each is compared with what is known, and what is then missing
/// is *behind*: [Repairs] asks for it.
final class FollowedLogs {
  private final Handover handover;
  private final int firstEntries;
  private final Budget held;
  private final Map<String, FollowedLog> logs = new HashMap<>();
  private final Set<FollowedLog> behind = new LinkedHashSet<>();
  private int link;
  private boolean synced;

  FollowedLogs(Handover handover, ClientOptions settings, Map<String, Position> positions) {
    this.handover = handover;
    this.firstEntries = settings.firstEntries();
    this.held = new Budget(settings.backlogMax());
    positions.forEach((in, position) -> log(in).place(position.epoch(), position.seq()));
  }

  /// On a new connection nothing is handed over until the server has said where each log stands.
  /// What is held from the old one may be of logs that are no more; it is read again if they still
  /// are.
  void linkUp() {
    link++;
    synced = false;
    logs.values().forEach(FollowedLog::dropHeld);
  }

  /// The last row has come: a log without one has not moved or is new.
  ///
  /// @param everything whether each log there is has a row: then one that was known and has none is
  ///   no more
  void synced(boolean everything) {
    synced = true;
    if (everything) {
      List.copyOf(logs.values()).stream()
          .filter(log -> log.isPlaced() && !log.isSettledOn(link) && !isTopic(log.in))
          .forEach(this::lost);
    }
    List.copyOf(logs.values()).forEach(this::settle);
  }

  /// Logs with entries that are known to exist and were not handed over.
  Set<FollowedLog> behind() {
    return behind;
  }

  Optional<FollowedLog> find(String in) {
    return Optional.ofNullable(logs.get(in));
  }

  boolean isSettled(FollowedLog log) {
    return log.isSettledOn(link) || (synced && !isTopic(log.in));
  }

  /// Whether it is still one of these.
  boolean follows(FollowedLog log) {
    return logs.get(log.in) == log;
  }

  static boolean isTopic(String in) {
    return in.startsWith("t:");
  }

  private FollowedLog log(String in) {
    return logs.computeIfAbsent(in, name -> new FollowedLog(name, held));
  }

  /// A live entry of a log.
  void live(String in, long seq, Json.Obj unit) {
    FollowedLog log = log(in);
    if (isSettled(log) && !log.isBehind() && handover.hasRoom() && log.step(seq)) {
      arrived(log, unit);
      return;
    }
    log.hold(seq, unit);
    settle(log);
  }

  /// A row of `sync`.
  void row(Json.Obj row) {
    String in = row.string("in").orElse("");
    String epoch = row.string("epoch").orElse("");
    if (in.isEmpty() || epoch.isEmpty()) {
      return;
    }
    long low = Math.max(1, row.number("low").orElse(1));
    long head = row.number("head").orElse(0);
    boolean gone = row.isTrue("gone");
    handover.hand(
        new Delivery.Listed(new Conversation(in, epoch, low, head, gone, withoutTail(row))));
    FollowedLog log = log(in);
    if (!log.isPlaced()) {
      place(log, epoch, gone ? head : start(low, head));
    } else {
      compare(log, epoch, low, head, log.applied());
    }
    log.settleOn(link);
    log.reaches(head);
    hold(log, row.objects("tail"));
    settle(log);
  }

  /// The entries of the tail come on their own; a row that waits must not keep them in memory.
  private static Json.Obj withoutTail(Json.Obj row) {
    ObjBuilder rest = Json.object();
    row.members()
        .forEach((name, value) -> {
          if (!name.equals("tail")) {
            rest.put(name, value);
          }
        });
    return rest.build();
  }

  /// The reply to `sub` of a topic. Where a subscription is repeated, live entries may have
  /// overtaken it, so it is compared with what was held when it was asked for.
  void subscribed(String in, long asked, Json.Obj reply) {
    String epoch = reply.string("epoch").orElse("");
    if (epoch.isEmpty()) {
      forget(in); // A topic without log now, whatever it was before.
      return;
    }
    long head = reply.number("head").orElse(0);
    List<Json.Obj> items = reply.objects("items");
    FollowedLog log = log(in);
    if (!log.isPlaced()) {
      place(log, epoch, items.isEmpty() ? head : seq(items.getFirst()) - 1);
    } else {
      compare(log, epoch, 1, head, asked);
    }
    log.settleOn(link);
    log.reaches(head);
    hold(log, items);
    settle(log);
  }

  /// The server skipped entries on this connection, or another log begins.
  void skipped(String in, Json.Obj gap) {
    FollowedLog log = log(in);
    String epoch = gap.string("epoch").orElse(log.epoch());
    long head = gap.number("head").orElse(0);
    if (log.isPlaced() && !log.epoch().isEmpty() && !epoch.equals(log.epoch())) {
      log.dropHeld();
      renew(log, epoch, Math.max(gap.number("after").orElse(0), start(1, head)));
    }
    log.reaches(head);
    settle(log);
  }

  /// A page of `history` behind `asked`: the truth about what can be had.
  void page(FollowedLog log, long asked, Json.Obj page) {
    String epoch = page.string("epoch").orElse(log.epoch());
    long low = Math.max(1, page.number("low").orElse(1));
    long head = page.number("head").orElse(asked);
    if (!log.isPlaced() || log.epoch().isEmpty()) {
      place(log, epoch, log.isPlaced() ? log.applied() : low - 1);
    }
    if (epoch.equals(log.epoch()) && head >= asked) {
      skipTo(log, low);
      for (Json.Obj item : page.objects("items")) {
        skipTo(log, seq(item));
        if (log.step(seq(item))) {
          arrived(log, item);
        }
      }
    } else {
      log.dropHeld();
      renew(log, epoch, start(low, head));
    }
    log.reaches(head);
    settle(log);
  }

  /// The server refuses to show what is missing, or shows nothing again and again.
  void unreadable(FollowedLog log, String code) {
    if (!log.isPlaced()) {
      log.place("", log.firstHeld() - 1);
    } else {
      long before = log.firstHeld();
      handover.hand(
          new Delivery.Broken(
              new Gap.Unreadable(log.in, log.epoch(), log.applied(), before, code)));
      place(log, log.epoch(), before - 1);
    }
    log.settleForApplied();
    settle(log);
  }

  /// The server names another epoch than the one asked for.
  void otherEpoch(FollowedLog log, Json.Obj refusal) {
    long head = refusal.number("head").orElse(0);
    long low = Math.max(1, refusal.number("low").orElse(1));
    log.dropHeld();
    renew(log, refusal.string("epoch").orElse(""), start(low, head));
    log.reaches(head);
    settle(log);
  }

  void forget(String in) {
    FollowedLog log = logs.remove(in);
    if (log != null) {
      log.dropHeld();
      behind.remove(log);
      handover.hand(new Delivery.Forgotten(in));
    }
  }

  /// What has come meanwhile is of another log under that name, which begins anew.
  private void lost(FollowedLog log) {
    boolean another = log.hasHeard();
    handover.hand(new Delivery.Broken(new Gap.Gone(log.in)));
    forget(log.in);
    if (another) {
      log(log.in).reaches(1);
    }
  }

  /// The application has room again.
  void roomAgain() {
    List.copyOf(behind).forEach(this::settle);
  }

  private void compare(FollowedLog log, String epoch, long low, long head, long asked) {
    if (log.epoch().isEmpty()) {
      log.place(epoch, log.applied());
    }
    if (!epoch.equals(log.epoch()) || asked > head) {
      renew(log, epoch, start(low, head));
    } else {
      skipTo(log, low);
    }
  }

  /// Where to begin in a log of which nothing is held.
  private long start(long low, long head) {
    return Math.max(low - 1, head - Math.min(head, firstEntries));
  }

  private void place(FollowedLog log, String epoch, long after) {
    log.place(epoch, after);
    handover.hand(new Delivery.Moved(log.in, new Position(epoch, after)));
  }

  private void renew(FollowedLog log, String epoch, long after) {
    handover.hand(new Delivery.Broken(new Gap.NewLog(log.in, log.epoch(), epoch, after)));
    log.restart(epoch, after);
    handover.hand(new Delivery.Moved(log.in, new Position(epoch, after)));
  }

  /// What lies below `low` is out of reach.
  private void skipTo(FollowedLog log, long low) {
    if (log.applied() + 1 < low) {
      handover.hand(new Delivery.Broken(new Gap.Trimmed(log.in, log.epoch(), log.applied(), low)));
      place(log, log.epoch(), low - 1);
    }
  }

  private void hold(FollowedLog log, List<Json.Obj> items) {
    items.forEach(item -> log.hold(seq(item), item));
  }

  /// Hands over what is next and notes what is missing.
  private void settle(FollowedLog log) {
    if (!isSettled(log)) {
      return;
    }
    log.dropApplied();
    while (log.holdsNext() && handover.hasRoom()) {
      arrived(log, log.takeNext());
    }
    if (log.isBehind()) {
      behind.add(log);
    } else {
      behind.remove(log);
    }
  }

  private void arrived(FollowedLog log, Json.Obj unit) {
    Json.Obj whole = unit;
    if (unit.string("in").isEmpty()) {
      // In a page or a tail, where it is known.
      whole = Json.object().put("op", "msg").put("in", log.in).putAll(unit).build();
    }
    handover.hand(new Delivery.Arrived(new Entry(log.in, log.epoch(), log.applied(), whole)));
  }

  private static long seq(Json.Obj unit) {
    return unit.number("seq").orElse(0);
  }
}
