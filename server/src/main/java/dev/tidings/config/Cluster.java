package dev.tidings.config;

import dev.tidings.redis.RedisAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/// Where this node meets the others.
///
/// @param prefix what all keys there have in common
/// @param replicas how many must have what is kept at the level of that name
public record Cluster(RedisAddress redis, String prefix, int replicas) {
  private static final int REPLICAS_MAX = 100;
  private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9._-]{1,32}");

  /// One replica is enough.
  public Cluster(RedisAddress redis, String prefix) {
    this(redis, prefix, 1);
  }

  /// @throws ServerSettings.Refused if there cannot be so many replicas
  public Cluster withReplicas(int count) {
    if (count < 1 || count > REPLICAS_MAX) {
      throw new ServerSettings.Refused("--redis-replicas " + count + ": 1 to " + REPLICAS_MAX);
    }
    return new Cluster(redis, prefix, count);
  }

  /// @param authorities a file of certificates (PEM), `""` for those that the JDK believes
  /// @throws ServerSettings.Refused if `address` is no address, `prefix` no prefix, or there is no
  ///   such file
  public static Cluster parse(String address, String prefix, String authorities) {
    if (!PREFIX.matcher(prefix).matches()) {
      throw new ServerSettings.Refused(
          "--redis-prefix " + prefix + ": 1 to 32 letters, digits, dots, dashes");
    }
    try {
      return new Cluster(believing(RedisAddress.of(address), authorities), prefix);
    } catch (IllegalArgumentException e) {
      throw new ServerSettings.Refused(
          "--redis: not an address like redis://user:password@host:6379 (%s)"
              .formatted(e.getMessage()));
    }
  }

  private static RedisAddress believing(RedisAddress address, String authorities) {
    if (authorities.isEmpty()) {
      return address;
    }
    Path file = Path.of(authorities);
    if (!Files.isReadable(file)) {
      throw new ServerSettings.Refused("--redis-ca " + authorities + ": no such file");
    }
    if (!address.isEncrypted()) {
      throw new ServerSettings.Refused("--redis-ca without TLS: --redis must begin with rediss");
    }
    return address.believing(file);
  }

  /// The address without what is secret in it.
  public String where() {
    return redis.where();
  }
}
