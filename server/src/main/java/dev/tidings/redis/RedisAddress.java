package dev.tidings.redis;

import io.lettuce.core.RedisURI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where Redis is, and whom it may be inside TLS.
///
/// @param uris one; of a Cluster several of its nodes, any of which tells of the others
/// @param authorities certificates (PEM) of whom is believed; empty: those of the JDK
public record RedisAddress(List<RedisURI> uris, Optional<Path> authorities) {
  /// Longer nobody waits for a connection, greeting included.
  static final Duration CONNECT = Duration.ofSeconds(2);

  private static final Pattern SENTINEL = Pattern.compile("rediss?-sentinel://");

  /// Scheme, user and password, which hold for all hosts behind them.
  private static final Pattern BEGIN = Pattern.compile("[a-z]+://([^@,]*@)?");

  public RedisAddress {
    uris = List.copyOf(uris);
  }

  /// `redis://[user:password@]host:port`, `rediss://…` inside TLS, of a Cluster several with commas
  /// between them; `redis-sentinel://[user:password@]host:port,host:port#name`.
  ///
  /// @throws IllegalArgumentException if it is none of these
  public static RedisAddress of(String text) {
    if (SENTINEL.matcher(text).lookingAt()) {
      return new RedisAddress(List.of(uri(text)), Optional.empty());
    }
    Matcher begin = BEGIN.matcher(text);
    String same = begin.lookingAt() ? begin.group() : "";
    List<RedisURI> uris = new ArrayList<>();
    for (String each : text.split(",", -1)) {
      uris.add(uri(each.contains("://") ? each : same + each));
    }
    return new RedisAddress(uris, Optional.empty());
  }

  private static RedisURI uri(String text) {
    RedisURI uri = RedisURI.create(text);
    uri.setTimeout(CONNECT);
    uri.getSentinels().forEach(sentinel -> sentinel.setTimeout(CONNECT));
    return uri;
  }

  /// Whose certificate was made by one of these is believed.
  public RedisAddress believing(Path file) {
    return new RedisAddress(uris, Optional.of(file));
  }

  /// Whether all that is said there is said inside TLS.
  public boolean isEncrypted() {
    return uris.stream().allMatch(RedisURI::isSsl);
  }

  /// Without what is secret in it.
  public String where() {
    RedisURI first = uris.getFirst();
    if (!first.getSentinels().isEmpty()) {
      return first.getSentinelMasterId() + " behind " + first.getSentinels().size() + " sentinels";
    }
    return first.getHost()
        + ":"
        + first.getPort()
        + (uris.size() == 1 ? "" : " and " + (uris.size() - 1) + " more");
  }
}
