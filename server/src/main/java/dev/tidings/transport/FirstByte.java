package dev.tidings.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// Tells by the first byte what a connection speaks, makes room for the handlers of that, and goes.
///
/// | first byte | is |
/// |---|---|
/// | `{` or blank | lines of JSON |
/// | a letter | HTTP: WebSocket, the API, pages |
/// | 0x16 | TLS: answered with an alert, as it is not served on this port yet |
/// | anything else | nothing we know: closed |
final class FirstByte extends ChannelInboundHandlerAdapter {
  private static final int TLS_HANDSHAKE = 0x16;
  private static final int SILENT_SECONDS_MAX = 10;

  /// A fatal TLS alert, "handshake failure" (RFC 8446 §6.2): tells a TLS client at once that it is
  /// not served, instead of letting it wait.
  private static final byte[] HANDSHAKE_FAILURE = {0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28};

  private final LaneSockets lane;
  private final BiConsumer<Channel, LaneSockets> http;
  private @Nullable ScheduledFuture<?> silence;

  /// @param http adds the handlers of HTTP at the end of a channel's pipeline
  FirstByte(LaneSockets lane, BiConsumer<Channel, LaneSockets> http) {
    this.lane = lane;
    this.http = http;
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
    if (first == '{' || first == ' ' || first == '\t' || first == '\r' || first == '\n') {
      ctx.pipeline().addLast(new LineHandler(ctx.channel(), lane));
      handOver(ctx, bytes);
    } else if ((first >= 'A' && first <= 'Z') || (first >= 'a' && first <= 'z')) {
      ctx.pipeline().addLast(new ReceiveBuffer.Copying());
      http.accept(ctx.channel(), lane);
      handOver(ctx, bytes);
    } else {
      bytes.release();
      boolean tls = first == TLS_HANDSHAKE;
      LastWords.say(ctx, tls ? Unpooled.wrappedBuffer(HANDSHAKE_FAILURE) : Unpooled.EMPTY_BUFFER);
    }
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
    if (cause instanceof IOException) {
      ctx.close();
    } else {
      ctx.fireExceptionCaught(cause);
    }
  }
}
