package dev.tidings.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tidings.testbed.redis.RedisProcess;
import dev.tidings.testbed.redis.RedisSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// One Redis for all tests of this JVM; every test has a prefix of its own in it.
final class TestRedis {
  private static final AtomicInteger PREFIXES = new AtomicInteger();
  private static final RedisProcess REDIS = RedisProcess.start(RedisSettings.IN_MEMORY);
  private static final Link LINK = Link.open(address(), "");

  private TestRedis() {}

  static RedisAddress address() {
    return RedisAddress.of(REDIS.uri());
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
}
