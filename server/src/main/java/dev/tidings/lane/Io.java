package dev.tidings.lane;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import java.util.Locale;

/// How a lane waits for its sockets and moves their bytes.
public enum Io {
  /// The best that is proven here: [#EPOLL] where there is one, else [#NIO].
  AUTO,

  /// Linux, and the only one where a tick is written past the pipeline.
  EPOLL,

  /// The JDK's own, on every system.
  NIO,

  /// Linux where the kernel permits it: only if asked for.
  IO_URING;

  /// What a socket of NIO may hold that is unsent or on its way; Linux counts its own bookkeeping
  /// in twice as much. A peer 100 ms away still gets more than a megabyte per second.
  private static final int NIO_SEND_BYTES = 128 * 1024;

  /// The word of the option.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// What [#AUTO] comes to here; the others are what they are.
  public Io resolved() {
    return this != AUTO ? this : Epoll.isAvailable() ? EPOLL : NIO;
  }

  /// Why it cannot be had here; `""` if it can.
  public String fault() {
    return switch (this) {
      case AUTO, NIO -> "";
      case EPOLL -> Epoll.isAvailable() ? "" : reason(Epoll.unavailabilityCause());
      case IO_URING -> IoUring.isAvailable() ? "" : reason(IoUring.unavailabilityCause());
    };
  }

  /// The innermost cause, for it knows why.
  private static String reason(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage());
  }

  /// How this loop does it.
  public static Io of(EventLoop loop) {
    return loop instanceof IoEventLoop io && io.isIoType(IoUringIoHandler.class)
        ? IO_URING
        : loop instanceof IoEventLoop other && other.isIoType(EpollIoHandler.class) ? EPOLL : NIO;
  }

  /// Has the system end a connection of which the peer acknowledges nothing for so long; not on
  /// NIO, which cannot say it.
  public static void endUnacknowledged(Channel channel, int millis) {
    switch (of(channel.eventLoop())) {
      case EPOLL -> channel.config().setOption(EpollChannelOption.TCP_USER_TIMEOUT, millis);
      case IO_URING -> channel.config().setOption(IoUringChannelOption.TCP_USER_TIMEOUT, millis);
      case AUTO, NIO -> {}
    }
  }

  /// Has the system take no more than so many bytes that it has not sent yet, so that what waits
  /// for a slow peer waits here, where it is counted and bounded. What is on its way to the peer is
  /// not counted; only NIO knows no other bound than one of both, and there it is as wide as a peer
  /// far away needs ([#NIO_SEND_BYTES]).
  public static void boundUnsent(Channel channel, int bytes) {
    switch (of(channel.eventLoop())) {
      case EPOLL -> channel.config().setOption(EpollChannelOption.TCP_NOTSENT_LOWAT, (long) bytes);
      case IO_URING ->
          channel.config().setOption(IoUringChannelOption.TCP_NOTSENT_LOWAT, (long) bytes);
      case AUTO, NIO -> channel.config().setOption(ChannelOption.SO_SNDBUF, NIO_SEND_BYTES);
    }
  }

  IoHandlerFactory handlers() {
    return switch (resolved()) {
      case AUTO, NIO -> NioIoHandler.newFactory();
      case EPOLL -> EpollIoHandler.newFactory();
      case IO_URING -> IoUringIoHandler.newFactory();
    };
  }

  Class<? extends ServerChannel> serverChannel() {
    return switch (resolved()) {
      case AUTO, NIO -> NioServerSocketChannel.class;
      case EPOLL -> EpollServerSocketChannel.class;
      case IO_URING -> IoUringServerSocketChannel.class;
    };
  }
}
