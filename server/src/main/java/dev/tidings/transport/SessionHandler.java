package dev.tidings.transport;

import dev.tidings.session.Session;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A session on a channel of its own: it ends when the channel does, and hears when there is room
/// again. What comes in is for the kinds of connections.
abstract class SessionHandler extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(SessionHandler.class);

  final LaneSockets lane;

  SessionHandler(LaneSockets lane) {
    this.lane = lane;
  }

  abstract Session session();

  /// What was kept for the session is needed no more. May come twice.
  abstract void drop();

  @Override
  public final void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (ctx.channel().isWritable()) {
      lane.hub().drained(session());
    }
  }

  @Override
  public final void channelInactive(ChannelHandlerContext ctx) {
    gone();
  }

  @Override
  public final void handlerRemoved(ChannelHandlerContext ctx) {
    gone();
  }

  private void gone() {
    lane.hub().closed(session());
    drop();
  }

  @Override
  public final void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!Peer.isToBlame(cause)) {
      LOG.warn("connection failed conn={}", session().name(), cause);
    }
    ctx.close();
  }
}
