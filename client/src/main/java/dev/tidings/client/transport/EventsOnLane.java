package dev.tidings.client.transport;

import dev.tidings.client.core.Dialer;
import java.util.concurrent.Executor;

/// Carries events from a transport's threads to the client's lane: each at most once after the end.
final class EventsOnLane {
  private final Dialer.Events events;
  private final Executor lane;

  /// Touched on the lane only.
  private boolean over;

  EventsOnLane(Dialer.Events events, Executor lane) {
    this.events = events;
    this.lane = lane;
  }

  void opened() {
    lane.execute(() -> {
      if (!over) {
        events.opened();
      }
    });
  }

  /// @param done run on the lane when the frame has been worked off; the next may be read
  void received(String frame, Runnable done) {
    lane.execute(() -> {
      if (!over) {
        events.received(frame);
      }
      done.run();
    });
  }

  void closed(int code, String reason) {
    lane.execute(() -> {
      if (!over) {
        over = true;
        events.closed(code, reason);
      }
    });
  }

  /// Called on the lane: nothing more is told.
  void end() {
    over = true;
  }
}
