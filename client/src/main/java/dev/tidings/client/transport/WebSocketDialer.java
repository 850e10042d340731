package dev.tidings.client.transport;

import dev.tidings.client.core.Dialer;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.Executor;

/// Opens WebSocket connections with the JDK's client, which all dialers share: each would have a
/// selector thread of its own.
final class WebSocketDialer implements Dialer {
  private static final Duration CONNECT_MAX = Duration.ofSeconds(10);

  private static final class Shared {
    static final HttpClient HTTP = HttpClient.newBuilder().connectTimeout(CONNECT_MAX).build();
  }

  private final URI server;
  private final Executor lane;

  WebSocketDialer(URI server, Executor lane) {
    this.server = server;
    this.lane = lane;
  }

  @Override
  public Line dial(Events events) {
    WebSocketConnection connection = new WebSocketConnection(new EventsOnLane(events, lane));
    connection.open(Shared.HTTP, server, CONNECT_MAX);
    return connection;
  }
}
