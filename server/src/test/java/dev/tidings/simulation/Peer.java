package dev.tidings.simulation;

import java.util.OptionalInt;

/// The client's end of a simulated socket. Called on the client's own strand; an older connection
/// may still be heard after a newer one was opened, so each says which it is.
interface Peer {
  /// One or more units, separated by line feeds.
  void received(SimulatedSocket from, String units);

  /// The connection is over.
  ///
  /// @param code the server's, empty if the line was cut
  void closed(SimulatedSocket socket, OptionalInt code);
}
