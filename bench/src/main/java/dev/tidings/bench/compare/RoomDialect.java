package dev.tidings.bench.compare;

import dev.tidings.bench.load.Dialect;
import dev.tidings.bench.load.Link;
import dev.tidings.bench.load.Payload;
import dev.tidings.bench.load.Role;
import dev.tidings.bench.load.Seat;
import dev.tidings.bench.load.Wire;
import java.nio.ByteBuffer;

/// The language of the floor and of the servers written for the comparison: text over WebSocket, as
/// little of it as there can be, so that none of them pays for parsing.
///
/// ```
/// C sub 17           S ok
/// C pub 17 hello     S hello, to everybody in room 17
/// ```
final class RoomDialect implements Dialect {
  private final String path;

  RoomDialect(String path) {
    this.path = path;
  }

  @Override
  public Wire wire(Role role) {
    return Wire.webSocketText();
  }

  @Override
  public String path(Seat seat) {
    return path;
  }

  @Override
  public void opened(Link link) {
    if (link.seat().role() == Role.READER) {
      link.out().text("sub ").number(link.seat().conversation());
      link.send();
    } else {
      link.ready();
    }
  }

  @Override
  public void message(Link link, ByteBuffer in, int from, int to) {
    if (Payload.find(in, from, to, 0) == from) {
      link.delivered(in, from);
    } else {
      link.ready(); // it is the `ok`
    }
  }

  @Override
  public void publish(Link from, int conversation, long id, Payload payload) {
    from.out().text("pub ").number(conversation).text(" ").payload(payload);
    from.send();
  }
}
