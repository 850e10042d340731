package dev.tidings.client.transport;

import dev.tidings.client.core.Dialer;
import java.util.concurrent.Executor;

/// Opens plain TCP connections that carry one unit per line.
final class LineDialer implements Dialer {
  private final String host;
  private final int port;
  private final Executor lane;

  LineDialer(String host, int port, Executor lane) {
    this.host = host;
    this.port = port;
    this.lane = lane;
  }

  @Override
  public Line dial(Events events) {
    LineConnection connection = new LineConnection(new EventsOnLane(events, lane));
    connection.open(host, port);
    return connection;
  }
}
