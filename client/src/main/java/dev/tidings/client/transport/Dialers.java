package dev.tidings.client.transport;

import dev.tidings.client.core.Dialer;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executor;

/// Chooses the transport by the scheme of the address.
public final class Dialers {
  private Dialers() {}

  /// One for each address, in the same order.
  ///
  /// @throws IllegalArgumentException if there is none, or one is not as [#of(URI, Executor)] wants
  public static List<Dialer> of(List<URI> servers, Executor lane) {
    if (servers.isEmpty()) {
      throw new IllegalArgumentException("no address");
    }
    return servers.stream().map(server -> of(server, lane)).toList();
  }

  /// `ws://host:port/v1/ws` or `wss://…` for WebSocket, `tcp://host:port` for lines.
  ///
  /// @param lane where events are told
  /// @throws IllegalArgumentException if the scheme is another, or host or port are missing
  public static Dialer of(URI server, Executor lane) {
    String scheme = server.getScheme() == null ? "" : server.getScheme().toLowerCase(Locale.ROOT);
    if (server.getHost() == null) {
      throw new IllegalArgumentException("no host in " + server);
    }
    return switch (scheme) {
      case "ws", "wss" -> new WebSocketDialer(server, lane);
      case "tcp" -> {
        if (server.getPort() < 0) {
          throw new IllegalArgumentException("no port in " + server);
        }
        yield new LineDialer(server.getHost(), server.getPort(), lane);
      }
      default -> throw new IllegalArgumentException("neither ws, wss nor tcp: " + server);
    };
  }
}
