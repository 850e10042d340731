package dev.tidings.protocol;

import java.util.Locale;

/// Why the server ends a connection: the one table behind `bye` units, WebSocket close codes and
/// docs/protocol.md §12.
///
/// The *range* says what to do, so an old client behaves well towards a code it has never seen:
/// below 4500 come back, from 4500 on stop.
public enum CloseCode {
  DRAINING(4000, "come back within the window"),
  OVERLOADED(4001, "come back after `retry`"),
  SLOW(4002, "come back, sync"),
  IDLE(4003, "come back"),
  STATE(4004, "server cannot prove continuity; come back, sync"),
  TOKEN_EXPIRED(4005, "get a new token, come back"),
  INTERNAL(4006, "come back with backoff"),
  AUTH_FAILED(4500, "stop"),
  PROTOCOL(4501, "stop"),
  TOO_LARGE(4502, "stop"),
  REPLACED(4503, "stop (same device connected elsewhere)"),
  KICKED(4504, "stop"),
  LIMIT(4505, "stop (too many connections)"),
  AUTH_TIMEOUT(4506, "stop"),
  VERSION(4507, "stop");

  private final int number;
  private final String verdict;
  private final String wire = name().toLowerCase(Locale.ROOT);

  CloseCode(int number, String verdict) {
    this.number = number;
    this.verdict = verdict;
  }

  /// The WebSocket close code, also `close` in `bye`.
  public int number() {
    return number;
  }

  /// The word in `bye`'s `code`.
  public String wire() {
    return wire;
  }

  /// What the client should do, as in docs/protocol.md.
  public String verdict() {
    return verdict;
  }

  /// Whether the client must not come back with the same credentials.
  public boolean stop() {
    return number >= 4500;
  }
}
