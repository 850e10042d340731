package dev.tidings.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A person with a socket who types units by hand and reads what comes back. Knows no rules and
/// keeps no state.
final class Terminal implements Peer {
  private final Simulation simulation;
  private final Scheduler.Strand strand;
  private final List<JsonNode> heard = new ArrayList<>();
  private @Nullable SimulatedSocket socket;
  private OptionalInt closed = OptionalInt.empty();
  private boolean over;

  Terminal(Simulation simulation, String name) {
    this.simulation = simulation;
    this.strand = simulation.strand(name);
  }

  /// Opens a socket on some lane and says nothing.
  Terminal opens() {
    return opensOn(simulation.anyLane());
  }

  Terminal opensOn(int lane) {
    socket = simulation.accept(lane, strand, this, false);
    socket.open();
    return this;
  }

  Terminal opensWithToken(String token) {
    socket = simulation.accept(simulation.anyLane(), strand, this, false);
    socket.open(token, "");
    return this;
  }

  /// Opens a socket and says who he is.
  Terminal joinsAs(String user) {
    opens();
    return says("{'op':'auth','user':'" + user + "'}");
  }

  /// Says one or more units, one per line, with `'` for `"`.
  Terminal says(String units) {
    socket().say(units.replace('\'', '"'));
    return this;
  }

  SimulatedSocket socket() {
    if (socket == null) {
      throw new AssertionError("no socket");
    }
    return socket;
  }

  /// All units so far, oldest first.
  List<JsonNode> heard() {
    return heard;
  }

  /// The units of this `op`, oldest first.
  List<JsonNode> heard(String op) {
    return heard.stream().filter(unit -> Json.text(unit, "op").equals(op)).toList();
  }

  /// The answer to the request with this `id`.
  JsonNode answer(int id) {
    return heard.stream()
        .filter(unit -> unit.path("id").asInt(-1) == id)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no answer to " + id + " in " + heard));
  }

  boolean hasAnswer(int id) {
    return heard.stream().anyMatch(unit -> unit.path("id").asInt(-1) == id);
  }

  JsonNode last() {
    return heard.getLast();
  }

  void forgets() {
    heard.clear();
  }

  /// The close code, empty while the connection stands or if the line was cut.
  OptionalInt closeCode() {
    return closed;
  }

  boolean isOver() {
    return over;
  }

  @Override
  public void received(SimulatedSocket from, String units) {
    if (from == socket) {
      for (String unit : units.lines().toList()) {
        heard.add(Json.read(unit));
      }
    }
  }

  @Override
  public void closed(SimulatedSocket which, OptionalInt code) {
    if (which == socket) {
      closed = code;
      over = true;
    }
  }
}
