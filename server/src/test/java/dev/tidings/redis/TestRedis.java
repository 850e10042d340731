package dev.tidings.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.RedisURI;
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
  private static final Link LINK = Link.open(address(), "");

  private TestRedis() {}

  static RedisURI address() {
    return RedisURI.create("127.0.0.1", PORT);
  }

  /// The connections of all tests.
  static Link link(String prefix) {
    return LINK.under(prefix);
  }

  static String freshPrefix() {
    return "t" + PREFIXES.incrementAndGet();
  }

  /// The values of all rows, as text; not what is told to other nodes in passing.
  static List<String> values(String prefix) {
    List<String> values = new ArrayList<>();
    Link link = link(prefix);
    var redis = LINK.commands();
    for (byte[] key : LINK.await(redis.keys(new String(link.key("*"), UTF_8)), 5_000)) {
      List<byte[]> found =
          switch (LINK.await(redis.type(key), 5_000)) {
            case "hash" -> LINK.await(redis.hvals(key), 5_000);
            case "list" -> LINK.await(redis.lrange(key, 0, -1), 5_000);
            default -> List.of(); // names and numbers
          };
      found.forEach(value -> values.add(new String(value, US_ASCII)));
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
