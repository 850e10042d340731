package dev.tidings.transport;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;

/// The other end of a socket.
public final class Peer {
  private Peer() {}

  /// Whether it is on this machine.
  public static boolean isLoopback(Channel channel) {
    return channel.remoteAddress() instanceof InetSocketAddress peer
        && peer.getAddress() != null
        && peer.getAddress().isLoopbackAddress();
  }
}
