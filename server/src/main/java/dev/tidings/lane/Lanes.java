package dev.tidings.lane;

import dev.tidings.base.Lane;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// The lanes of this process: a fixed number of event loops, on epoll where there is one and on NIO
/// elsewhere.
public final class Lanes implements AutoCloseable {
  private static final int STOP_SECONDS_MAX = 10;

  private final EventLoopGroup group;
  private final Class<? extends ServerChannel> serverChannel;
  private final List<EventLoop> loops = new ArrayList<>();

  private Lanes(int count, IoHandlerFactory sockets, Class<? extends ServerChannel> serverChannel) {
    AtomicInteger next = new AtomicInteger();
    ThreadFactory threads =
        task -> Thread.ofPlatform().name("lane-" + next.getAndIncrement()).unstarted(task);
    this.group = new MultiThreadIoEventLoopGroup(count, threads, sockets);
    this.serverChannel = serverChannel;
    for (EventExecutor loop : group) {
      loops.add((EventLoop) loop);
    }
  }

  /// Starts `count` lanes, at least 1.
  public static Lanes start(int count) {
    return Epoll.isAvailable()
        ? new Lanes(count, EpollIoHandler.newFactory(), EpollServerSocketChannel.class)
        : new Lanes(count, NioIoHandler.newFactory(), NioServerSocketChannel.class);
  }

  public int count() {
    return loops.size();
  }

  /// The lane with this index, from 0.
  public Lane lane(int index) {
    return new EventLoopLane(loops.get(index));
  }

  public EventLoop loop(int index) {
    return loops.get(index);
  }

  /// The loops as what Netty's bootstrap wants: sockets are spread over them in turn.
  public EventLoopGroup group() {
    return group;
  }

  public Class<? extends ServerChannel> serverChannel() {
    return serverChannel;
  }

  /// Ends the threads after what is queued; waits for at most [#STOP_SECONDS_MAX] seconds.
  @Override
  public void close() {
    group
        .shutdownGracefully(0, STOP_SECONDS_MAX, TimeUnit.SECONDS)
        .awaitUninterruptibly(STOP_SECONDS_MAX, TimeUnit.SECONDS);
  }
}
