package dev.tidings.config;

import dev.tidings.lane.Io;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;

/// What an operator may choose about sockets.
///
/// @param io how the lanes wait for them; one that there is here
/// @param encryption TLS on the same port
/// @param relay where the plain relay listens, if it does
/// @param drainSeconds how long everybody has to move away when the server ends; 0: no time
public record Network(
    Io io, Optional<Encryption> encryption, Optional<InetSocketAddress> relay, int drainSeconds) {
  private static final int DRAIN_SECONDS_MAX = 3_600;

  /// The files of TLS, in PEM.
  ///
  /// @param only whether nothing but TLS is spoken
  public record Encryption(Path certificate, Path key, boolean only) {}

  /// What holds where nothing is said.
  public static final Network DEFAULTS =
      new Network(Io.AUTO, Optional.empty(), Optional.empty(), 0);

  /// @throws ServerSettings.Refused if this machine cannot do it
  public Network {
    String fault = io.fault();
    if (!fault.isEmpty()) {
      throw new ServerSettings.Refused("--io " + io.word() + ": " + fault);
    }
    if (drainSeconds < 0 || drainSeconds > DRAIN_SECONDS_MAX) {
      throw new ServerSettings.Refused(
          "--drain " + drainSeconds + ": 0 to " + DRAIN_SECONDS_MAX + " seconds");
    }
  }

  public Network withDrain(int seconds) {
    return new Network(io, encryption, relay, seconds);
  }

  public Network with(Io other) {
    return new Network(other, encryption, relay, drainSeconds);
  }

  public Network withRelay(InetSocketAddress address) {
    return new Network(io, encryption, Optional.of(address), drainSeconds);
  }

  /// With TLS from these files, where both are named; `""` names none.
  ///
  /// @throws ServerSettings.Refused if only one is named, or none where TLS is demanded
  public Network withTls(String certificate, String key, boolean only) {
    if (certificate.isEmpty() != key.isEmpty()) {
      throw new ServerSettings.Refused("--tls-cert and --tls-key go together");
    }
    if (certificate.isEmpty()) {
      if (only) {
        throw new ServerSettings.Refused("--tls-only without --tls-cert and --tls-key");
      }
      return this;
    }
    return new Network(
        io,
        Optional.of(new Encryption(Path.of(certificate), Path.of(key), only)),
        relay,
        drainSeconds);
  }
}
