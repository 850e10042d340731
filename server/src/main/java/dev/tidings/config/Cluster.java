package dev.tidings.config;

import io.lettuce.core.RedisURI;
import java.util.regex.Pattern;

/// Where this node meets the others.
///
/// @param redis as `redis://`, `rediss://` or `redis-sentinel://` address
/// @param prefix what all keys there have in common
public record Cluster(RedisURI redis, String prefix) {
  private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9._-]{1,32}");

  /// @throws ServerSettings.Refused if `address` is no address, or `prefix` no prefix
  public static Cluster parse(String address, String prefix) {
    if (!PREFIX.matcher(prefix).matches()) {
      throw new ServerSettings.Refused(
          "--redis-prefix " + prefix + ": 1 to 32 letters, digits, dots, dashes");
    }
    try {
      return new Cluster(RedisURI.create(address), prefix);
    } catch (IllegalArgumentException e) {
      throw new ServerSettings.Refused(
          "--redis: not an address like redis://user:password@host:6379 (%s)"
              .formatted(e.getMessage()));
    }
  }

  /// The address without what is secret in it.
  public String where() {
    return redis.getSentinels().isEmpty()
        ? redis.getHost() + ":" + redis.getPort()
        : redis.getSentinelMasterId() + " behind " + redis.getSentinels().size() + " sentinels";
  }
}
