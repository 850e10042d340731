package dev.tidings.hub;

import dev.tidings.protocol.CloseCode;
import dev.tidings.protocol.Units;
import dev.tidings.session.Frame;
import dev.tidings.session.Session;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The regular work of a lane: one timer for all its connections. Heartbeats, idle and stuck
/// sockets, strangers who do not say who they are, tokens that ran out, and what nobody needs any
/// more.
final class Sweep {
  static final long EVERY_MILLIS = 1_000;
  static final long AUTH_TIMEOUT_MILLIS = 10_000;
  static final long JOINING_MAX_MILLIS = 10_000;
  static final long STUCK_MAX_MILLIS = 60_000;

  /// How long a token may be out of date before its connection is closed.
  static final long EXPIRY_GRACE_MILLIS = 30_000;

  private final Hub hub;
  private final Shard shard;
  private final CatchingUp catchingUp;
  private final PresenceWatch presence;
  private final Streams streams;

  Sweep(Hub hub, Shard shard, CatchingUp catchingUp, PresenceWatch presence, Streams streams) {
    this.hub = hub;
    this.shard = shard;
    this.catchingUp = catchingUp;
    this.presence = presence;
    this.streams = streams;
  }

  void start() {
    shard.lane.schedule(this::sweepAndGoOn, EVERY_MILLIS);
  }

  private void sweepAndGoOn() {
    start();
    sweep();
  }

  private void sweep() {
    long now = shard.clock.monotonicMillis();
    List.copyOf(shard.guests).forEach(guest -> look(guest, now));
    try (Pings pings = new Pings()) {
      shard.everyone.forEach(session -> look(session, now, pings));
    }
    catchingUp.proceedAll();
    streams.sweep();
    shard.users.cool(now);
    shard.topics.sweep();
    hub.passing().sweep();
    presence.sweep(now);
  }

  /// A stranger has so long to say who he is; and we have so long from then on to let him in.
  private void look(Session guest, long now) {
    if (guest.state() == Session.State.GUEST) {
      if (now - guest.openedMillis() >= AUTH_TIMEOUT_MILLIS) {
        hub.close(guest, CloseCode.AUTH_TIMEOUT);
      }
    } else if (now - guest.heardMillis() >= JOINING_MAX_MILLIS) {
      hub.close(guest, CloseCode.OVERLOADED);
    }
  }

  private void look(Session session, long now, Pings pings) {
    if (session.stuckMillis(now) >= STUCK_MAX_MILLIS) {
      hub.close(session, CloseCode.SLOW);
      return;
    }
    if (session.identity().expiresMillis().orElse(Long.MAX_VALUE - EXPIRY_GRACE_MILLIS)
            + EXPIRY_GRACE_MILLIS
        < shard.clock.epochMillis()) {
      hub.close(session, CloseCode.TOKEN_EXPIRED);
      return;
    }
    if (session.isHeldBack()) {
      session.heard(now); // it may well be speaking; we are not listening
    }
    if (session.pingEveryMillis() > 0
        && now - session.heardMillis() > 2 * session.pingEveryMillis()
        && !session.connection().oneWay()) {
      hub.close(session, CloseCode.IDLE);
    } else if (session.takePing(now)) {
      session.outbox().put(pings.frame(session.isToldEverything()));
    }
  }

  /// The pings of one sweep: the same bytes for every reader that is up to date, for whom all that
  /// this lane has worked off is told. One that is behind gets no cursor.
  private final class Pings implements AutoCloseable {
    private @Nullable Frame upToDate;
    private @Nullable Frame behind;

    Frame frame(boolean isToldEverything) {
      if (!isToldEverything) {
        Frame frame = behind;
        if (frame == null) {
          frame = shard.frame(out -> Units.ping(out, ""));
          behind = frame;
        }
        return frame;
      }
      Frame frame = upToDate;
      if (frame == null) {
        String cursor = shard.engine.cursor(shard.worked, shard.clock.epochMillis());
        frame = shard.frame(out -> Units.ping(out, cursor));
        upToDate = frame;
      }
      return frame;
    }

    @Override
    public void close() {
      if (upToDate != null) {
        upToDate.release();
      }
      if (behind != null) {
        behind.release();
      }
    }
  }
}
