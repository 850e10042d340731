package dev.tidings.client.core;

import dev.tidings.client.json.Json;
import java.util.ArrayList;
import java.util.List;

/// Nodes whose connections are driven by the test: nothing opens, answers or breaks by itself.
final class FakeWire {
  private final FakeLane lane;
  private final List<Connection> connections = new ArrayList<>();

  FakeWire(FakeLane lane) {
    this.lane = lane;
  }

  /// What dials the node of this number.
  Dialer node(int number) {
    return events -> {
      Connection connection = new Connection(events, number);
      connections.add(connection);
      return connection;
    };
  }

  int dialled() {
    return connections.size();
  }

  /// The newest connection.
  Connection last() {
    return connections.getLast();
  }

  /// One connection as the server sees it.
  final class Connection implements Dialer.Line {
    private final Dialer.Events events;
    private final int node;
    private final List<Json.Obj> heard = new ArrayList<>();
    private int taken;
    private boolean closed;

    Connection(Dialer.Events events, int node) {
      this.events = events;
      this.node = node;
    }

    /// The number of the node that was dialled.
    int node() {
      return node;
    }

    @Override
    public void send(String unit) {
      if (!closed) {
        heard.add(Json.parseUnit(unit));
      }
    }

    @Override
    public void close() {
      closed = true;
    }

    boolean isClosed() {
      return closed;
    }

    void opens() {
      tell(events::opened);
    }

    void says(String frame) {
      tell(() -> events.received(frame));
    }

    /// Ends without a word.
    void breaks() {
      ends(Dialer.Events.BROKEN);
    }

    void ends(int code) {
      tell(() -> events.closed(code, ""));
      closed = true;
    }

    private void tell(Runnable event) {
      if (!closed) {
        lane.execute(event);
        lane.settle();
      }
    }

    /// The next unit that the client sent.
    Json.Obj next() {
      lane.settle();
      if (taken >= heard.size()) {
        throw new AssertionError("nothing more was sent");
      }
      return heard.get(taken++);
    }

    /// The next unit, which must have this op.
    Json.Obj next(String op) {
      Json.Obj unit = next();
      if (!unit.string("op").orElse("").equals(op)) {
        throw new AssertionError("expected " + op + ", not " + unit.text());
      }
      return unit;
    }

    /// Whether everything sent was looked at.
    boolean isQuiet() {
      lane.settle();
      return taken == heard.size();
    }

    /// Answers a request with `ok` and these further members, given as `"name":value,…`.
    void ok(Json.Obj request, String members) {
      answer("ok", request, members);
    }

    void err(Json.Obj request, String members) {
      answer("err", request, members);
    }

    private void answer(String op, Json.Obj request, String members) {
      String id = request.member("id").orElseThrow().text();
      String comma = members.isEmpty() ? "" : ",";
      says("{\"op\":\"" + op + "\",\"id\":" + id + comma + members + "}");
    }
  }
}
