package dev.tidings.bench.compare;

import dev.tidings.bench.load.Bytes;
import dev.tidings.bench.load.Dialect;
import dev.tidings.bench.load.Link;
import dev.tidings.bench.load.Outgoing;
import dev.tidings.bench.load.Payload;
import dev.tidings.bench.load.Role;
import dev.tidings.bench.load.Seat;
import dev.tidings.bench.load.Wire;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// nchan as it is usually used: who hears has a WebSocket, whose path names the channel; who speaks
/// sends POSTs, one behind the other on a connection that stays. A message is the payload and
/// nothing else.
final class NchanDialect implements Dialect {
  private static final int SENDERS_MAX = 16;
  private static final byte[] HEAD_END = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] LENGTH = "\r\nContent-Length: ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] GOOD = "HTTP/1.1 20".getBytes(StandardCharsets.US_ASCII);

  @Override
  public Wire wire(Role role) {
    return role == Role.READER ? Wire.webSocketText() : Wire.own(NchanDialect::answerLength);
  }

  private static long answerLength(ByteBuffer in, int from, int to) {
    int end = Bytes.indexOf(in, from, to, HEAD_END);
    if (end < 0) {
      return 0;
    }
    int length = Bytes.indexOf(in, from, end, LENGTH);
    long body = length < 0 ? 0 : Bytes.number(in, length + LENGTH.length, end);
    return end + HEAD_END.length - from + body;
  }

  @Override
  public String path(Seat seat) {
    return "/sub/" + seat.conversation();
  }

  @Override
  public void opened(Link link) {
    link.ready(); // nothing confirms a subscription but the handshake
  }

  @Override
  public void message(Link link, ByteBuffer in, int from, int to) {
    if (link.seat().role() == Role.READER) {
      if (Payload.find(in, from, to, 0) == from) {
        link.delivered(in, from);
      }
    } else if (!Bytes.startsWith(in, from, to, GOOD)) {
      link.end(Bytes.text(in, from, to));
    }
  }

  @Override
  public void publish(Link from, int conversation, long id, Payload payload) {
    Outgoing out = from.out();
    out.text("POST /pub/").number(conversation).text(" HTTP/1.1\r\nHost: localhost\r\n");
    out.text("Content-Length: ").number(payload.length()).text("\r\n\r\n").payload(payload);
    from.send();
  }

  @Override
  public boolean readersSend() {
    return false;
  }

  /// A POST names its channel, so one connection can publish to any.
  @Override
  public int senders(int conversations) {
    return Math.min(SENDERS_MAX, conversations);
  }
}
