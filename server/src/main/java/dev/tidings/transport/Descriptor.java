package dev.tidings.transport;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.Socket;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// The direct way to a socket, past pipeline and queue: one system call and nothing else. Only for
/// a channel whose own queue is empty, and only while it is open, for its number may be another
/// socket's later. On epoll alone: NIO has no number to write to, and what io_uring is to write
/// belongs into its ring.
abstract class Descriptor {
  /// How the sockets of a lane are reached. Another one may count.
  @FunctionalInterface
  interface Finder {
    /// Null where there is no direct way.
    @Nullable Descriptor of(Channel channel);
  }

  /// Null where the channel has none, or something must happen to bytes on their way.
  static @Nullable Descriptor of(Channel channel) {
    return channel instanceof EpollSocketChannel epoll
            && epoll.fd() instanceof Socket socket
            && channel.pipeline().get(SslHandler.class) == null
        ? new OfSocket(socket)
        : null;
  }

  /// Writes bytes `from` to `to` behind `address`; answers how many were taken, 0 if none can be
  /// now.
  abstract int write(long address, int from, int to) throws IOException;

  /// As [#write(long, int, int)], between position and limit of a direct buffer, which it leaves as
  /// they are.
  abstract int write(ByteBuffer bytes) throws IOException;

  private static final class OfSocket extends Descriptor {
    private final Socket socket;

    OfSocket(Socket socket) {
      this.socket = socket;
    }

    @Override
    int write(long address, int from, int to) throws IOException {
      return socket.sendAddress(address, from, to);
    }

    @Override
    int write(ByteBuffer bytes) throws IOException {
      return socket.send(bytes, bytes.position(), bytes.limit());
    }
  }
}
