package dev.tidings;

import dev.tidings.config.Cluster;
import java.util.Optional;
import picocli.CommandLine.Option;

/// The options that say where the nodes meet.
final class RedisOptions {
  @Option(
      names = "--redis",
      defaultValue = "",
      description =
          "The Redis through which several nodes are one: redis://host:6379, rediss:// with TLS,"
              + " redis-sentinel://host1,host2#name, several nodes of a Cluster between commas."
              + " Then nothing is kept in --data.")
  private String redis = "";

  @Option(
      names = "--redis-prefix",
      defaultValue = "tidings",
      description = "What all keys there begin with; nodes with the same are one.")
  private String redisPrefix = "tidings";

  @Option(
      names = "--redis-ca",
      defaultValue = "",
      description =
          "Whom to believe that he is that Redis: certificates (PEM). Without it those that the JDK"
              + " believes.")
  private String redisCa = "";

  /// Empty if none is named.
  ///
  /// @throws dev.tidings.config.ServerSettings.Refused if what is named makes no sense
  Optional<Cluster> cluster() {
    return redis.isEmpty()
        ? Optional.empty()
        : Optional.of(Cluster.parse(redis, redisPrefix, redisCa));
  }
}
