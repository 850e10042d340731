package dev.tidings.transport;

import dev.tidings.protocol.CloseCode;
import dev.tidings.session.Session;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/// Lines of JSON over plain TCP: what `nc` speaks.
///
/// Keeps nothing between reads but the beginning of an unfinished line and what came in while the
/// session was held back.
final class LineHandler extends SessionHandler {
  static final int LINE_BYTES_MAX = 64 * 1024;

  private final SocketConnection connection;
  private final Session session;

  private @Nullable ByteBuf held;

  /// How much of [#held] is known to have no line end.
  private int scanned;

  /// The first line is about to be read from `channel`.
  LineHandler(Channel channel, LaneSockets lane) {
    super(lane);
    this.connection =
        new SocketConnection(
            channel,
            lane,
            SocketConnection.Form.LINE,
            new SocketConnection.Handler() {
              @Override
              public void readOn() {
                takeHeld();
              }

              @Override
              public void drained() {
                lane.hub().drained(session());
              }
            });
    this.session = lane.hub().opened(connection);
  }

  @Override
  Session session() {
    return session;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf more = (ByteBuf) message;
    try {
      if (!connection.isEnding()) {
        ByteBuf before = held;
        if (before == null) {
          split(more);
          keep(more);
        } else {
          before.discardReadBytes().writeBytes(more);
          takeHeld();
        }
      }
    } finally {
      more.release();
    }
  }

  private void takeHeld() {
    ByteBuf bytes = held;
    if (bytes != null && !connection.isEnding()) {
      split(bytes);
      if (bytes.capacity() > 2 * bytes.readableBytes()) {
        held = null;
        keep(bytes);
        bytes.release();
      }
    }
  }

  /// Hands on whole lines until the session wants no more.
  private void split(ByteBuf bytes) {
    while (bytes.isReadable() && !session.isHeldBack() && !connection.isEnding()) {
      int from = bytes.readerIndex();
      int end = bytes.indexOf(from + scanned, bytes.writerIndex(), (byte) '\n');
      if (end < 0) {
        unfinished(bytes);
        return;
      }
      scanned = 0;
      bytes.readerIndex(end + 1);
      line(bytes, from, end - from);
    }
  }

  private void line(ByteBuf bytes, int from, int lengthWithReturn) {
    int length = lengthWithReturn;
    if (length > 0 && bytes.getByte(from + length - 1) == '\r') {
      length--;
    }
    if (length > LINE_BYTES_MAX) {
      lane.hub().close(session, CloseCode.TOO_LARGE);
    } else if (length > 0) {
      lane.hub().receive(session, lane.copy(bytes, from, length), 0, length);
    }
  }

  private void unfinished(ByteBuf bytes) {
    scanned = bytes.readableBytes();
    if (scanned > LINE_BYTES_MAX + 1) { // a carriage return may be the last of them
      lane.hub().close(session, CloseCode.TOO_LARGE);
    } else if (session.state() == Session.State.GUEST && scanned > Session.GUEST_BYTES_MAX) {
      connection.pauseReading(); // until his time for auth is over
    }
  }

  /// Keeps what is left in a buffer of its own size, or nothing.
  private void keep(ByteBuf bytes) {
    if (!connection.isEnding() && bytes.isReadable()) {
      held = bytes.alloc().buffer(bytes.readableBytes()).writeBytes(bytes);
    } else {
      scanned = 0;
    }
  }

  @Override
  void drop() {
    ByteBuf bytes = held;
    held = null;
    scanned = 0;
    if (bytes != null) {
      bytes.release();
    }
  }
}
