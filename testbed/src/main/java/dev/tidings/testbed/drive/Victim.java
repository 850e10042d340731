package dev.tidings.testbed.drive;

import java.net.InetSocketAddress;

/// A server that can be killed at any moment and started again with what it kept.
public interface Victim extends AutoCloseable {
  /// Starts it; it answers when this returns. Names are believed there, and nobody is told that he
  /// sends too fast.
  InetSocketAddress start();

  /// SIGKILL; returns when it is gone.
  void kill();

  /// Ends it for good.
  @Override
  void close();
}
