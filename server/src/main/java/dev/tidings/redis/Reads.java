package dev.tidings.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tidings.engine.Store.NotKeptException;
import dev.tidings.engine.Store.StoreException;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScanArgs;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Looks at what is in Redis, from any thread that may block. A read that fails has kept nothing,
/// so whatever was being decided can be asked again.
final class Reads {
  /// One that takes longer has failed.
  static final long MILLIS_MAX = 1_000;

  private static final int KEYS_PER_SCAN = 1_000;

  private final Link link;
  private final long millisMax;

  Reads(Link link) {
    this(link, MILLIS_MAX);
  }

  /// With more patience.
  Reads(Link link, long millisMax) {
    this.link = link;
    this.millisMax = millisMax;
  }

  /// The spaces whose names begin like this, in any order; some may come twice.
  List<String> spaces(String beginning) {
    byte[] ours = link.key("");
    ScanArgs like = ScanArgs.Builder.matches(link.key(beginning + "*")).limit(KEYS_PER_SCAN);
    List<String> spaces = new ArrayList<>();
    KeyScanCursor<byte[]> found = await(link.commands().scan(like));
    while (true) {
      for (byte[] key : found.getKeys()) {
        spaces.add(new String(key, ours.length, key.length - ours.length, UTF_8));
      }
      if (found.isFinished()) {
        return spaces;
      }
      found = await(link.commands().scan(found, like));
    }
  }

  byte @Nullable [] find(Place place) {
    return await(link.commands().hget(link.key(place.space()), place.field()));
  }

  List<KeyValue<byte[], byte[]>> find(String space, byte[][] fields) {
    return await(link.commands().hmget(link.key(space), fields));
  }

  Map<byte[], byte[]> all(String space) {
    return await(link.commands().hgetall(link.key(space)));
  }

  List<Object> run(Script script, byte[]... arguments) {
    return reading(() -> link.run(script, millisMax, arguments));
  }

  private <T> T await(RedisFuture<T> asked) {
    return reading(() -> link.await(asked, millisMax));
  }

  private static <T> T reading(Supplier<T> read) {
    try {
      return read.get();
    } catch (NotKeptException e) {
      throw e;
    } catch (StoreException e) {
      throw new NotKeptException(String.valueOf(e.getMessage()), false, e);
    }
  }
}
