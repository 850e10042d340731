package dev.tidings.transport;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What the sockets of one lane are to be given at the end of this tick: all that is for one socket
/// leaves in one write. Confined to the lane.
///
/// The lists are threaded through arrays of the lane, so a socket keeps two numbers and nothing is
/// made per delivery. A socket whose bytes are all taken at once, which is nearly every one, is
/// written to by its descriptor; what it does not take goes to its channel's own queue, which knows
/// how to wait.
final class Tick {
  static final int NONE = -1;

  /// What is for one socket is put together here if it is more than one frame.
  private static final int GATHERED_BYTES_MAX = 128 * 1024;

  /// Arrays that grew beyond this in a burst are given back.
  private static final int KEPT_SLOTS = 1 << 16;

  private @Nullable SocketConnection[] sockets = new SocketConnection[64];
  private int socketCount;
  private @Nullable ByteFrame[] frames = new ByteFrame[64];
  private int[] next = new int[64];
  private int frameCount;

  private final ByteBuffer gathered = ByteBuffer.allocateDirect(GATHERED_BYTES_MAX);

  boolean isEmpty() {
    return socketCount == 0;
  }

  /// A socket that has something to be given now, and had nothing before.
  void add(SocketConnection socket) {
    if (socketCount == sockets.length) {
      sockets = Arrays.copyOf(sockets, socketCount * 2);
    }
    sockets[socketCount++] = socket;
  }

  /// Keeps `frame` behind the frame in slot `last`, or as a first one if that is [#NONE]; answers
  /// its own slot.
  int add(ByteFrame frame, int last) {
    frame.retain();
    int slot = frameCount++;
    if (slot == frames.length) {
      frames = Arrays.copyOf(frames, slot * 2);
      next = Arrays.copyOf(next, slot * 2);
    }
    frames[slot] = frame;
    next[slot] = NONE;
    if (last != NONE) {
      next[last] = slot;
    }
    return slot;
  }

  ByteFrame frame(int slot) {
    ByteFrame frame = frames[slot];
    if (frame == null) {
      throw new IllegalStateException("no frame in this slot");
    }
    return frame;
  }

  int next(int slot) {
    return next[slot];
  }

  /// Gives every socket what is for it.
  void end() {
    for (int i = 0; i < socketCount; i++) { // more may come meanwhile, and have their turn
      SocketConnection socket = sockets[i];
      if (socket != null) {
        socket.flush();
      }
    }
    for (int i = 0; i < frameCount; i++) {
      frame(i).release();
    }
    forget();
  }

  private void forget() {
    if (frames.length > KEPT_SLOTS) {
      frames = new ByteFrame[KEPT_SLOTS];
      next = new int[KEPT_SLOTS];
    } else {
      Arrays.fill(frames, 0, frameCount, null);
    }
    frameCount = 0;
    if (sockets.length > KEPT_SLOTS) {
      sockets = new SocketConnection[KEPT_SLOTS];
    } else {
      Arrays.fill(sockets, 0, socketCount, null);
    }
    socketCount = 0;
  }

  /// Empty room to put frames together in, until the next call.
  ByteBuffer gather() {
    return gathered.clear();
  }
}
