package dev.tidings.client.core;

import dev.tidings.client.json.Json;
import dev.tidings.client.json.ObjBuilder;
import dev.tidings.client.model.ClientFailure;
import dev.tidings.client.model.Entry;
import dev.tidings.client.model.Gap;
import dev.tidings.client.model.Presence;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// What the application subscribed to, subscribed anew on each connection: subscriptions end with
/// it (docs/protocol.md §9).
final class Subscriptions {
  /// More than any server allows; beyond, subscribing fails at once.
  private static final int MAX = 1024;

  private final Lane lane;
  private final Supplier<Optional<Link>> live;
  private final FollowedLogs logs;
  private final Handover handover;
  private final Runnable settled;
  private final Map<String, Subscription> all = new LinkedHashMap<>();

  /// @param settled run after each reply
  Subscriptions(
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

  void add(String in, int last, Answer answer) {
    if (all.size() >= MAX && !all.containsKey(in)) {
      answer.failed(new ClientFailure.Refused("too_many", MAX + " subscriptions"));
      return;
    }
    Subscription subscription = new Subscription(in, last, answer);
    Subscription before = all.put(in, subscription);
    if (before != null) {
      before.fail(new ClientFailure.Refused("exists", "subscribed again meanwhile"));
    }
    live.get().ifPresent(link -> ask(link, subscription));
  }

  void remove(String in, Answer answer) {
    Subscription removed = all.remove(in);
    if (removed != null) {
      removed.fail(new ClientFailure.Refused("not_found", "unsubscribed meanwhile"));
    }
    if (FollowedLogs.isTopic(in)) {
      logs.forget(in);
    }
    Json.Obj unit = Json.object().put("op", "unsub").put("in", in).build();
    live.get()
        .ifPresentOrElse(link -> link.ask(unit, new Removal(in, answer)), () -> gone(in, answer));
  }

  void linkUp(Link link) {
    List.copyOf(all.values()).forEach(subscription -> ask(link, subscription));
  }

  /// A live entry of a topic without log.
  void loose(String in, Json.Obj unit) {
    Subscription subscription = all.get(in);
    if (subscription == null) {
      return;
    }
    if (!handover.hasRoom()) {
      subscription.drop();
      return;
    }
    handover.hand(new Delivery.Arrived(new Entry(in, "", 0, unit)));
  }

  boolean contains(String in) {
    return all.containsKey(in);
  }

  /// The application has room again and shall know what it missed.
  void roomAgain() {
    for (Subscription subscription : all.values()) {
      long dropped = subscription.takeDropped();
      if (dropped > 0) {
        handover.hand(new Delivery.Broken(new Gap.Lost(subscription.in(), dropped)));
      }
    }
  }

  void close(ClientFailure failure) {
    all.values().forEach(subscription -> subscription.fail(failure));
    all.clear();
  }

  private void ask(Link link, Subscription subscription) {
    ObjBuilder fields = Json.object().put("op", "sub").put("in", subscription.in());
    Optional<FollowedLog> log = logs.find(subscription.in()).filter(FollowedLog::isPlaced);
    if (log.isPresent()) {
      fields.put("epoch", log.get().epoch()).put("after", log.get().applied());
    } else if (subscription.last() > 0) {
      fields.put("last", subscription.last());
    }
    long asked = log.map(FollowedLog::applied).orElse(0L);
    link.ask(fields.build(), new Outcome(link, subscription, asked));
  }

  private static void gone(String in, Answer answer) {
    answer.ok(Json.object().put("op", "ok").put("in", in).build());
  }

  private final class Outcome implements Reply {
    private final Link link;
    private final Subscription subscription;
    private final long asked;

    Outcome(Link link, Subscription subscription, long asked) {
      this.link = link;
      this.subscription = subscription;
      this.asked = asked;
    }

    private boolean isWanted() {
      return all.get(subscription.in()) == subscription;
    }

    @Override
    public void ok(Json.Obj reply) {
      if (!isWanted()) {
        return;
      }
      if (FollowedLogs.isTopic(subscription.in())) {
        logs.subscribed(subscription.in(), asked, reply);
      } else {
        handover.handIfRoom(new Delivery.Seen(new Presence(subscription.in(), reply)));
      }
      subscription.ok(reply);
      settled.run();
    }

    @Override
    public void refused(Refusal refusal) {
      if (!isWanted()) {
        return;
      }
      if (refusal.isTemporary()) {
        lane.schedule(refusal.retryMillis(), this::again);
      } else if (refusal.code().equals("epoch")) {
        logs.find(subscription.in()).ifPresent(log -> logs.otherEpoch(log, refusal.unit()));
        again();
      } else {
        all.remove(subscription.in());
        if (!subscription.fail(refusal.failure())) {
          handover.hand(new Delivery.Broken(new Gap.Gone(subscription.in())));
        }
      }
    }

    private void again() {
      if (isWanted() && live.get().filter(link::equals).isPresent()) {
        ask(link, subscription);
      }
    }

    @Override
    public void lost() {
      // The next connection subscribes anew.
    }
  }

  private record Removal(String in, Answer answer) implements Reply {
    @Override
    public void ok(Json.Obj reply) {
      answer.ok(reply);
    }

    @Override
    public void refused(Refusal refusal) {
      answer.failed(refusal.failure());
    }

    @Override
    public void lost() {
      gone(in, answer); // With the connection.
    }
  }
}
