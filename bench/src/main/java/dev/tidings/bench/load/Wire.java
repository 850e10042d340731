package dev.tidings.bench.load;

/// How bytes become messages and back.
public sealed interface Wire {
  /// The longest message that is taken, bytes. A longer one is a mistake, and ends the run.
  int MESSAGE_BYTES_MAX = 16 << 20;

  /// RFC 6455; control frames, fragments and masks are seen to.
  ///
  /// @param binary how messages are sent; both kinds are taken
  record WebSocket(boolean binary) implements Wire {}

  /// Plain TCP, a line feed behind each message.
  record Lines() implements Wire {}

  /// Plain TCP; what is sent goes out as it is.
  record Own(Framing framing) implements Wire {}

  static Wire webSocketText() {
    return new WebSocket(false);
  }

  static Wire webSocketBinary() {
    return new WebSocket(true);
  }

  static Wire lines() {
    return new Lines();
  }

  /// @param framing of the dialect's own
  static Wire own(Framing framing) {
    return new Own(framing);
  }
}
