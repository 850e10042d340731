package dev.tidings.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import java.nio.charset.StandardCharsets;

/// The bytes of server-sent events (WHATWG HTML §9.2.6): each unit is one event of the default
/// type.
final class EventBytes {
  private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);

  /// As the id of the last event: it was the last, do not come back. A browser comes back all the
  /// same, with this, and is told by 204.
  static final String STOP = "stop";

  private static final int SOON_MILLIS = 1_000;
  private static final int LATER_MILLIS = 5_000;

  private EventBytes() {}

  /// The units in `bytes` from `from` on, `length` bytes separated by line feeds, as events.
  ///
  /// In JSON a carriage return is white space between tokens; here it would end the line, so a
  /// blank takes its place.
  static ByteBuf of(ByteBuf bytes, int from, int length) {
    int to = from + length;
    int units = 1;
    for (int at = next(bytes, from, to); at >= 0; at = next(bytes, at + 1, to)) {
      units++;
    }
    ByteBuf events = ByteBufAllocator.DEFAULT.directBuffer(length + 1 + units * (DATA.length + 1));
    int at = from;
    for (int unit = 0; unit < units; unit++) {
      int found = next(bytes, at, to);
      int end = found < 0 ? to : found;
      int begins = events.writeBytes(DATA).writerIndex();
      events.writeBytes(bytes, at, end - at);
      blankReturns(events, begins);
      events.writeByte('\n').writeByte('\n');
      at = end + 1;
    }
    return events;
  }

  private static int next(ByteBuf bytes, int from, int to) {
    return from < to ? bytes.indexOf(from, to, (byte) '\n') : -1;
  }

  private static void blankReturns(ByteBuf events, int from) {
    int at = events.indexOf(from, events.writerIndex(), (byte) '\r');
    while (at >= 0) {
      events.setByte(at, ' ');
      at = events.indexOf(at + 1, events.writerIndex(), (byte) '\r');
    }
  }

  /// A block that a browser remembers as the last event's id, without an event.
  static ByteBuf id(String id) {
    return text("id: " + id + "\n\n");
  }

  /// How long a browser is to wait before it comes back. Another time for each channel, for those
  /// whom one server loses together would come back together.
  static ByteBuf retry(Channel channel, boolean later) {
    int millis = later ? LATER_MILLIS : SOON_MILLIS;
    int spread = Math.floorMod(channel.id().hashCode(), 2 * millis);
    return text("retry: " + (millis + spread) + "\n\n");
  }

  static ByteBuf text(String text) {
    byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
    return ByteBufAllocator.DEFAULT.directBuffer(ascii.length).writeBytes(ascii);
  }
}
