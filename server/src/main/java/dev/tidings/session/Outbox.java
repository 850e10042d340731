package dev.tidings.session;

import dev.tidings.protocol.ErrorCode;
import java.util.Optional;

/// What waits to be written to one connection. Confined to the connection's lane.
///
/// Bounded in bytes, not frames, so that a picture does not count like a heartbeat. A full outbox
/// means that the reader is slower than the conversation: the frame is refused and the session
/// reads on from the log once the socket drains. Nothing is lost, only late. The bytes themselves
/// stand in the transport's queue; here is the rule who may still put some there (ADR 4).
public final class Outbox {
  /// From here on an entry is refused (docs/protocol.md §13).
  public static final int CAPACITY_BYTES = 64 * 1024;

  /// From here on presence is dropped, and a client that asks more is no longer read.
  static final int HALF_BYTES = CAPACITY_BYTES / 2;

  /// From here on what has no log is refused.
  static final int PASSING_BYTES = HALF_BYTES;

  /// Down here the transport reports that there is room again.
  public static final int DRAINED_BYTES = CAPACITY_BYTES / 4;

  /// What became of a frame.
  public enum Offer {
    ACCEPTED,
    FULL
  }

  private final Connection connection;

  /// What must at least be waiting now if the socket took nothing since [#moved] was last looked
  /// at.
  private int waitingBefore;

  private boolean moved;

  Outbox(Connection connection) {
    this.connection = connection;
  }

  /// An entry: taken if there is room, else to be read from the log later. An empty outbox takes
  /// any frame.
  public Offer offer(Frame frame) {
    int waiting = look();
    if (waiting > 0 && waiting + frame.sizeBytes() > CAPACITY_BYTES) {
      return Offer.FULL;
    }
    connection.write(frame);
    waitingBefore = waiting + frame.sizeBytes();
    return Offer.ACCEPTED;
  }

  /// Something of a topic without log: such topics have half of the outbox, so that there always is
  /// room for the rest.
  public Offer offerPassing(Frame frame) {
    int waiting = look();
    if (waiting > 0 && waiting + frame.sizeBytes() > PASSING_BYTES) {
      return Offer.FULL;
    }
    connection.write(frame);
    waitingBefore = waiting + frame.sizeBytes();
    return Offer.ACCEPTED;
  }

  /// Something worthless later: taken only while the outbox is less than half full.
  public void offerOrDrop(Frame frame) {
    if (!isHalfFull()) {
      put(frame);
    }
  }

  /// An answer: always taken, for it was asked; the bound is that asking stops (see
  /// [Session#updateReading()]).
  public void reply(int ordinal, Optional<ErrorCode> refusal, Frame frame) {
    int waiting = look();
    connection.reply(ordinal, refusal, frame);
    waitingBefore = waiting + frame.sizeBytes();
  }

  /// A server's own unit, rare and small: `gap`, `ping`, a page of the log that was asked for when
  /// there was room.
  public void put(Frame frame) {
    int waiting = look();
    connection.write(frame);
    waitingBefore = waiting + frame.sizeBytes();
  }

  /// Notes whether the socket has taken something meanwhile; answers what is waiting. A transport
  /// may count more than the frames' sizes, but then it counts that until it took the frame.
  private int look() {
    int waiting = connection.waitingBytes();
    moved |= waiting < waitingBefore;
    waitingBefore = waiting;
    return waiting;
  }

  /// Whether the socket has taken anything since this was last asked, or has nothing to take.
  boolean hasMoved() {
    boolean progress = look() == 0 || moved;
    moved = false;
    return progress;
  }

  public boolean isHalfFull() {
    return connection.waitingBytes() > HALF_BYTES;
  }

  /// Whether there is room for a page of the log.
  public boolean isDrained() {
    return connection.waitingBytes() <= DRAINED_BYTES;
  }

  public int waitingBytes() {
    return connection.waitingBytes();
  }
}
