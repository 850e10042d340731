package dev.tidings.transport;

import dev.tidings.auth.KeyAuthenticator;
import dev.tidings.base.Clock;
import dev.tidings.base.Ids;
import dev.tidings.engine.Engine;
import dev.tidings.engine.EngineLimits;
import dev.tidings.engine.Level;
import dev.tidings.engine.LogEngine;
import dev.tidings.engine.MemoryStore;
import dev.tidings.http.Upgrade;
import dev.tidings.hub.Hub;
import dev.tidings.hub.HubSettings;
import dev.tidings.hub.Neighbours;
import dev.tidings.lane.Io;
import dev.tidings.lane.Lanes;
import dev.tidings.presence.OnlineUsers;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/// Says every WebSocket message back. From the accepted socket to the whole message, and from the
/// answer to the closed socket, all of it is the product's own code; only what a message means is
/// different. The hub is there because a lane has one; nothing reaches it.
final class EchoServer implements AutoCloseable {
  /// How the server keeps to RFC 6455.
  enum Conduct {
    /// As the product does.
    RIGHT,
    /// Takes any bytes for text, and always closes with the same code, which tells nothing.
    CARELESS
  }

  private static final String KEY = "a key that signs nothing, for nobody asks";
  private static final int HANDSHAKE_BYTES_MAX = 8 * 1024;

  private final Lanes lanes = Lanes.start(1, Io.AUTO);
  private final Engine engine;
  private final Port port;

  /// Starts on a free port of this machine's own address.
  EchoServer(Conduct conduct) throws IOException {
    this(conduct, Optional.empty());
  }

  EchoServer(Conduct conduct, Optional<Tls> tls) throws IOException {
    engine =
        new LogEngine(
            new MemoryStore(),
            Clock.system(),
            new Ids(new Random(7)),
            EngineLimits.DEFAULTS,
            Level.MEMORY,
            "",
            () -> {},
            Runnable::run);
    Hub hub =
        new Hub(
            0,
            lanes.lane(0),
            Clock.system(),
            engine,
            LaneSockets.frames(),
            KeyAuthenticator.production(KEY),
            new OnlineUsers(),
            new Neighbours(),
            HubSettings.defaults("echo", EngineLimits.DEFAULTS.dedupeSeconds()));
    port =
        Port.open(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            lanes,
            List.of(new LaneSockets(lanes.loop(0), hub)),
            (channel, lane) -> expectHandshake(channel, lane, conduct),
            tls);
  }

  private static void expectHandshake(Channel channel, LaneSockets lane, Conduct conduct) {
    channel
        .pipeline()
        .addLast(new HttpServerCodec())
        .addLast(new HttpObjectAggregator(HANDSHAKE_BYTES_MAX))
        .addLast(new Handshake(lane, conduct));
  }

  InetSocketAddress address() {
    return port.address();
  }

  String url() {
    return "ws://127.0.0.1:" + port.address().getPort();
  }

  @Override
  public void close() {
    port.close();
    engine.close();
    lanes.close();
  }

  private static final class Handshake extends SimpleChannelInboundHandler<FullHttpRequest> {
    private final LaneSockets lane;
    private final Conduct conduct;

    Handshake(LaneSockets lane, Conduct conduct) {
      this.lane = lane;
      this.conduct = conduct;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
      if (!Upgrade.fault(request).isEmpty()) {
        ctx.close();
        return;
      }
      ChannelPipeline pipeline = ctx.pipeline();
      ctx.writeAndFlush(Upgrade.accept(request));
      pipeline.get(HttpServerCodec.class).removeOutboundHandler();
      switch (conduct) {
        case RIGHT -> pipeline.addLast(new Echo(ctx.channel(), lane));
        case CARELESS -> pipeline.addLast(new CarelessEcho(ctx.channel(), lane));
      }
      pipeline.remove(HttpServerCodec.class);
      pipeline.remove(HttpObjectAggregator.class);
      pipeline.remove(this);
    }
  }
}
