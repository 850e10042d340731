package dev.tidings.redis;

import dev.tidings.engine.Store.NotKeptException;
import dev.tidings.engine.Store.StoreException;
import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisFuture;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Looks at what is in Redis, from any thread that may block. A read that fails has kept nothing,
/// so whatever was being decided can be asked again.
final class Reads {
  /// One that takes longer has failed.
  static final long MILLIS_MAX = 1_000;

  private final Link link;

  Reads(Link link) {
    this.link = link;
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
    return reading(() -> link.run(script, MILLIS_MAX, arguments));
  }

  private <T> T await(RedisFuture<T> asked) {
    return reading(() -> link.await(asked, MILLIS_MAX));
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
