package dev.tidings.bench.load;

import dev.tidings.bench.process.BenchFailure;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Tidings itself (docs/protocol.md), over WebSocket or lines.
///
/// A frame holds one unit or several. `op` comes first in what the server writes, so the first
/// letters tell a unit.
class TidingsDialect implements Dialect {
  private static final byte[] BEGIN = Bytes.ascii("{\"op\":\"");

  /// `{"op":"m`, as a little-endian number: of what begins so only `msg` has a payload.
  private static final long MSG = 0x6d_22_3a_22_70_6f_22_7bL;

  private static final byte[] ID = Bytes.ascii("{\"op\":\"ok\",\"id\":");
  private static final byte[] PLAIN_ID = Bytes.ascii("\"id\":");
  private static final byte[] LOST = Bytes.ascii("\"lost\":");
  private static final byte[] ON_DISK = Bytes.ascii(",\"level\":\"disk\"}");
  private static final byte[] IN_MEMORY = Bytes.ascii(",\"level\":\"memory\"}");
  private static final byte[] SEND = Bytes.ascii("{\"op\":\"send\",\"id\":");
  private static final byte[] TO = Bytes.ascii(",\"to\":\"");
  private static final byte[] CID = Bytes.ascii("\",\"cid\":\"");
  private static final byte[] DATA = Bytes.ascii("\",\"data\":");
  private static final byte[] END = Bytes.ascii("}");
  private static final byte[] LETTERS =
      Bytes.ascii("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
  private static final int CID_LETTERS = 22; // 16 random bytes in base 64

  /// [Link#step]: has said `auth`, has said `sub`.
  private static final int SUBSCRIBING = 1;

  private final Target target;
  private final Identities identities;
  private final Place place;
  private final String run;
  private final SplittableRandom random = new SplittableRandom();
  private final byte[] cid = new byte[CID_LETTERS];
  private final List<byte[]> addresses = new ArrayList<>();

  /// Where in a unit a payload began last time, and how long the last one sent was; all are alike.
  private int hint;

  private int payloadLength;
  private long pings;
  private long onDisk;
  private long inMemory;

  /// @param run distinguishes the conversations of this run from those of others
  TidingsDialect(Target target, Identities identities, Place place, String run) {
    this.target = target;
    this.identities = identities;
    this.place = place;
    this.run = run;
  }

  Identities identities() {
    return identities;
  }

  /// Heartbeats answered so far.
  long pings() {
    return pings;
  }

  /// `ok` that promised to survive a power cut.
  long onDisk() {
    return onDisk;
  }

  /// `ok` that promised to survive the end of the process.
  long inMemory() {
    return inMemory;
  }

  String address(int conversation) {
    return switch (place) {
      case TOPIC -> "t:bench/" + run + "/" + conversation;
      case GROUP -> "g:bench-" + run + "-" + conversation;
      case USER -> "u:" + identities.user(conversation);
    };
  }

  @Override
  public Wire wire(Role role) {
    return target.lines() ? Wire.lines() : Wire.webSocketText();
  }

  @Override
  public String path(Seat seat) {
    return target.path();
  }

  @Override
  public boolean confirms() {
    return true;
  }

  @Override
  public void opened(Link link) {
    link.out().text(identities.auth(link.seat().index()));
    link.send();
  }

  /// `welcome` has come.
  void welcomed(Link link) {
    if (place == Place.TOPIC && link.seat().role() == Role.READER) {
      link.step(SUBSCRIBING);
      link.out()
          .text("{\"op\":\"sub\",\"id\":\"sub\",\"in\":\"")
          .text(address(link.seat().conversation()))
          .text("\"}");
      link.send();
    } else {
      link.ready();
    }
  }

  /// An `ok` whose `id` is no number, so the answer to something that is no send of ours.
  void answered(Link link, ByteBuffer in, int from, int to) {
    if (link.step() == SUBSCRIBING) {
      link.ready();
    }
  }

  @Override
  public void message(Link link, ByteBuffer in, int from, int to) {
    int at = from;
    while (at < to && link.isOpen()) {
      int payload = at + hint;
      // Nearly always a unit like the one before; its end is searched behind the payload only.
      boolean asBefore = Payload.isAt(in, payload, to) && in.getLong(at) == MSG;
      int end = Bytes.indexOf(in, asBefore ? payload + payloadLength : at, to, (byte) '\n');
      if (end < 0) {
        end = to;
      }
      if (asBefore) {
        link.delivered(in, payload);
      } else if (at < end) {
        unit(link, in, at, end);
      }
      at = end + 1;
    }
  }

  private void unit(Link link, ByteBuffer in, int from, int to) {
    int op = from + BEGIN.length;
    if (to - op < 4 || !Bytes.startsWith(in, from, to, BEGIN)) {
      throw new BenchFailure("the server said " + Bytes.text(in, from, to));
    }
    switch (in.get(op)) {
      case 'm' -> msg(link, in, from, to);
      case 'o' -> ok(link, in, from, to);
      case 'w' -> welcomed(link);
      case 'e' -> {
        if (in.get(op + 1) == 'r') {
          link.refused(idOf(in, from, to), Bytes.text(in, from, to));
        }
      }
      case 'g' -> gap(link, in, from, to);
      case 'b' -> link.end(Bytes.text(in, from, to));
      case 'p' -> {
        if (in.get(op + 1) == 'i') {
          pings++;
          link.out().text("{\"op\":\"pong\"}");
          link.send();
        }
      }
      default -> {} // what a later server may say (§15)
    }
  }

  /// An entry without payload is a change of a group.
  private void msg(Link link, ByteBuffer in, int from, int to) {
    int at = Payload.find(in, from, to, hint);
    if (at >= 0) {
      hint = at - from;
      link.delivered(in, at);
    }
  }

  private void ok(Link link, ByteBuffer in, int from, int to) {
    int id = from + ID.length;
    boolean isSend = Bytes.startsWith(in, from, to, ID) && in.get(id) >= '0' && in.get(id) <= '9';
    if (!isSend) {
      answered(link, in, from, to);
      return;
    }
    if (Bytes.endsWith(in, from, to, ON_DISK)) {
      onDisk++;
    } else if (Bytes.endsWith(in, from, to, IN_MEMORY)) {
      inMemory++;
    }
    link.confirmed(Bytes.number(in, id, to));
  }

  private static long idOf(ByteBuffer in, int from, int to) {
    int at = Bytes.indexOf(in, from, to, PLAIN_ID);
    return at < 0 ? 0 : Bytes.number(in, at + PLAIN_ID.length, to);
  }

  /// Only a topic without log loses anything (§7).
  private static void gap(Link link, ByteBuffer in, int from, int to) {
    int at = Bytes.indexOf(in, from, to, LOST);
    if (at >= 0) {
      link.dropped(Bytes.number(in, at + LOST.length, to));
    }
  }

  private byte[] spelt(int conversation) {
    while (addresses.size() <= conversation) {
      addresses.add(Bytes.ascii(address(addresses.size())));
    }
    return addresses.get(conversation);
  }

  @Override
  public void publish(Link from, int conversation, long id, Payload payload) {
    payloadLength = payload.length();
    Outgoing out = from.out().bytes(SEND).number(id).bytes(TO).bytes(spelt(conversation));
    if (place == Place.TOPIC) {
      out.bytes(DATA);
    } else {
      for (int i = 0; i < cid.length; i++) {
        cid[i] = LETTERS[random.nextInt(LETTERS.length)];
      }
      out.bytes(CID).bytes(cid).bytes(DATA);
    }
    out.payload(payload).bytes(END);
    from.send();
  }
}
