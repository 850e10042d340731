package dev.tidings.transport;

import io.netty.channel.Channel;
import java.io.IOException;
import java.net.InetSocketAddress;
import javax.net.ssl.SSLException;

/// The other end of a socket.
public final class Peer {
  private Peer() {}

  /// Whether this is its fault or the network's, not ours: a cut, or under TLS what cannot be
  /// understood.
  public static boolean isToBlame(Throwable cause) {
    return cause instanceof IOException || cause.getCause() instanceof SSLException;
  }

  /// Whether it is on this machine.
  public static boolean isLoopback(Channel channel) {
    return channel.remoteAddress() instanceof InetSocketAddress peer
        && peer.getAddress() != null
        && peer.getAddress().isLoopbackAddress();
  }
}
