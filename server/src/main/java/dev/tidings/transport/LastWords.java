package dev.tidings.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;

/// Ends a connection so that what we said last is heard.
///
/// Closing a socket while bytes of the peer wait unread makes the system reset it, and a reset
/// takes with it what the peer has not read yet (RFC 9112 §9.6). So our side ends first; what still
/// comes is dropped until the peer ends his, for a moment.
public final class LastWords {
  /// How long a peer may take to end its side after we ended ours.
  static final int LINGER_SECONDS = 2;

  private LastWords() {}

  /// Writes `last`, a message of the channel's own pipeline, and ends. Nothing that arrives from
  /// now on is read.
  public static void say(ChannelHandlerContext ctx, Object last) {
    Channel channel = ctx.channel();
    ctx.pipeline().addFirst(new Dropping());
    ctx.writeAndFlush(last)
        .addListener(said -> {
          if (said.isSuccess()) {
            endOurSide(channel);
          } else {
            channel.close();
          }
        });
    channel.config().setAutoRead(true); // or its end would not be noticed
    channel.eventLoop().schedule(() -> channel.close(), LINGER_SECONDS, TimeUnit.SECONDS);
  }

  /// Ends our side of the channel and leaves the other open. Under TLS that is said first, or it
  /// would look like somebody cutting the stream short (RFC 8446 §6.1).
  static void endOurSide(Channel channel) {
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls == null) {
      shutDown(channel);
    } else {
      tls.closeOutbound().addListener(said -> shutDown(channel));
    }
  }

  private static void shutDown(Channel channel) {
    if (channel instanceof DuplexChannel duplex) {
      duplex.shutdownOutput();
    }
  }

  private static final class Dropping extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (message instanceof ByteBuf) {
        ReferenceCountUtil.release(message);
      } else {
        ctx.fireChannelRead(message);
      }
    }
  }
}
