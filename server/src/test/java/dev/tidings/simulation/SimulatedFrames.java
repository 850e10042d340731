package dev.tidings.simulation;

import dev.tidings.protocol.JsonWriter;
import dev.tidings.session.Frame;
import dev.tidings.session.Frames;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Frames on the heap that count their holders, so that one that nobody gives back is found, and so
/// is the use of one that was given back.
final class SimulatedFrames {
  private final List<SimulatedFrame> living = new ArrayList<>();

  private int madeBeforeFailure = Integer.MAX_VALUE;

  /// The maker of one lane's frames.
  Frames of(Scheduler.Strand lane) {
    return units -> {
      if (madeBeforeFailure-- == 0) {
        throw new IllegalStateException("no memory for a frame, as this story wants it");
      }
      return new SimulatedFrame(lane, units);
    };
  }

  /// The process that held them is gone.
  void end() {
    living.clear();
  }

  /// So many frames can be made, and then one cannot.
  void failAfter(int count) {
    madeBeforeFailure = count;
  }

  /// The frames that somebody still holds, for a failure's message.
  List<String> living() {
    living.removeIf(frame -> frame.holders == 0);
    return living.stream().map(SimulatedFrame::text).toList();
  }

  /// One frame, and how many hold it.
  final class SimulatedFrame implements Frame {
    private final Scheduler.Strand lane;
    private final byte[] bytes;
    private int holders = 1;

    private SimulatedFrame(Scheduler.Strand lane, JsonWriter units) {
      this.lane = lane;
      this.bytes = units.toBytes();
      living.add(this);
      if (living.size() % 1024 == 0) {
        living.removeIf(frame -> frame.holders == 0);
      }
    }

    @Override
    public int sizeBytes() {
      mustLive();
      return bytes.length;
    }

    SimulatedFrame retain(Scheduler.Strand by) {
      mustLive();
      if (by != lane) {
        throw new AssertionError("a frame of " + lane + " was written on " + by);
      }
      holders++;
      return this;
    }

    @Override
    public void release() {
      mustLive();
      holders--;
    }

    String text() {
      return new String(bytes, StandardCharsets.UTF_8);
    }

    private void mustLive() {
      if (holders <= 0) {
        throw new AssertionError("used after its release: " + text());
      }
    }
  }
}
