package dev.tidings.simulation;

import dev.tidings.hub.Hub;
import dev.tidings.protocol.CloseCode;
import dev.tidings.protocol.Command;
import dev.tidings.protocol.ErrorCode;
import dev.tidings.protocol.Head;
import dev.tidings.session.Connection;
import dev.tidings.session.Frame;
import dev.tidings.session.SendRate;
import dev.tidings.session.Session;
import dev.tidings.simulation.SimulatedFrames.SimulatedFrame;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Requests without a connection, as a POST carries them: fed one by one while the session takes
/// them, answered together once all answers are there.
final class SimulatedPost implements Connection {
  private final Scheduler.Strand lane;
  private final Hub hub;
  private final Deque<byte[]> units = new ArrayDeque<>();
  private final TreeMap<Integer, JsonNode> answers = new TreeMap<>();
  private @Nullable Session session;
  private boolean refused;
  private boolean over;

  private SimulatedPost(Scheduler.Strand lane, Hub hub) {
    this.lane = lane;
    this.hub = hub;
  }

  /// Posts units, one per line and with `'` for `"`, to some lane.
  static SimulatedPost of(Simulation simulation, String token, String units) {
    int index = simulation.anyLane();
    SimulatedPost post = new SimulatedPost(simulation.lane(index), simulation.hub(index));
    units
        .replace('\'', '"')
        .lines()
        .map(unit -> unit.getBytes(StandardCharsets.UTF_8))
        .forEach(post.units::add);
    post.lane.execute(() -> post.begin(token));
    return post;
  }

  private void begin(String token) {
    Optional<Session> known =
        hub.detached(
            this,
            new Command.Auth(
                Head.of("auth"),
                Optional.of(token),
                Optional.empty(),
                1,
                "",
                "",
                OptionalInt.empty(),
                Map.of()),
            new SendRate());
    if (known.isPresent()) {
      session = known.get();
      feed();
    } else {
      refused = true;
    }
  }

  private void feed() {
    Session asking = session;
    while (asking != null && !asking.isHeldBack() && !units.isEmpty() && !over) {
      byte[] unit = units.remove();
      hub.receive(asking, unit, 0, unit.length);
    }
    finishIfAnswered();
  }

  private void finishIfAnswered() {
    Session asking = session;
    if (asking != null
        && !over
        && units.isEmpty()
        && asking.inFlight() == 0
        && answers.size() == asking.requests()) {
      over = true;
      hub.closed(asking);
    }
  }

  /// The client does not wait for the answers.
  void abandon() {
    lane.execute(() -> {
      over = true;
      if (session != null) {
        hub.closed(session);
      }
    });
  }

  /// Whether the token was not believed.
  boolean isRefused() {
    return refused;
  }

  /// Whether all answers are there.
  boolean isOver() {
    return over;
  }

  /// The answers, in the order of the requests.
  List<JsonNode> answers() {
    return List.copyOf(answers.values());
  }

  @Override
  public void reply(int ordinal, Optional<ErrorCode> refusal, Frame frame) {
    JsonNode unit = Json.read(((SimulatedFrame) frame).text());
    Witness.claim(answers.put(ordinal, unit) == null, () -> "answered twice: " + unit);
    Witness.claim(
        refusal.isPresent() == Json.text(unit, "op").equals("err"), () -> refusal + " for " + unit);
    lane.execute(this::finishIfAnswered);
  }

  @Override
  public void write(Frame frame) {
    throw new AssertionError("a POST is told nothing unasked: " + ((SimulatedFrame) frame).text());
  }

  @Override
  public int waitingBytes() {
    return 0;
  }

  @Override
  public void pauseReading() {
    // feed() asks the session before each unit
  }

  @Override
  public void resumeReading() {
    lane.execute(this::feed);
  }

  @Override
  public void close(CloseCode code, Frame bye) {
    throw new AssertionError("a POST was closed: " + code);
  }

  @Override
  public boolean loopback() {
    return true;
  }

  @Override
  public boolean lines() {
    return false;
  }
}
