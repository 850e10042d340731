package dev.tidings.bench.compare;

import dev.tidings.bench.load.Bytes;
import dev.tidings.bench.load.Dialect;
import dev.tidings.bench.load.Link;
import dev.tidings.bench.load.Outgoing;
import dev.tidings.bench.load.Payload;
import dev.tidings.bench.load.Role;
import dev.tidings.bench.load.Wire;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// The client protocol of NATS in the messages of a WebSocket. One of them may hold any number of
/// its own.
final class NatsDialect implements Dialect {
  private static final byte[] PING = "PING\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] PONG = "PONG\r\n".getBytes(StandardCharsets.US_ASCII);

  /// [Link#step]: waits for the answer to its `PING`, behind which the subscription stands.
  private static final int SUBSCRIBING = 1;

  private int hint;

  /// Between the end of the shortest payload and the next one, as it was last time.
  private int gap = -1;

  @Override
  public Wire wire(Role role) {
    return Wire.webSocketBinary();
  }

  @Override
  public void opened(Link link) {
    // The server speaks first, with INFO.
  }

  @Override
  public void message(Link link, ByteBuffer in, int from, int to) {
    int at = Payload.find(in, from, to, hint);
    if (at < 0) {
      control(link, in, from, to);
      return;
    }
    hint = at - from;
    while (at >= 0) {
      link.delivered(in, at);
      int end = at + Payload.BYTES_MIN;
      at = Payload.find(in, end, to, gap);
      gap = at < 0 ? gap : at - end;
    }
  }

  private void control(Link link, ByteBuffer in, int from, int to) {
    if (Bytes.startsWith(in, from, to, PING)) {
      link.out().text("PONG\r\n");
      link.send();
    } else if (link.step() == 0) {
      link.step(SUBSCRIBING);
      Outgoing out = link.out();
      out.text("CONNECT {\"verbose\":false,\"pedantic\":false,\"echo\":true}\r\n");
      if (link.seat().role() == Role.READER) {
        out.text("SUB r").number(link.seat().conversation()).text(" 1\r\n");
      }
      out.text("PING\r\n");
      link.send();
    } else if (Bytes.startsWith(in, from, to, PONG)) {
      link.ready();
    } else {
      link.end(Bytes.text(in, from, to)); // -ERR
    }
  }

  @Override
  public void publish(Link from, int conversation, long id, Payload payload) {
    Outgoing out = from.out();
    out.text("PUB r").number(conversation).text(" ").number(payload.length()).text("\r\n");
    out.payload(payload).text("\r\n");
    from.send();
  }
}
