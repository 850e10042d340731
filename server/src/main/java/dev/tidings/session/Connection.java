package dev.tidings.session;

import dev.tidings.protocol.CloseCode;
import dev.tidings.protocol.ErrorCode;
import java.util.Optional;

/// What a transport implements: one socket, or one request that behaves like a very short one.
/// Called on its lane only.
public interface Connection {
  /// Queues a frame for the socket. All that is written in one tick of the lane leaves together at
  /// its end.
  void write(Frame frame);

  /// Queues the answer to the request with this ordinal (0, 1, 2 … in the order received).
  ///
  /// @param refusal the code if the answer is an `err`
  default void reply(int ordinal, Optional<ErrorCode> refusal, Frame frame) {
    write(frame);
  }

  /// Bytes queued that the socket has not accepted. When they fell below [Outbox#DRAINED_BYTES],
  /// the transport says `drained` to the hub.
  int waitingBytes();

  /// Takes nothing more from the peer; what was received already is held back too.
  void pauseReading();

  void resumeReading();

  /// Writes `bye` behind everything queued, then closes in the transport's own words.
  void close(CloseCode code, Frame bye);

  /// Whether the peer is on this machine.
  boolean loopback();

  /// Whether a person may be typing: lines over plain TCP.
  boolean lines();

  /// Whether it waits for something to happen and ends with the answer: nothing that is written is
  /// kept, but the first of it says that something did. It is not welcomed and gets no heartbeat.
  default boolean polls() {
    return false;
  }

  /// The name of the stream for which this POST subscribes, `""` for none.
  default String stream() {
    return "";
  }

  /// Whether the peer can say nothing here: then it owes no sign of life, and is told its cursor
  /// apart from the units.
  default boolean oneWay() {
    return false;
  }

  /// Says that the peer was told of every change up to `cursor`. Only of a connection that is
  /// one-way.
  default void cursor(String cursor) {
    throw new IllegalStateException("told in pings");
  }

  /// Whether anything was written since the last [#cursor].
  default boolean hasNews() {
    return false;
  }
}
