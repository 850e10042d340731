package dev.tidings;

import dev.tidings.config.ServerSettings;
import dev.tidings.embedded.HastyStore;
import dev.tidings.engine.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;

/// A server that confirms before it has kept: for [ConsistencyTest], which must find that out.
final class HastyMain {
  private HastyMain() {}

  /// @param args `serve --data … --port …`
  public static void main(String[] args) throws Exception {
    Path data = Path.of(args[2]);
    int port = Integer.parseInt(args[4]);
    Server server =
        new Server(
            new ServerSettings(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                data,
                "",
                Level.DISK,
                /* rateLimits= */ false,
                List.of(),
                2),
            HastyStore::engine);
    System.out.printf("Tidings answers on port %d, in haste%n", server.address().getPort());
    System.out.println("curl …");
    Thread.currentThread().join();
  }
}
