package dev.tidings;

import dev.tidings.config.Cluster;
import dev.tidings.config.ServerSettings;
import dev.tidings.embedded.RocksStore;
import dev.tidings.engine.Store;
import dev.tidings.redis.RedisRows;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The options of the commands that look at what is kept, or put it there, without a server: in a
/// folder or in Redis.
final class StoreOptions {
  @Option(
      names = "--data",
      defaultValue = "data",
      description = "The server's folder (default: ${DEFAULT-VALUE}).")
  private Path data = Path.of("data");

  @Mixin private RedisOptions redis = new RedisOptions();

  /// What is there, to be read.
  ///
  /// @param check throws if what was read does not belong together
  record Reading(Store store, Runnable check) implements AutoCloseable {
    @Override
    public void close() {
      store.close();
    }
  }

  /// Opens what is there.
  ///
  /// @throws Store.StoreException in words for an operator
  Reading reading() {
    if (redis.cluster().isEmpty()) {
      Store store = RocksStore.openForReading(data, RocksStore.Memory.DEFAULTS);
      return new Reading(store, () -> {});
    }
    Cluster cluster = redis.cluster().get();
    RedisRows rows = RedisRows.toRead(cluster.redis(), cluster.prefix());
    return new Reading(
        rows,
        () -> {
          if (!rows.isAsOpened()) {
            throw new ServerSettings.Refused(
                "the nodes have kept something meanwhile, so this is not whole: stop them, or start"
                    + " a Redis on a copy of its file (BGSAVE) and export from that");
          }
        });
  }

  /// Opens where an import is to go.
  ///
  /// @throws Store.StoreException in words for an operator
  Store importing() {
    return redis
        .cluster()
        .<Store>map(cluster -> RedisRows.toFill(cluster.redis(), cluster.prefix()))
        .orElseGet(() -> RocksStore.open(data, RocksStore.Memory.DEFAULTS));
  }

  /// For people.
  String where() {
    return redis
        .cluster()
        .map(cluster -> "Redis " + cluster.where() + " under " + cluster.prefix())
        .orElseGet(() -> data.toAbsolutePath().toString());
  }
}
