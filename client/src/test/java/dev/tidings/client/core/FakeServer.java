package dev.tidings.client.core;

import dev.tidings.client.json.Json;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// A server that keeps logs and breaks promises only where the protocol allows it: connections are
/// cut at any moment, live entries are skipped with a `gap`, answers come late, temporary refusals
/// come for a while. If told, it also skips in silence, which only the next entry reveals.
/// Everything is drawn from one seed.
final class FakeServer implements Dialer {
  private final FakeLane lane;
  private final Random random;
  private final Map<String, List<Json.Obj>> logs = new LinkedHashMap<>();
  private final Map<String, Integer> seqByCid = new HashMap<>();
  private final Map<String, Integer> movedAt = new HashMap<>();
  private final List<Connection> connections = new ArrayList<>();
  private int commits;
  boolean skipsInSilence;

  FakeServer(FakeLane lane, Random random) {
    this.lane = lane;
    this.random = random;
  }

  /// Somebody else wrote.
  void append(String in, String text) {
    append(in, "", text);
  }

  List<Json.Obj> log(String in) {
    return logs.computeIfAbsent(in, _ -> new ArrayList<>());
  }

  private int append(String in, String cid, String text) {
    List<Json.Obj> log = log(in);
    int seq = log.size() + 1;
    movedAt.put(in, ++commits);
    log.add(Json.object().put("seq", seq).put("cid", cid).put("data", text).build());
    for (Connection connection : connections) {
      connection.live(in, seq);
    }
    return seq;
  }

  /// The heartbeat, with a cursor that covers what was sent on this connection or is due to its
  /// `sync`.
  void ping() {
    for (Connection connection : connections) {
      connection.ping();
    }
  }

  /// Cuts the newest connection, whatever is on its way.
  void cut() {
    if (!connections.isEmpty()) {
      connections.removeLast().cut();
    }
  }

  @Override
  public Line dial(Events events) {
    connections.clear();
    Connection connection = new Connection(events);
    connections.add(connection);
    lane.execute(events::opened);
    return connection;
  }

  private final class Connection implements Line {
    private final Events events;
    private final Deque<String> incoming = new ArrayDeque<>();
    private final Deque<String> outgoing = new ArrayDeque<>();
    private boolean welcomed;
    private boolean closed;
    private long refusesUntil;
    private int cursor;

    Connection(Events events) {
      this.events = events;
    }

    void cut() {
      closed = true;
      lane.execute(() -> events.closed(Events.BROKEN, "cut"));
    }

    @Override
    public void close() {
      closed = true;
    }

    @Override
    public void send(String text) {
      incoming.add(text);
      // In order, but sometimes a cut is faster.
      lane.schedule(delayMillis(), this::arrived);
    }

    private void arrived() {
      String text = incoming.poll();
      if (closed || text == null) {
        return;
      }
      Json.Obj unit = Json.parseUnit(text);
      switch (unit.string("op").orElseThrow()) {
        case "auth" -> {
          welcomed = true;
          say("{\"op\":\"welcome\",\"user\":\"alice\",\"ping\":1000,\"max\":{\"inflight\":12}}");
        }
        case "send" -> send(unit);
        case "sync" -> sync(unit);
        case "history" -> history(unit);
        default -> {}
      }
    }

    private void send(Json.Obj unit) {
      if (lane.nowMillis() < refusesUntil || random.nextInt(20) == 0) {
        refusesUntil = Math.max(refusesUntil, lane.nowMillis() + 200);
        answer("err", unit, "\"code\":\"rate\",\"retry\":" + (refusesUntil - lane.nowMillis()));
        return;
      }
      String cid = unit.string("cid").orElseThrow();
      String text = ((Json.Str) Json.parse(unit.member("data").orElseThrow().text())).value();
      String to = unit.string("to").orElseThrow();
      int seq = seqByCid.computeIfAbsent(cid, _ -> append(to, cid, text));
      answer("ok", unit, "\"in\":\"" + to + "\",\"epoch\":\"e\",\"seq\":" + seq);
    }

    private void sync(Json.Obj unit) {
      List<String> rows = new ArrayList<>();
      int since = unit.string("since").map(Integer::parseInt).orElse(0);
      List<String> names =
          logs.keySet().stream().filter(in -> movedAt.getOrDefault(in, 0) > since).toList();
      int from = unit.string("next").map(Integer::parseInt).orElse(0);
      int to = Math.min(names.size(), from + 2);
      if (from == 0) {
        cursor = commits;
      }
      for (String in : names.subList(from, to)) {
        int head = log(in).size();
        rows.add(
            "{\"in\":\""
                + in
                + "\",\"epoch\":\"e\",\"low\":1,\"head\":"
                + head
                + ",\"tail\":"
                + items(in, Math.max(0, head - random.nextInt(3)), head)
                + "}");
      }
      String next =
          to < names.size() ? ",\"next\":\"" + to + "\"" : ",\"cursor\":\"" + cursor + "\"";
      answer("ok", unit, "\"convs\":[" + String.join(",", rows) + "]" + next);
    }

    private void history(Json.Obj unit) {
      String in = unit.string("in").orElseThrow();
      int head = log(in).size();
      int after = (int) unit.number("after").orElseThrow();
      int to = Math.min(head, after + 1 + random.nextInt(6));
      answer(
          "ok",
          unit,
          "\"epoch\":\"e\",\"low\":1,\"head\":"
              + head
              + ",\"more\":"
              + (to < head)
              + ",\"items\":"
              + items(in, after, to));
    }

    private String items(String in, int after, int to) {
      List<String> items = new ArrayList<>();
      for (int i = after; i < to; i++) {
        items.add(log(in).get(i).text());
      }
      return "[" + String.join(",", items) + "]";
    }

    void ping() {
      if (welcomed && !closed) {
        say("{\"op\":\"ping\",\"cursor\":\"" + commits + "\"}");
      }
    }

    void live(String in, int seq) {
      if (!welcomed || closed || (skipsInSilence && random.nextInt(10) == 0)) {
        return;
      }
      if (random.nextInt(10) == 0) {
        say(
            "{\"op\":\"gap\",\"in\":\""
                + in
                + "\",\"epoch\":\"e\",\"after\":"
                + (seq - 1)
                + ",\"head\":"
                + seq
                + "}");
      } else {
        say("{\"op\":\"msg\",\"in\":\"" + in + "\"," + log(in).get(seq - 1).text().substring(1));
      }
    }

    private void answer(String op, Json.Obj request, String members) {
      String id = request.member("id").orElseThrow().text();
      say("{\"op\":\"" + op + "\",\"id\":" + id + "," + members + "}");
    }

    /// Frames arrive in order, late, and perhaps not at all.
    private void say(String unit) {
      outgoing.add(unit);
      lane.schedule(
          delayMillis(),
          () -> {
            String next = outgoing.poll();
            if (!closed && next != null) {
              events.received(next);
            }
          });
    }
  }

  /// Often the same as another's, so that much happens at one moment.
  private long delayMillis() {
    return 5L * random.nextInt(4);
  }
}
