package dev.tidings.client.core;

import dev.tidings.client.json.Json;
import dev.tidings.client.model.ClientListener.Direction;
import dev.tidings.client.model.ClientOptions;
import dev.tidings.client.model.ClientState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Keeps one connection: dials, comes back by the server's advice or by backoff, replaces a
/// connection that drains before it ends, and stops for good where the verdict says so
/// (docs/protocol.md §4). Of several nodes each try takes the next one, in an order of chance, so
/// that the clients of a node that ends spread over the others.
final class Connector implements Link.Owner {
  /// After so long a life a connection was a good one, and the backoff starts over.
  private static final long GOOD_LIFE_MILLIS = 60_000;

  /// What the rest of the core is told.
  interface Owner {
    void up(Link link);

    void received(String op, Json.Obj unit);

    void roomToSend();

    void stopped(Verdict.Stop verdict);
  }

  private final Lane lane;
  private final List<Dialer> nodes;
  private final ClientOptions settings;
  private final Handover handover;
  private final Tokens tokens;
  private final Backoff backoff;
  private final Owner owner;
  private @Nullable Link current;
  private @Nullable Link next;

  /// Of `nodes`, which to dial.
  private int node;

  private Lane.@Nullable Alarm redial;
  private long redialAtMillis;
  private Lane.@Nullable Alarm renewal;
  private boolean dialling;
  private boolean stopped;

  Connector(
      Lane lane,
      List<Dialer> nodes,
      RandomGenerator random,
      ClientOptions settings,
      Handover handover,
      Owner owner) {
    this.lane = lane;
    this.nodes = new ArrayList<>(nodes);
    Collections.shuffle(this.nodes, random);
    this.settings = settings;
    this.handover = handover;
    this.tokens = new Tokens(lane, settings);
    this.backoff = new Backoff(random, nodes.size());
    this.owner = owner;
  }

  /// The connection that the server has welcomed, if there is one.
  Optional<Link> live() {
    return Optional.ofNullable(current);
  }

  void dial() {
    redial = null;
    dialling = true;
    if (current == null) {
      handover.hand(new Delivery.Changed(new ClientState.Connecting()));
    }
    tokens.auth(new Tokens.Outcome(this::open, this::tokenFailed, this::noNewerToken));
  }

  private void open(Json.Obj auth) {
    dialling = false;
    if (!stopped) {
      if (current != null) {
        leave(current); // it drains, and would only send us away
      }
      Dialer dialer = nodes.get(node);
      next = new Link(lane, this, auth, dialer);
      next.dial();
    }
  }

  /// The next try goes to another node than that of this connection, if there is one.
  private void leave(Link link) {
    if (link.dialer().equals(nodes.get(node))) {
      node = (node + 1) % nodes.size();
    }
  }

  private void tokenFailed(Throwable failure) {
    dialling = false;
    if (!stopped) {
      handover.hand(new Delivery.Failed(failure));
      comeBack("token", 0);
    }
  }

  private void noNewerToken() {
    dialling = false;
    stop(new Verdict.Stop(Verdict.TOKEN_EXPIRED, "token_expired", "the source has no other token"));
  }

  @Override
  public void welcomed(Link link) {
    scheduleRenewal(link);
    if (link == current) {
      return;
    }
    next = null;
    if (current != null) {
      praise(current);
      current.retire();
    }
    current = link;
    Welcome welcome = link.welcome();
    handover.hand(new Delivery.Changed(new ClientState.Live(welcome.user(), welcome.connection())));
    owner.up(link);
  }

  private void scheduleRenewal(Link link) {
    if (renewal != null) {
      renewal.cancel();
      renewal = null;
    }
    long delay = tokens.accepted(link.welcome());
    if (delay > 0) {
      renewal = lane.schedule(delay, () -> tokens.renewed(link::renew));
    }
  }

  @Override
  public void draining(Link link, long withinMillis) {
    if (link == current && redial == null && next == null && !dialling) {
      redialIn(backoff.within(withinMillis));
    }
  }

  @Override
  public void ended(Link link, Verdict verdict) {
    leave(link);
    if (link == current) {
      praise(link);
      current = null;
      if (next != null || dialling) {
        handover.hand(new Delivery.Changed(new ClientState.Connecting()));
      }
    } else if (link == next) {
      next = null;
    }
    switch (verdict) {
      case Verdict.Stop stop when next != null && stop.close() == Verdict.REPLACED -> {
        // By our own replacement, whose welcome is on its way.
      }
      case Verdict.Stop stop -> stop(stop);
      case Verdict.ComeBack back -> {
        if (back.withNewToken()) {
          tokens.refused();
        }
        comeBack(back.code(), back.atLeastMillis());
      }
    }
  }

  private void praise(Link link) {
    if (link.livedMillis() >= GOOD_LIFE_MILLIS) {
      backoff.reset();
    }
  }

  private void comeBack(String code, long atLeastMillis) {
    if (next != null || dialling) {
      return;
    }
    if (redial == null) {
      redialIn(atLeastMillis + backoff.nextMillis());
    } else if (current == null && nodes.size() > 1) {
      // It was to be replaced later, and is gone already: another node need not wait for that.
      redial.cancel();
      long left = redialAtMillis - lane.nowMillis();
      redialIn(Math.min(left, atLeastMillis + backoff.nextMillis()));
    }
    if (current == null) {
      long delay = redialAtMillis - lane.nowMillis();
      handover.hand(new Delivery.Changed(new ClientState.Waiting(delay, code)));
    }
  }

  private void redialIn(long delayMillis) {
    redialAtMillis = lane.nowMillis() + delayMillis;
    redial = lane.schedule(delayMillis, this::dial);
  }

  void stop(Verdict.Stop verdict) {
    if (stopped) {
      return;
    }
    stopped = true;
    cancel(redial);
    cancel(renewal);
    Link[] links = {current, next};
    current = null;
    next = null;
    for (Link link : links) {
      if (link != null) {
        link.retire();
      }
    }
    owner.stopped(verdict);
    handover.hand(
        new Delivery.Changed(
            new ClientState.Closed(verdict.close(), verdict.code(), verdict.message())));
  }

  private static void cancel(Lane.@Nullable Alarm alarm) {
    if (alarm != null) {
      alarm.cancel();
    }
  }

  @Override
  public void received(Link link, String op, Json.Obj unit) {
    if (link == current) {
      owner.received(op, unit);
    }
  }

  @Override
  public void answered(Link link) {
    if (link == current) {
      owner.roomToSend();
    }
  }

  @Override
  public void framed(Direction direction, Supplier<String> text) {
    if (settings.frames()) {
      handover.handIfRoom(new Delivery.Framed(direction, text.get()));
    }
  }
}
