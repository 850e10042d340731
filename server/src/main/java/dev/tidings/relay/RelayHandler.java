package dev.tidings.relay;

import dev.tidings.protocol.Address;
import dev.tidings.session.Frame;
import dev.tidings.session.Outbox;
import dev.tidings.session.SendRate;
import dev.tidings.transport.Peer;
import dev.tidings.transport.SocketConnection;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One guest of the relay: his lines, his name, and what waits for him. Confined to the lane.
///
/// To add a command: a case in [#command].
final class RelayHandler extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(RelayHandler.class);

  private static final String HELP = "/name NAME, /who, @NAME text for one alone";
  private static final int NAMES_SHOWN_MAX = 100;
  private static final long STUCK_MAX_MILLIS = 60_000;

  private final Relay relay;
  private final RelayLane lane;
  private final SocketConnection connection;
  private final boolean entered;
  private final SendRate rate = new SendRate();

  /// The beginning of a line.
  private final ByteArrayOutputStream line = new ByteArrayOutputStream(0);

  /// The line is too long, and goes until its end.
  private boolean skipping;

  private boolean toldToSlowDown;
  private boolean gone;
  private String name = "";

  /// Lines that found no room since he was last told.
  private int lost;

  private long writtenBytes;
  private long takenBytes;
  private long movedMillis;

  /// Somebody has connected.
  RelayHandler(Relay relay, RelayLane lane, Channel channel) {
    this.relay = relay;
    this.lane = lane;
    this.movedMillis = relay.clock().monotonicMillis();
    this.connection =
        new SocketConnection(
            channel,
            lane.sockets(),
            SocketConnection.Form.LINE,
            new SocketConnection.Handler() {
              @Override
              public void readOn() {}

              @Override
              public void drained() {
                tellLost();
              }
            });
    this.entered = relay.enter();
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    if (entered) {
      name = relay.nameFor(this);
      lane.add(this);
      note("you are " + name + ". " + HELP);
    } else {
      end("there is no room, come back later");
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (line.size() > 0 && !connection.isEnding()) {
      line(); // what stands before the end of the stream is a line, too
    }
    gone();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    gone();
  }

  private void gone() {
    if (entered && !gone) {
      gone = true;
      lane.remove(this);
      relay.leave(name);
    }
  }

  // What he says.

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    try {
      while (bytes.isReadable() && !connection.isEnding()) {
        take(bytes);
      }
    } finally {
      bytes.release();
    }
  }

  private void take(ByteBuf bytes) {
    int from = bytes.readerIndex();
    int end = bytes.indexOf(from, bytes.writerIndex(), (byte) '\n');
    int length = (end < 0 ? bytes.writerIndex() : end) - from;
    if (line.size() + length > Plain.LINE_BYTES_MAX + 1) { // a carriage return may be the last
      if (!skipping) {
        note("a line has at most " + Plain.LINE_BYTES_MAX + " bytes");
      }
      skipping = true;
      line.reset();
    } else if (!skipping) {
      byte[] more = new byte[length];
      bytes.getBytes(from, more);
      line.writeBytes(more);
    }
    bytes.readerIndex(from + length + (end < 0 ? 0 : 1));
    if (end >= 0) {
      if (!skipping) {
        line();
      }
      skipping = false;
    }
  }

  private void line() {
    byte[] bytes = line.toByteArray();
    line.reset();
    Optional<String> said = Plain.text(bytes);
    if (said.isEmpty()) {
      note("that is no UTF-8");
      return;
    }
    String text = said.get().stripTrailing();
    if (text.isEmpty()) {
      return;
    }
    if (rate.take(relay.rate(), relay.clock().monotonicMillis()) > 0) {
      if (!toldToSlowDown) {
        note("too fast: what you say now is not passed on");
      }
      toldToSlowDown = true;
      return;
    }
    toldToSlowDown = false;
    switch (text.charAt(0)) {
      case '/' -> command(text);
      case '@' -> toOne(text.substring(1));
      default -> toAll(text);
    }
  }

  private void toAll(String text) {
    relay.tellOthers(lane, this, Plain.line(name, text));
    if (!lane.publish(name, text)) {
      note("t:relay takes nothing now; it was passed on here alone");
    }
  }

  private void toOne(String text) {
    int blank = text.indexOf(' ');
    String to = blank < 0 ? text : text.substring(0, blank);
    String rest = blank < 0 ? "" : text.substring(blank).strip();
    Optional<RelayHandler> other = relay.find(to);
    if (rest.isEmpty()) {
      note(HELP);
    } else if (other.isEmpty()) {
      note("nobody here is " + to);
    } else {
      RelayHandler reader = other.get();
      String line = Plain.line(name + " to you", rest);
      reader.lane.lane().execute(() -> reader.hear(line));
    }
  }

  private void command(String text) {
    String[] words = text.split(" +", 3);
    switch (words[0]) {
      case "/name" -> rename(words.length == 2 ? words[1] : "");
      case "/who" -> who();
      default -> note(HELP);
    }
  }

  private void rename(String wished) {
    if (!Address.isName(wished) || wished.length() > Relay.NAME_CHARS_MAX) {
      note("a name has 1 to %d letters, digits and . _ ~ - @".formatted(Relay.NAME_CHARS_MAX));
    } else if (wished.equals(name)) {
      note("you are " + name);
    } else if (!relay.take(wished, this)) {
      note(wished + " is somebody else");
    } else {
      relay.giveBack(name);
      relay.tellOthers(lane, this, "* " + name + " is " + wished + " now");
      name = wished;
      note("you are " + name);
    }
  }

  private void who() {
    List<String> names = relay.who();
    List<String> shown = names.subList(0, Math.min(names.size(), NAMES_SHOWN_MAX));
    int others = names.size() - shown.size();
    note(String.join(", ", shown) + (others > 0 ? " and " + others + " others" : ""));
  }

  // What he hears.

  /// A line of somebody else. When there is no room he loses it, and all that follow until there is
  /// room again; then he is told how many.
  void hear(Frame frame) {
    int waiting = connection.waitingBytes();
    if (lost > 0 || (waiting > 0 && waiting + frame.sizeBytes() > Outbox.CAPACITY_BYTES)) {
      lost++;
    } else {
      writtenBytes += frame.sizeBytes();
      connection.write(frame);
    }
  }

  private void hear(String text) {
    Frame frame = lane.frame(text);
    hear(frame);
    frame.release();
  }

  /// A word of the relay's own; lost silently when there is no room.
  private void note(String text) {
    if (connection.waitingBytes() < Outbox.CAPACITY_BYTES && lost == 0) {
      hear("* " + text);
    }
  }

  private void tellLost() {
    if (lost > 0 && connection.waitingBytes() <= Outbox.DRAINED_BYTES) {
      int lines = lost;
      lost = 0;
      hear(
          "* " + lines + (lines == 1 ? " line was" : " lines were") + " lost: you read too slowly");
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (ctx.channel().isWritable()) {
      tellLost();
    }
  }

  /// Closes it when the socket has not taken a byte for long. To be called regularly.
  void sweep(long nowMillis) {
    long taken = writtenBytes - connection.waitingBytes();
    if (connection.waitingBytes() == 0 || taken > takenBytes) {
      movedMillis = nowMillis;
    }
    takenBytes = taken;
    if (nowMillis - movedMillis >= STUCK_MAX_MILLIS) {
      end("you read nothing");
    }
  }

  /// Says why, and ends.
  void end(String why) {
    if (!connection.isEnding()) {
      hear("* " + why);
      connection.end(Unpooled.EMPTY_BUFFER);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!Peer.isToBlame(cause)) {
      LOG.warn("relay connection failed", cause);
    }
    ctx.close();
  }
}
