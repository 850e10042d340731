package dev.tidings.client.core;

import dev.tidings.client.json.Json;
import dev.tidings.client.model.ClientFailure;
import java.nio.charset.StandardCharsets;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The application's requests, in its order, until each has its answer.
///
/// A request whose answer was lost or is temporary goes back to its place in the order. After a
/// temporary refusal nothing is sent until its `retry` is over *and* everything under way has been
/// answered: the server refuses what was in flight behind it (docs/protocol.md §5), so all of it
/// comes back here first and leaves again in the first order.
///
/// Bounded in requests; full means that the next one fails with [ClientFailure.QueueFull].
final class SendQueue {
  /// A repeat must arrive while the server still remembers; this much is left for its way.
  private static final long ON_THE_WAY_MILLIS = 60_000;

  private final Lane lane;
  private final Supplier<Optional<Link>> live;
  private final int requestsMax;
  private final NavigableMap<Long, QueuedRequest> waiting = new TreeMap<>();
  private Lane.@Nullable Alarm alarm;
  private long dedupeMillis = Long.MAX_VALUE / 2;
  private long pausedUntilMillis = Long.MIN_VALUE;
  private boolean paused;
  private int underWay;
  private int underWayMax = Integer.MAX_VALUE;
  private long lastOrdinal;

  SendQueue(Lane lane, Supplier<Optional<Link>> live, int requestsMax) {
    this.lane = lane;
    this.live = live;
    this.requestsMax = requestsMax;
  }

  void add(Json.Obj fields, Answer answer) {
    if (waiting.size() + underWay >= requestsMax) {
      answer.failed(new ClientFailure.QueueFull(requestsMax));
      return;
    }
    waiting.put(++lastOrdinal, new QueuedRequest(lastOrdinal, fields, answer));
    pump();
  }

  void linkUp(Link link) {
    dedupeMillis = link.welcome().dedupeMillis();
    pump();
  }

  /// Sends what may be sent now.
  void pump() {
    giveUpTheOld();
    Link link = live.get().orElse(null);
    while (link != null && !waiting.isEmpty() && maySend(link)) {
      send(link, waiting.pollFirstEntry().getValue());
    }
    setAlarm();
  }

  private boolean maySend(Link link) {
    return link.hasRoom() && !isPaused() && underWay < underWayMax;
  }

  private boolean isPaused() {
    if (paused && underWay == 0 && lane.nowMillis() >= pausedUntilMillis) {
      paused = false;
    }
    return paused;
  }

  private void send(Link link, QueuedRequest request) {
    if (!fits(request, link.welcome().frameBytesMax())) {
      request.answer.failed(new ClientFailure.Refused("too_large", "larger than a frame may be"));
      return;
    }
    request.sent(lane.nowMillis());
    underWay++;
    link.ask(request.fields, new Outcome(request));
  }

  /// The server ends the connection of a client that sends too much at once, so it is not tried.
  private static boolean fits(QueuedRequest request, long bytesMax) {
    int idAndBraces = 64;
    String text = request.fields.text();
    return text.length() * 3L + idAndBraces <= bytesMax
        || text.getBytes(StandardCharsets.UTF_8).length + idAndBraces <= bytesMax;
  }

  private void putBack(QueuedRequest request) {
    underWay--;
    waiting.put(request.ordinal, request);
    setAlarm();
  }

  /// Requests were first sent in their order, so the oldest attempts are in front.
  private void giveUpTheOld() {
    while (!waiting.isEmpty() && giveUpMillis() <= lane.nowMillis()) {
      waiting
          .pollFirstEntry()
          .getValue()
          .answer
          .failed(
              new ClientFailure.OutcomeUnknown("the server may have forgotten the first attempt"));
    }
  }

  /// When the first request must not be repeated any more.
  private long giveUpMillis() {
    QueuedRequest first = waiting.firstEntry().getValue();
    return first.wasSent()
        ? first.firstSentMillis() + Math.max(0, dedupeMillis - ON_THE_WAY_MILLIS)
        : Long.MAX_VALUE;
  }

  private void setAlarm() {
    if (alarm != null) {
      alarm.cancel();
      alarm = null;
    }
    long now = lane.nowMillis();
    long at = waiting.isEmpty() ? Long.MAX_VALUE : giveUpMillis();
    if (paused && pausedUntilMillis > now) {
      at = Math.min(at, pausedUntilMillis);
    }
    if (at < Long.MAX_VALUE) {
      alarm = lane.schedule(Math.max(0, at - now), this::pump);
    }
  }

  /// Fails everything: what was sent may have happened, what was not sent has not.
  void close(String why) {
    if (alarm != null) {
      alarm.cancel();
    }
    while (!waiting.isEmpty()) {
      QueuedRequest request = waiting.pollFirstEntry().getValue();
      request.answer.failed(
          request.wasSent()
              ? new ClientFailure.OutcomeUnknown("client closed: " + why)
              : new ClientFailure.ClientClosed(why));
    }
  }

  private final class Outcome implements Reply {
    private final QueuedRequest request;

    Outcome(QueuedRequest request) {
      this.request = request;
    }

    @Override
    public void ok(Json.Obj reply) {
      settled();
      request.answer.ok(reply);
    }

    @Override
    public void refused(Refusal refusal) {
      if (!refusal.isTemporary()) {
        settled();
        request.answer.failed(refusal.failure());
        return;
      }
      paused = true;
      underWayMax = 1;
      pausedUntilMillis = Math.max(pausedUntilMillis, lane.nowMillis() + refusal.retryMillis());
      putBack(request);
    }

    private void settled() {
      underWay--;
      if (underWayMax < Integer.MAX_VALUE) {
        underWayMax++;
      }
    }

    @Override
    public void lost() {
      putBack(request);
    }
  }
}
