package dev.tidings.simulation;

import dev.tidings.hub.Hub;
import dev.tidings.protocol.CloseCode;
import dev.tidings.protocol.Command;
import dev.tidings.protocol.ErrorCode;
import dev.tidings.protocol.Head;
import dev.tidings.session.Connection;
import dev.tidings.session.Frame;
import dev.tidings.session.Session;
import dev.tidings.simulation.SimulatedFrames.SimulatedFrame;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// One poll: a `sync` that waits, as `GET /v1/poll` carries it.
final class SimulatedPoll implements Connection {
  private final Scheduler.Strand lane;
  private final Hub hub;
  private @Nullable Session session;
  private @Nullable JsonNode answer;
  private OptionalInt closeCode = OptionalInt.empty();
  private int woken;

  private SimulatedPoll(Scheduler.Strand lane, Hub hub) {
    this.lane = lane;
    this.hub = hub;
  }

  /// Polls on some lane.
  static SimulatedPoll of(Simulation simulation, String user, String since, long waitMillis) {
    int index = simulation.anyLane();
    SimulatedPoll poll = new SimulatedPoll(simulation.lane(index), simulation.hub(index));
    Command.Auth auth =
        new Command.Auth(
            Head.of("auth"),
            Optional.empty(),
            Optional.of(user),
            1,
            "",
            "",
            OptionalInt.empty(),
            Map.of());
    Command.Sync sync = new Command.Sync(Head.of("sync"), since, 20, 200, "");
    poll.lane.execute(() -> poll.session = poll.hub.opened(poll, auth, sync, waitMillis));
    return poll;
  }

  boolean isOver() {
    return answer != null;
  }

  JsonNode answer() {
    if (answer == null) {
      throw new AssertionError("it waits");
    }
    return answer;
  }

  String cursor() {
    return Json.text(answer(), "cursor");
  }

  OptionalInt closeCode() {
    return closeCode;
  }

  /// How often something was written to it.
  int woken() {
    return woken;
  }

  /// The client does not wait any longer.
  void abandon() {
    lane.execute(() -> {
      if (session != null) {
        hub.closed(session);
      }
    });
  }

  @Override
  public void write(Frame frame) {
    frame.sizeBytes(); // a real one would be looked at, too
    woken++;
    if (session != null) {
      hub.woken(session);
    }
  }

  @Override
  public void reply(int ordinal, Optional<ErrorCode> refusal, Frame frame) {
    end(frame);
  }

  private void end(Frame frame) {
    String unit = ((SimulatedFrame) frame).text();
    Witness.claim(answer == null, () -> "answered twice: " + unit);
    answer = Json.read(unit);
    abandon();
  }

  @Override
  public void close(CloseCode code, Frame bye) {
    closeCode = OptionalInt.of(code.number());
    end(bye);
  }

  @Override
  public boolean polls() {
    return true;
  }

  @Override
  public int waitingBytes() {
    return 0;
  }

  @Override
  public void pauseReading() {
    // it says nothing more
  }

  @Override
  public void resumeReading() {
    // as above
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
