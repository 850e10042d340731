package dev.tidings.client.core;

/// Opens connections to one node of the server. One dialer knows one address and one transport.
@FunctionalInterface
public interface Dialer {

  /// Begins to open a connection and returns at once. Everything that becomes of it, failure
  /// included, is told to `events`, on the client's lane and not before this call returned.
  Line dial(Events events);

  /// A connection, opening, open or closed. Called on the client's lane.
  interface Line {

    /// Sends one unit, without the line feed. What cannot be sent is dropped; [Events#closed]
    /// follows. Never blocks: a peer that does not read ends the connection once the transport's
    /// bound is reached.
    void send(String unit);

    /// Closes. Harmless if it is closed already. No event follows.
    void close();
  }

  /// What becomes of a connection.
  interface Events {

    /// Units may be sent.
    void opened();

    /// A frame came: one or more units, separated by line feeds.
    void received(String frame);

    /// It is over; nothing follows.
    ///
    /// @param code the WebSocket close code, or [#BROKEN]
    /// @param reason for people
    void closed(int code, String reason);

    /// No close code came: a connection that could not be opened, a cut, the end of a TCP stream.
    int BROKEN = 1006;
  }
}
