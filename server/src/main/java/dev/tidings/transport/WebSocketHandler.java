package dev.tidings.transport;

import dev.tidings.protocol.CloseCode;
import dev.tidings.session.Session;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Units over WebSocket: each text message carries one or more, separated by line feeds.
public final class WebSocketHandler extends WebSocketMessages {
  private final LaneSockets lane;
  private final SocketConnection connection;
  private final Session session;

  /// What came in while the session was held back: what is left of each message, without the units
  /// that were taken. Bounded by what one read brings, for reading stops meanwhile.
  private @Nullable ArrayDeque<byte[]> held;

  /// @param token came with the handshake: `welcome` follows unasked
  public WebSocketHandler(
      Channel channel, LaneSockets lane, Optional<String> token, String device) {
    super(lane, LineHandler.LINE_BYTES_MAX);
    this.lane = lane;
    this.connection =
        new SocketConnection(
            channel,
            lane,
            SocketConnection.Form.TEXT,
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
    this.session =
        token.isPresent()
            ? lane.hub().opened(connection, token.get(), device)
            : lane.hub().opened(connection);
  }

  private Session session() {
    return session;
  }

  @Override
  protected void heard() {
    lane.hub().heard(session);
  }

  @Override
  protected void text(byte[] bytes, int from, int to) {
    if (connection.isEnding()) {
      return;
    }
    int taken = held == null ? take(bytes, from, to) : from;
    if (taken < to && !connection.isEnding()) {
      ArrayDeque<byte[]> waiting = held;
      if (waiting == null) {
        waiting = new ArrayDeque<>(2);
        held = waiting;
      }
      waiting.add(Arrays.copyOfRange(bytes, taken, to));
    }
  }

  private void takeHeld() {
    ArrayDeque<byte[]> waiting = held;
    while (waiting != null && !waiting.isEmpty() && !connection.isEnding()) {
      byte[] message = waiting.remove();
      int taken = take(message, 0, message.length);
      if (taken < message.length) {
        waiting.addFirst(Arrays.copyOfRange(message, taken, message.length));
        return;
      }
    }
    held = null;
  }

  /// Hands on the units between `from` and `to`; answers how far it came before the session wanted
  /// no more.
  private int take(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to && !connection.isEnding() && !session.isHeldBack()) {
      int end = at;
      while (end < to && bytes[end] != '\n') {
        end++;
      }
      if (end > at && !(end == at + 1 && bytes[at] == '\r')) {
        lane.hub().receive(session, bytes, at, end);
      }
      at = end + 1;
    }
    return Math.min(at, to);
  }

  @Override
  protected void binary(byte[] bytes, int from, int to) {
    lane.hub().closed(session);
    connection.end(
        WebSocketFrames.close(
            ByteBufAllocator.DEFAULT,
            WebSocketCloseStatus.INVALID_MESSAGE_TYPE.code(),
            "text only"));
  }

  @Override
  protected void ping(byte[] bytes, int from, int to) {
    if (!connection.isEnding()) {
      connection.write(WebSocketFrames.pong(ByteBufAllocator.DEFAULT, bytes, from, to));
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
    held = null;
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (ctx.channel().isWritable()) {
      lane.hub().drained(session);
    }
  }
}
