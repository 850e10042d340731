package dev.tidings.client.core;

import dev.tidings.client.json.Json;
import dev.tidings.client.model.ClientFailure;
import dev.tidings.client.model.ClientOptions;
import dev.tidings.client.model.Gap;
import dev.tidings.client.model.Mark;
import dev.tidings.client.model.Positions;
import dev.tidings.client.model.Presence;
import dev.tidings.client.model.Signal;
import java.util.List;
import java.util.random.RandomGenerator;

/// One client without its surroundings: every event comes in here, on the lane, and leaves through
/// the ports. [Connector] keeps a connection, [SendQueue] what the application asked for,
/// [FollowedLogs] what it has heard; [Resync], [Repairs] and [Subscriptions] bring what is missing.
public final class ClientCore {
  private static final Verdict.Stop BY_APPLICATION = new Verdict.Stop(1000, "closed", "");

  private final Cids cids;
  private final Handover handover;
  private final Connector connector;
  private final SendQueue sends;
  private final FollowedLogs logs;
  private final SyncCursor cursor;
  private final Resync resync;
  private final Repairs repairs;
  private final Subscriptions subscriptions;
  private final Marks marks;
  private boolean caughtUp;
  private boolean stopped;
  private String stoppedBecause = "";

  /// @param nodes of one server, at least one; any will do
  /// @param positions read here, once; written by whoever handles the deliveries
  public ClientCore(
      Lane lane,
      List<Dialer> nodes,
      Outlet outlet,
      RandomGenerator random,
      ClientOptions options,
      Positions positions) {
    cids = new Cids(random);
    handover = new Handover(outlet, options.backlogMax());
    connector = new Connector(lane, nodes, random, options, handover, new Events());
    sends = new SendQueue(lane, connector::live, options.requestsMax());
    logs = new FollowedLogs(handover, options, positions.all());
    cursor = new SyncCursor(handover, positions.cursor());
    resync = new Resync(lane, logs, cursor, handover, this::settled);
    repairs = new Repairs(lane, connector::live, logs, handover, this::settled);
    marks = new Marks(handover);
    subscriptions = new Subscriptions(lane, connector::live, logs, handover, this::settled);
  }

  /// Begins to connect.
  public void start() {
    connector.dial();
  }

  /// Sends a request, now or when there is a connection, and repeats it until it has its answer.
  /// What changes something gets a `cid` if it has none.
  ///
  /// @param fields the unit without `id`
  public void request(Json.Obj fields, Answer answer) {
    if (stopped) {
      answer.failed(new ClientFailure.ClientClosed(stoppedBecause));
    } else {
      sends.add(cids.named(fields), answer);
    }
  }

  /// Says something if there is a connection, and forgets it.
  ///
  /// @param unit a unit to which no answer is expected
  public void say(Json.Obj unit) {
    connector.live().ifPresent(link -> link.say(unit));
  }

  /// Follows a topic or a presence from now on, over all connections.
  ///
  /// @param last how many of the newest entries to begin with where no position is held
  public void subscribe(String in, int last, Answer answer) {
    if (stopped) {
      answer.failed(new ClientFailure.ClientClosed(stoppedBecause));
    } else {
      subscriptions.add(in, last, answer);
    }
  }

  /// Ends a subscription and forgets its position.
  public void unsubscribe(String in, Answer answer) {
    if (stopped) {
      answer.failed(new ClientFailure.ClientClosed(stoppedBecause));
    } else {
      subscriptions.remove(in, answer);
    }
  }

  /// The application is through with a delivery of this weight.
  public void delivered(long weight) {
    if (handover.delivered(weight) && !stopped) {
      resync.goOn();
      logs.roomAgain();
      subscriptions.roomAgain();
      marks.roomAgain();
      settled();
    }
  }

  /// Closes for good. Requests without answer fail; a last state is handed over.
  public void close() {
    connector.stop(BY_APPLICATION);
  }

  /// Closes for good because the core itself failed; what it knows can no longer be trusted.
  public void fail(Throwable failure) {
    handover.hand(new Delivery.Failed(failure));
    connector.stop(new Verdict.Stop(1000, "internal", failure.toString()));
  }

  private void onEntry(String in, Json.Obj unit) {
    long seq = unit.number("seq").orElse(0);
    if (FollowedLogs.isTopic(in) && !subscriptions.contains(in)) {
      return; // Sent before the server knew of the end of the subscription.
    }
    if (seq > 0) {
      logs.live(in, seq, unit);
    } else {
      subscriptions.loose(in, unit);
    }
  }

  private void onGap(String in, Json.Obj unit) {
    if (unit.number("lost").isPresent()) {
      handover.hand(new Delivery.Broken(new Gap.Lost(in, unit.number("lost").getAsLong())));
    } else if (unit.isTrue("gone")) {
      handover.hand(new Delivery.Broken(new Gap.Gone(in)));
      logs.forget(in);
    } else if (!FollowedLogs.isTopic(in) || subscriptions.contains(in)) {
      logs.skipped(in, unit);
    }
  }

  /// Something about the logs has changed.
  private void settled() {
    repairs.pump();
    if (resync.isComplete() && logs.behind().isEmpty()) {
      cursor.nothingMissing();
      if (!caughtUp) {
        caughtUp = true;
        handover.hand(new Delivery.CaughtUp());
      }
    }
  }

  /// What the connector tells.
  private final class Events implements Connector.Owner {
    @Override
    public void up(Link link) {
      caughtUp = false;
      resync.linkUp(link);
      subscriptions.linkUp(link);
      sends.linkUp(link);
    }

    @Override
    public void received(String op, Json.Obj unit) {
      switch (op) {
        case "msg" -> unit.string("in").ifPresent(in -> onEntry(in, unit));
        case "gap" -> unit.string("in").ifPresent(in -> onGap(in, unit));
        case "presence" ->
            unit.string("in")
                .filter(subscriptions::contains)
                .ifPresent(in -> handover.handIfRoom(new Delivery.Seen(new Presence(in, unit))));
        case "ping" -> unit.string("cursor").ifPresent(cursor::offer);
        case "mark" -> unit.string("in").ifPresent(in -> marks.arrived(mark(in, unit)));
        case "signal" ->
            unit.string("in")
                .ifPresent(in -> handover.handIfRoom(new Delivery.Signalled(signal(in, unit))));
        default -> {
          // Whatever later versions add.
        }
      }
      settled();
    }

    private static Mark mark(String in, Json.Obj unit) {
      long read = unit.number("read").orElse(0);
      long got = Math.max(read, unit.number("got").orElse(0));
      return new Mark(in, unit.string("from").orElse(""), got, read);
    }

    private static Signal signal(String in, Json.Obj unit) {
      return new Signal(in, unit.string("from").orElse(""), unit);
    }

    @Override
    public void roomToSend() {
      sends.pump();
    }

    @Override
    public void stopped(Verdict.Stop verdict) {
      stopped = true;
      stoppedBecause = verdict.code();
      sends.close(stoppedBecause);
      subscriptions.close(new ClientFailure.ClientClosed(stoppedBecause));
    }
  }
}
