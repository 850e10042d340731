package dev.tidings.bench.compare;

import dev.tidings.bench.load.Bytes;
import dev.tidings.bench.load.Dialect;
import dev.tidings.bench.load.Link;
import dev.tidings.bench.load.Payload;
import dev.tidings.bench.load.Role;
import dev.tidings.bench.load.Seat;
import dev.tidings.bench.load.Wire;
import java.nio.ByteBuffer;

/// Socket.IO 5 on Engine.IO 4 over WebSocket, with the events of `bench/peers/socketio/server.js`.
///
/// The first digit is Engine.IO's: 0 opens, 2 and 3 are ping and pong, 4 a packet of Socket.IO; the
/// second is Socket.IO's: 0 connects, 2 is an event.
final class SocketIoDialect implements Dialect {
  private static final int SECOND = 1;

  private int hint;

  @Override
  public Wire wire(Role role) {
    return Wire.webSocketText();
  }

  @Override
  public String path(Seat seat) {
    return "/socket.io/?EIO=4&transport=websocket";
  }

  @Override
  public void opened(Link link) {
    // The server speaks first.
  }

  @Override
  public void message(Link link, ByteBuffer in, int from, int to) {
    switch (in.get(from)) {
      case '0' -> say(link, "40");
      case '2' -> say(link, "3");
      case '4' -> packet(link, in, from, to);
      default -> link.end(Bytes.text(in, from, to));
    }
  }

  private void packet(Link link, ByteBuffer in, int from, int to) {
    switch (in.get(from + SECOND)) {
      case '0' -> {
        if (link.seat().role() == Role.READER) {
          say(link, "42[\"sub\",\"" + link.seat().conversation() + "\"]");
        } else {
          link.ready();
        }
      }
      case '2' -> {
        int at = Payload.find(in, from, to, hint);
        if (at < 0) {
          link.ready(); // it is the `ok`
        } else {
          hint = at - from;
          link.delivered(in, at);
        }
      }
      default -> link.end(Bytes.text(in, from, to));
    }
  }

  private static void say(Link link, String text) {
    link.out().text(text);
    link.send();
  }

  @Override
  public void publish(Link from, int conversation, long id, Payload payload) {
    from.out().text("42[\"pub\",\"").number(conversation).text("\",").payload(payload).text("]");
    from.send();
  }
}
