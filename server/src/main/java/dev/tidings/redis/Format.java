package dev.tidings.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tidings.engine.Store.StoreException;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.SetArgs;
import java.util.Optional;

/// Whether what stands in Redis under our prefix is ours, as this version writes it. Nothing is
/// touched before that is known, and every script looks first whether it still holds.
final class Format {
  /// The value of the key `format`, which is made before all others.
  static final String CURRENT = "tidings 1";

  /// What every script looks at first.
  ///
  /// While a slot moves from one node of a Cluster to another, its keys are on either: a script
  /// would find half of them. Then, and then only, it is an error to ask for two keys that are
  /// never there. And what is under our prefix may have become somebody else's, or nobody's.
  static final String FIRST =
      """
      if type(redis.pcall('EXISTS', KEYS[1] .. 'none', KEYS[1] .. 'never')) == 'table' then
        return redis.error_reply('TRYAGAIN the keys are on their way to another node')
      elseif redis.pcall('GET', KEYS[1] .. 'format') ~= '%s' then
        return redis.error_reply('FOREIGN what is here is not, or not any more, what this node keeps')
      end
      """
          .formatted(CURRENT);

  private static final String KEY = "format";

  private static final long ASK_MILLIS = 2_000;
  private static final int LOOKED_AT_ONCE = 10_000;

  private Format() {}

  /// Looks, and takes the place if nothing is there.
  ///
  /// @throws StoreException if it is somebody else's, in words for an operator
  static void claim(Link link) {
    Optional<String> found = find(link);
    if (found.isEmpty()) {
      Optional<String> other = anyKey(link);
      found = find(link); // another node may have been quicker
      if (found.isEmpty() && other.isPresent()) {
        throw new StoreException(
            "Redis has %s, which is not of Tidings: choose another --redis-prefix"
                .formatted(other.get()),
            null);
      }
    }
    if (found.isEmpty()) {
      link.await(
          link.commands().set(link.key(KEY), CURRENT.getBytes(UTF_8), SetArgs.Builder.nx()),
          ASK_MILLIS);
      found = find(link);
    }
    String format = found.orElse("");
    if (!format.equals(CURRENT)) {
      throw new StoreException(
          "Redis has something else under this prefix: %s is '%s', this version reads and writes '%s'"
              .formatted(new String(link.key(KEY), UTF_8), format, CURRENT),
          null);
    }
  }

  /// Whether nothing is there any more.
  static boolean isGone(Link link) {
    return find(link).isEmpty();
  }

  private static Optional<String> find(Link link) {
    String type = link.await(link.commands().type(link.key(KEY)), ASK_MILLIS);
    return switch (type) {
      case "none" -> Optional.empty();
      case "string" -> {
        byte[] value = link.await(link.commands().get(link.key(KEY)), ASK_MILLIS);
        yield value == null ? Optional.empty() : Optional.of(new String(value, UTF_8));
      }
      default -> Optional.of("a " + type);
    };
  }

  /// Some key under our prefix, for which all keys of Redis are passed: once in the life of a
  /// store.
  private static Optional<String> anyKey(Link link) {
    ScanArgs ours =
        ScanArgs.Builder.limit(LOOKED_AT_ONCE).match(new String(link.key("*"), UTF_8), UTF_8);
    ScanCursor at = ScanCursor.INITIAL;
    while (!at.isFinished()) {
      KeyScanCursor<byte[]> found = link.await(link.primary().scan(at, ours), ASK_MILLIS);
      if (!found.getKeys().isEmpty()) {
        return Optional.of(new String(found.getKeys().getFirst(), UTF_8));
      }
      at = found;
    }
    return Optional.empty();
  }
}
