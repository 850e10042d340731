package dev.tidings.transport;

import dev.tidings.lane.Io;
import dev.tidings.lane.Lanes;
import dev.tidings.session.Outbox;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/// The listening socket. Accepted sockets are spread over the lanes in turn and live there.
public final class Port implements AutoCloseable {
  private static final int BACKLOG = 4096;

  /// Beside what is on its way. The system would take megabytes for a reader who takes nothing, and
  /// ask for more only once a third of that is gone: the outbox would stand still for minutes.
  private static final int UNSENT_BYTES_MAX = 32 * 1024;

  private final Channel listening;

  private Port(Channel listening) {
    this.listening = listening;
  }

  /// Listens on `address`; port 0 takes a free one.
  ///
  /// @param http adds the handlers of HTTP to a channel that turned out to speak it
  /// @param tls for connections that begin with it
  /// @throws IOException if the address cannot be had
  public static Port open(
      InetSocketAddress address,
      Lanes lanes,
      List<LaneSockets> sockets,
      BiConsumer<Channel, LaneSockets> http,
      Optional<Tls> tls)
      throws IOException {
    return open(
        address,
        lanes,
        sockets,
        (channel, lane) -> channel.pipeline().addLast(new FirstByte(lane, http, tls)));
  }

  /// As the other, for a port that speaks in its own way.
  ///
  /// @param speech adds the handlers of a channel that was opened
  public static Port open(
      InetSocketAddress address,
      Lanes lanes,
      List<LaneSockets> sockets,
      BiConsumer<Channel, LaneSockets> speech)
      throws IOException {
    IdentityHashMap<EventLoop, LaneSockets> byLoop = new IdentityHashMap<>();
    for (LaneSockets lane : sockets) {
      byLoop.put(lane.loop(), lane);
    }
    // The low mark is where the outbox counts as drained; the high mark only has to be above it, so
    // that the channel says when it comes down.
    WriteBufferWaterMark marks =
        new WriteBufferWaterMark(Outbox.DRAINED_BYTES, Outbox.DRAINED_BYTES + 1);
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(lanes.group())
            .channel(lanes.serverChannel())
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, marks)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    LaneSockets lane = byLoop.get(channel.eventLoop());
                    if (lane == null) {
                      throw new IllegalStateException("socket on a loop that is no lane");
                    }
                    Io.boundUnsent(channel, UNSENT_BYTES_MAX);
                    lane.opened(channel);
                    speech.accept(channel, lane);
                  }
                });
    var bound = bootstrap.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException("cannot listen on " + address + ": " + bound.cause().getMessage());
    }
    return new Port(bound.channel());
  }

  /// The address that is listened on, with the real port.
  public InetSocketAddress address() {
    return (InetSocketAddress) listening.localAddress();
  }

  /// Accepts nothing more; living connections stay.
  @Override
  public void close() {
    listening.close().awaitUninterruptibly();
  }
}
