package dev.tidings.config;

import dev.tidings.lane.Io;

/// What an operator may choose about sockets.
///
/// @param io how the lanes wait for them; one that there is here
public record Network(Io io) {
  /// What holds where nothing is said.
  public static final Network DEFAULTS = new Network(Io.AUTO);

  /// @throws ServerSettings.Refused if this machine cannot do it
  public Network {
    String fault = io.fault();
    if (!fault.isEmpty()) {
      throw new ServerSettings.Refused("--io " + io.word() + ": " + fault);
    }
  }
}
