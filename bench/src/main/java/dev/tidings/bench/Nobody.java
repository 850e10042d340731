package dev.tidings.bench;

import dev.tidings.protocol.CloseCode;
import dev.tidings.session.Connection;
import dev.tidings.session.Frame;

/// A connection whose socket takes everything at once, and counts.
final class Nobody implements Connection {
  long written;

  @Override
  public void write(Frame frame) {
    written += frame.sizeBytes();
  }

  @Override
  public int waitingBytes() {
    return 0;
  }

  @Override
  public void pauseReading() {}

  @Override
  public void resumeReading() {}

  @Override
  public void close(CloseCode code, Frame bye) {
    throw new IllegalStateException("closed: " + code);
  }

  @Override
  public boolean loopback() {
    return true;
  }

  @Override
  public boolean lines() {
    return true;
  }
}
