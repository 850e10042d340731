package dev.tidings.testbed.process;

import dev.tidings.testbed.TestbedFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/// Ports for programs that cannot choose one themselves.
public final class Ports {
  /// Below those that systems hand out to whoever connects: so a port stays free while the program
  /// that had it is down.
  private static final int FIRST = 20_000;

  private static final int END = 32_000;
  private static final int TRIES_MAX = 200;

  private Ports() {}

  /// A port of this machine that nobody listens on.
  public static int free() {
    for (int i = 0; i < TRIES_MAX; i++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, END);
      if (isFree(port)) {
        return port;
      }
    }
    throw new TestbedFailure("no free port between " + FIRST + " and " + END);
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
