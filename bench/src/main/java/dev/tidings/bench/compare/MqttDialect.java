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

/// MQTT 3.1.1 over TCP, quality of service 0, without keep-alive.
final class MqttDialect implements Dialect {
  // The first byte of a packet: its type, and the flags that it must have.
  private static final int CONNECT = 0x10;
  private static final int CONNACK = 0x20;
  private static final int PUBLISH = 0x30;
  private static final int SUBSCRIBE = 0x82;
  private static final int SUBACK = 0x90;

  private static final int TYPE = 0xf0;
  private static final int REFUSED = 0x80;
  private static final int LEVEL_3_1_1 = 4;
  private static final int CLEAN_SESSION = 2;

  /// A length takes one to four bytes of seven bits, the lowest first.
  private static final int LENGTH_BYTES_MAX = 4;

  private static final int SEVEN_BITS = 0x7f;

  private int hint;

  @Override
  public Wire wire(Role role) {
    return Wire.own(MqttDialect::packetLength);
  }

  private static long packetLength(ByteBuffer in, int from, int to) {
    long length = 0;
    for (int i = 0; i < LENGTH_BYTES_MAX && from + 1 + i < to; i++) {
      int bits = in.get(from + 1 + i);
      length |= (long) (bits & SEVEN_BITS) << (7 * i);
      if (bits >= 0) {
        return 2 + i + length;
      }
    }
    return 0;
  }

  private static void head(Outgoing out, int type, int length) {
    out.octet(type);
    int rest = length;
    while (rest > SEVEN_BITS) {
      out.octet((rest & SEVEN_BITS) | (SEVEN_BITS + 1));
      rest >>>= 7;
    }
    out.octet(rest);
  }

  private static void text(Outgoing out, byte[] text) {
    out.octet(text.length >> 8).octet(text.length).bytes(text);
  }

  private static byte[] topic(int conversation) {
    return ("r" + conversation).getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void opened(Link link) {
    byte[] client = ("c" + link.seat().index()).getBytes(StandardCharsets.US_ASCII);
    Outgoing out = link.out();
    head(out, CONNECT, 10 + 2 + client.length);
    text(out, new byte[] {'M', 'Q', 'T', 'T'});
    out.octet(LEVEL_3_1_1).octet(CLEAN_SESSION).octet(0).octet(0); // no keep-alive
    text(out, client);
    link.send();
  }

  @Override
  public void message(Link link, ByteBuffer in, int from, int to) {
    switch (in.get(from) & TYPE) {
      case PUBLISH -> {
        int at = Payload.find(in, from, to, hint);
        if (at < 0) {
          link.end("a PUBLISH that is none of ours");
        } else {
          hint = at - from;
          link.delivered(in, at);
        }
      }
      case CONNACK -> connected(link, in, to);
      case SUBACK -> {
        if ((in.get(to - 1) & REFUSED) != 0) {
          link.end("SUBSCRIBE was refused");
        }
        link.ready();
      }
      default -> link.end("an unexpected packet: " + Bytes.text(in, from, to));
    }
  }

  private static void connected(Link link, ByteBuffer in, int to) {
    if (in.get(to - 1) != 0) {
      link.end("CONNECT was refused with " + in.get(to - 1));
    } else if (link.seat().role() == Role.READER) {
      byte[] topic = topic(link.seat().conversation());
      Outgoing out = link.out();
      head(out, SUBSCRIBE, 2 + 2 + topic.length + 1);
      out.octet(0).octet(1); // its number
      text(out, topic);
      out.octet(0); // quality of service
      link.send();
    } else {
      link.ready();
    }
  }

  @Override
  public void publish(Link from, int conversation, long id, Payload payload) {
    byte[] topic = topic(conversation);
    Outgoing out = from.out();
    head(out, PUBLISH, 2 + topic.length + payload.length());
    text(out, topic);
    out.payload(payload);
    from.send();
  }
}
