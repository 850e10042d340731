package dev.tidings.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// Tells by the first byte what a connection speaks, makes room for the handlers of that, and goes.
///
/// | first byte | is |
/// |---|---|
/// | `{` or blank | lines of JSON |
/// | a letter | HTTP: WebSocket, the API, pages |
/// | 0x16 | TLS, and inside again a first byte; without a certificate an alert |
/// | anything else | nothing we know: closed |
final class FirstByte extends ChannelInboundHandlerAdapter {
  private static final int TLS_HANDSHAKE = 0x16;
  static final int SILENT_SECONDS_MAX = 10;

  /// A fatal TLS alert, "handshake failure" (RFC 8446 §6.2): tells a TLS client at once that it is
  /// not served, instead of letting it wait.
  private static final byte[] HANDSHAKE_FAILURE = {0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28};

  private static final String LINE_REFUSED =
      "{\"op\":\"err\",\"code\":\"forbidden\",\"msg\":\"this port speaks TLS only\"}\n";

  private static final String HTTP_REFUSED =
      """
      HTTP/1.1 403 Forbidden\r
      Content-Type: text/plain; charset=utf-8\r
      Content-Length: 32\r
      Connection: close\r
      \r
      this port speaks TLS only: https
      """
          .stripTrailing();

  private final LaneSockets lane;
  private final BiConsumer<Channel, LaneSockets> http;

  /// What 0x16 begins; null if nothing can be begun with it.
  private final @Nullable Tls tls;

  /// Whether this is the first byte inside of TLS.
  private final boolean inside;

  private @Nullable ScheduledFuture<?> silence;

  /// @param http adds the handlers of HTTP at the end of a channel's pipeline
  /// @param tls for who begins with it
  FirstByte(LaneSockets lane, BiConsumer<Channel, LaneSockets> http, Optional<Tls> tls) {
    this(lane, http, tls.orElse(null), false);
  }

  private FirstByte(
      LaneSockets lane, BiConsumer<Channel, LaneSockets> http, @Nullable Tls tls, boolean inside) {
    this.lane = lane;
    this.http = http;
    this.tls = tls;
    this.inside = inside;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    silence = ctx.executor().schedule(() -> ctx.close(), SILENT_SECONDS_MAX, TimeUnit.SECONDS);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    ScheduledFuture<?> timer = silence;
    if (timer != null) {
      timer.cancel(false);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    if (!bytes.isReadable()) {
      bytes.release();
      return;
    }
    int first = bytes.getByte(bytes.readerIndex());
    boolean line = first == '{' || first == ' ' || first == '\t' || first == '\r' || first == '\n';
    boolean letter = (first >= 'A' && first <= 'Z') || (first >= 'a' && first <= 'z');
    if (line || letter) {
      if (tls != null && tls.isDemanded()) {
        refuse(
            ctx, bytes, (line ? LINE_REFUSED : HTTP_REFUSED).getBytes(StandardCharsets.US_ASCII));
      } else if (line) {
        ctx.pipeline().addLast(new LineHandler(ctx.channel(), lane));
        handOver(ctx, bytes);
      } else {
        ctx.pipeline().addLast(ReceiveBuffer.Copying.BEFORE_HTTP, new ReceiveBuffer.Copying());
        http.accept(ctx.channel(), lane);
        handOver(ctx, bytes);
      }
    } else if (first == TLS_HANDSHAKE && tls != null) {
      ctx.pipeline()
          .addLast(new ReceiveBuffer.Copying())
          .addLast(tls.handler(ctx.channel()))
          .addLast(new FirstByte(lane, http, null, true));
      handOver(ctx, bytes);
    } else {
      refuse(ctx, bytes, first == TLS_HANDSHAKE && !inside ? HANDSHAKE_FAILURE : new byte[0]);
    }
  }

  private static void refuse(ChannelHandlerContext ctx, ByteBuf bytes, byte[] last) {
    bytes.release();
    LastWords.say(ctx, Unpooled.wrappedBuffer(last));
  }

  private void handOver(ChannelHandlerContext ctx, ByteBuf bytes) {
    ctx.fireChannelRead(bytes);
    ctx.pipeline().remove(this);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == LaneSockets.Event.DRAINING) {
      ctx.close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (Peer.isToBlame(cause)) {
      ctx.close();
    } else {
      ctx.fireExceptionCaught(cause);
    }
  }
}
