package dev.tidings.transport;

import dev.tidings.protocol.CloseCode;
import dev.tidings.session.Session;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import java.util.ArrayDeque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Units over WebSocket: each text message carries one or more, separated by line feeds.
public final class WebSocketHandler extends WebSocketMessages {
  private final LaneSockets lane;
  private final SocketConnection connection;
  private final Session session;

  /// Messages that came in while the session was held back; the first may be partly taken. Bounded
  /// by what one read brings, for reading stops meanwhile.
  private @Nullable ArrayDeque<ByteBuf> held;

  /// @param token came with the handshake: `welcome` follows unasked
  public WebSocketHandler(
      Channel channel, LaneSockets lane, Optional<String> token, String device) {
    super(LineHandler.LINE_BYTES_MAX);
    this.lane = lane;
    this.connection = new SocketConnection(channel, lane, SocketConnection.Form.TEXT, this::readOn);
    this.session =
        token.isPresent()
            ? lane.hub().opened(connection, token.get(), device)
            : lane.hub().opened(connection);
  }

  @Override
  protected void heard() {
    lane.hub().heard(session);
  }

  @Override
  protected void text(ByteBuf message) {
    if (connection.isEnding()) {
      return;
    }
    if (held == null && take(message)) {
      return;
    }
    ArrayDeque<ByteBuf> waiting = held;
    if (waiting == null) {
      waiting = new ArrayDeque<>(2);
      held = waiting;
    }
    waiting.add(message.retain());
  }

  private void readOn() {
    ArrayDeque<ByteBuf> waiting = held;
    while (waiting != null && !waiting.isEmpty() && take(waiting.peek())) {
      waiting.remove().release();
    }
    if (waiting != null && waiting.isEmpty()) {
      held = null;
    }
  }

  /// Hands on the units of `message`; `false` if the session wants no more before its end.
  private boolean take(ByteBuf message) {
    while (message.isReadable() && !connection.isEnding()) {
      if (session.isHeldBack()) {
        return false;
      }
      int from = message.readerIndex();
      int end = message.indexOf(from, message.writerIndex(), (byte) '\n');
      int to = end < 0 ? message.writerIndex() : end;
      message.readerIndex(end < 0 ? to : to + 1);
      if (to > from && !isOnlyReturn(message, from, to)) {
        lane.hub().receive(session, lane.copy(message, from, to - from), 0, to - from);
      }
    }
    return true;
  }

  private static boolean isOnlyReturn(ByteBuf message, int from, int to) {
    return to - from == 1 && message.getByte(from) == '\r';
  }

  @Override
  protected void binary(ByteBuf message) {
    lane.hub().closed(session);
    connection.end(
        WebSocketFrames.close(
            message.alloc(), WebSocketCloseStatus.INVALID_MESSAGE_TYPE.code(), "text only"));
  }

  @Override
  protected void ping(ByteBuf content) {
    if (!connection.isEnding()) {
      connection.write(WebSocketFrames.pong(content.alloc(), content));
    }
  }

  @Override
  protected void tooLarge() {
    connection.expectNoAnswer();
    lane.hub().close(session, CloseCode.TOO_LARGE);
  }

  @Override
  protected void closeAsked(ByteBuf echo) {
    lane.hub().closed(session);
    connection.endNow(echo);
  }

  @Override
  protected void violated(int code, String reason) {
    lane.hub().closed(session);
    connection.expectNoAnswer();
    connection.end(WebSocketFrames.close(ByteBufAllocator.DEFAULT, code, reason));
  }

  @Override
  protected void gone() {
    lane.hub().closed(session);
    ArrayDeque<ByteBuf> waiting = held;
    held = null;
    if (waiting != null) {
      waiting.forEach(ByteBuf::release);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (ctx.channel().isWritable()) {
      lane.hub().drained(session);
    }
  }
}
