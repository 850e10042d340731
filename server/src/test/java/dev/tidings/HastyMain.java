package dev.tidings;

import dev.tidings.config.Cluster;
import dev.tidings.config.ConversationSettings;
import dev.tidings.config.Network;
import dev.tidings.config.ServerSettings;
import dev.tidings.embedded.HastyStore;
import dev.tidings.engine.Level;
import dev.tidings.redis.HastyRedis;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A server that confirms before it has kept: for [ConsistencyTest] and [ClusterConsistencyTest],
/// which must find that out.
final class HastyMain {
  private HastyMain() {}

  /// @param args `serve`, then of its options `--data`, `--port` and perhaps `--redis`
  public static void main(String[] args) throws Exception {
    int port = Integer.parseInt(option(args, "--port").orElseThrow());
    Server server =
        new Server(
            new ServerSettings(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                Path.of(option(args, "--data").orElseThrow()),
                "",
                Level.DISK,
                /* rateLimits= */ false,
                List.of(),
                2,
                ConversationSettings.DEFAULTS,
                Network.DEFAULTS,
                option(args, "--redis").map(redis -> Cluster.parse(redis, "tidings", ""))),
            HastyStore::engine,
            HastyRedis::engine);
    System.out.printf("Tidings answers on port %d, in haste%n", server.address().getPort());
    System.out.println("curl …");
    Thread.currentThread().join();
  }

  private static Optional<String> option(String[] args, String name) {
    int at = Arrays.asList(args).indexOf(name);
    return at < 0 ? Optional.empty() : Optional.of(args[at + 1]);
  }
}
