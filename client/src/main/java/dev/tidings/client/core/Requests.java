package dev.tidings.client.core;

import dev.tidings.client.json.Json;
import dev.tidings.client.json.ObjBuilder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// The requests of one connection: those under way, in the order sent, and those that wait for a
/// place in the server's window. What waits here is the client's own (sync, history,
/// subscriptions), so its number is bounded by the conversations asked for; the application's
/// requests wait elsewhere.
final class Requests {
  /// Places that the application's requests leave free, so that reading never waits for sending.
  private static final int RESERVED = 8;

  private record UnderWay(Reply reply, long sinceMillis) {}

  private record Waiting(Json.Obj fields, Reply reply) {}

  private final Lane lane;
  private final Consumer<Json.Obj> sender;
  private final Map<Long, UnderWay> underWay = new LinkedHashMap<>();
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private int windowMax = 1;
  private long lastId;

  Requests(Lane lane, Consumer<Json.Obj> sender) {
    this.lane = lane;
    this.sender = sender;
  }

  void window(long max) {
    windowMax = Math.clamp(max, 1, 1024);
  }

  /// Whether one more request of the application fits.
  boolean hasRoom() {
    return waiting.isEmpty() && underWay.size() < Math.max(1, windowMax - RESERVED);
  }

  void ask(Json.Obj fields, Reply reply) {
    waiting.add(new Waiting(fields, reply));
    pump();
  }

  private void pump() {
    while (!waiting.isEmpty() && underWay.size() < windowMax) {
      Waiting next = waiting.remove();
      long id = ++lastId;
      underWay.put(id, new UnderWay(next.reply(), lane.nowMillis()));
      // The place of the keys matters to people who read frames: op first, then id.
      ObjBuilder unit = Json.object();
      next.fields().member("op").ifPresent(op -> unit.put("op", op));
      sender.accept(unit.put("id", id).putAll(next.fields()).build());
    }
  }

  /// Gives the request that this unit answers its reply. Returns whether there was one.
  boolean answered(Json.Obj unit, Consumer<Reply> outcome) {
    UnderWay request = underWay.remove(unit.number("id").orElse(-1));
    if (request == null) {
      return false;
    }
    outcome.accept(request.reply());
    pump();
    return true;
  }

  /// How long the oldest request has been without answer.
  long oldestMillis() {
    long now = lane.nowMillis();
    return underWay.values().stream().findFirst().map(r -> now - r.sinceMillis()).orElse(0L);
  }

  /// Tells everybody that no answer will come, in the order in which they asked.
  void lose() {
    List<Reply> lost = new ArrayList<>();
    underWay.values().forEach(request -> lost.add(request.reply()));
    waiting.forEach(request -> lost.add(request.reply()));
    underWay.clear();
    waiting.clear();
    lost.forEach(Reply::lost);
  }
}
