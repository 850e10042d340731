package dev.tidings.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.codec.StringCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// One Redis for all tests of this JVM; every test has a prefix of its own in it.
final class TestRedis {
  private static final AtomicInteger PREFIXES = new AtomicInteger();
  private static final int PORT = start();

  private TestRedis() {}

  static RedisURI address() {
    return RedisURI.create("127.0.0.1", PORT);
  }

  static String freshPrefix() {
    return "t" + PREFIXES.incrementAndGet();
  }

  /// The values of all rows, as text; not what is told to other nodes in passing.
  static List<String> values(String prefix) {
    List<String> values = new ArrayList<>();
    RedisClient client = RedisClient.create(address());
    try (var connection = client.connect(StringCodec.ASCII)) {
      var redis = connection.sync();
      for (String key : redis.keys("{" + prefix + "}:*")) {
        switch (redis.type(key)) {
          case "hash" -> values.addAll(redis.hvals(key));
          case "list" -> values.addAll(redis.lrange(key, 0, -1));
          default -> {
            // names and numbers
          }
        }
      }
    } finally {
      client.shutdown();
    }
    return values;
  }

  private static int start() {
    try {
      int port;
      try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        port = socket.getLocalPort();
      }
      Path folder = Files.createTempDirectory(Path.of("target"), "redis");
      Process process =
          new ProcessBuilder(
                  "redis-server", "--port", "" + port, "--save", "", "--appendonly", "no", "--dir",
                  folder.toString())
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("log").toFile())
              .start();
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
      for (int i = 0; i < 1_000_000 && process.isAlive(); i++) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
          return port;
        } catch (IOException e) {
          Thread.onSpinWait();
        }
      }
      throw new IllegalStateException("redis-server does not start");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
