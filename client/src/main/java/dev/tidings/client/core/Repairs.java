package dev.tidings.client.core;

import dev.tidings.client.json.Json;
import dev.tidings.client.json.ObjBuilder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// Asks for the entries that are missing, a few logs at a time and only while the application has
/// room for them.
final class Repairs {
  private static final int AT_ONCE = 4;
  private static final int PAGE = 200;

  /// A log that is said to go on but shows nothing is asked so often, ever more slowly.
  private static final int FRUITLESS_MAX = 5;

  private static final long FRUITLESS_MILLIS = 1000;

  private final Lane lane;
  private final Supplier<Optional<Link>> live;
  private final FollowedLogs logs;
  private final Handover handover;
  private final Runnable settled;
  private final Map<FollowedLog, Attempt> attempts = new HashMap<>();

  /// What was tried for one log since it fell behind.
  private static final class Attempt {
    private boolean underWay;
    private int fruitless;
    private long notBeforeMillis = Long.MIN_VALUE;
  }

  /// @param settled run whenever a repair came to an end, good or bad
  Repairs(
      Lane lane,
      Supplier<Optional<Link>> live,
      FollowedLogs logs,
      Handover handover,
      Runnable settled) {
    this.lane = lane;
    this.live = live;
    this.logs = logs;
    this.handover = handover;
    this.settled = settled;
  }

  void pump() {
    Link link = live.get().orElse(null);
    if (link == null) {
      return;
    }
    attempts.keySet().removeIf(log -> !logs.behind().contains(log) && !isUnderWay(log));
    for (FollowedLog log : List.copyOf(logs.behind())) {
      long underWay = attempts.values().stream().filter(attempt -> attempt.underWay).count();
      if (underWay >= AT_ONCE || !handover.hasRoom()) {
        return;
      }
      Attempt attempt = attempts.computeIfAbsent(log, _ -> new Attempt());
      boolean isTime = attempt.notBeforeMillis <= lane.nowMillis();
      if (!attempt.underWay && isTime && logs.isSettled(log)) {
        ask(link, log, attempt);
      }
    }
  }

  private boolean isUnderWay(FollowedLog log) {
    Attempt attempt = attempts.get(log);
    return attempt != null && attempt.underWay;
  }

  private void ask(Link link, FollowedLog log, Attempt attempt) {
    attempt.underWay = true;
    long after = Math.max(0, log.applied());
    ObjBuilder fields = Json.object().put("op", "history").put("in", log.in);
    if (!log.epoch().isEmpty()) {
      fields.put("epoch", log.epoch());
    }
    fields.put("after", after).put("limit", PAGE);
    link.ask(fields.build(), new Outcome(log, attempt, after));
  }

  private void again(Attempt attempt, long delayMillis) {
    attempt.notBeforeMillis = lane.nowMillis() + delayMillis;
    lane.schedule(delayMillis, this::pump);
  }

  private final class Outcome implements Reply {
    private final FollowedLog log;
    private final Attempt attempt;
    private final long after;

    Outcome(FollowedLog log, Attempt attempt, long after) {
      this.log = log;
      this.attempt = attempt;
      this.after = after;
    }

    @Override
    public void ok(Json.Obj page) {
      attempt.underWay = false;
      if (logs.follows(log)) {
        boolean wasPlaced = log.isPlaced();
        logs.page(log, after, page);
        if (!wasPlaced || log.applied() > after) {
          attempt.fruitless = 0;
        } else if (log.isBehind()) {
          nothingCame();
        }
      }
      settled.run();
    }

    private void nothingCame() {
      attempt.fruitless++;
      if (attempt.fruitless < FRUITLESS_MAX) {
        again(attempt, FRUITLESS_MILLIS << attempt.fruitless);
      } else {
        attempt.fruitless = 0;
        logs.unreadable(log, "missing");
      }
    }

    @Override
    public void refused(Refusal refusal) {
      attempt.underWay = false;
      if (!logs.follows(log)) {
        return;
      }
      if (refusal.isTemporary()) {
        again(attempt, refusal.retryMillis());
      } else if (refusal.code().equals("epoch")) {
        logs.otherEpoch(log, refusal.unit());
      } else {
        logs.unreadable(log, refusal.code());
      }
      settled.run();
    }

    @Override
    public void lost() {
      attempt.underWay = false;
    }
  }
}
