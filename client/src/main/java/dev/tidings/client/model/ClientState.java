package dev.tidings.client.model;

/// Where the client is between being started and being closed.
public sealed interface ClientState {

  /// A connection is being opened and authenticated.
  record Connecting() implements ClientState {}

  /// The server knows us. What was missed meanwhile is being fetched.
  record Live(String user, String connection) implements ClientState {}

  /// The connection is gone; another try follows in so many milliseconds.
  record Waiting(long delayMillis, String code) implements ClientState {}

  /// Over for good: with code `closed` on the application's own wish, else by the server's verdict.
  ///
  /// @param close the close code, 4500 to 4999; 1000 if the application closed
  record Closed(int close, String code, String message) implements ClientState {}
}
