package dev.tidings.redis;

import dev.tidings.engine.Level;
import dev.tidings.engine.Store.NotKeptException;
import dev.tidings.engine.Store.StoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the settings of Redis allow to be said of an entry that it has taken. Never more.
final class Durability {
  private static final Logger LOG = LoggerFactory.getLogger(Durability.class);
  private static final long ASK_MILLIS = 2_000;
  private static final int MAJOR_MIN = 7;

  private Durability() {}

  /// Looks at the server at hand.
  ///
  /// @param wanted what the operator would like to promise
  /// @return what can be
  /// @throws StoreException if it may throw away what it was given, or is too old
  static Level of(Link link, Level wanted) {
    String unfit = unfit(link.info("server"), link.info("replication"), link.info("memory"));
    if (!unfit.isEmpty()) {
      throw new StoreException(unfit, null);
    }
    boolean appends = line(link.info("persistence"), "aof_enabled").equals("1");
    String syncs = syncs(link);
    boolean synced = appends && syncs.equals("always");
    if (wanted != Level.MEMORY && !synced) {
      LOG.warn(
          "Redis syncs too seldom to promise {}: every ok says memory"
              + " (appendonly {}, appendfsync {}; disk needs yes and always)",
          wanted.wire(),
          appends ? "yes" : "no",
          syncs);
    }
    return synced && wanted != Level.MEMORY ? Level.DISK : Level.MEMORY;
  }

  /// Why nothing can be kept there, `""` if it can.
  ///
  /// @param server what it says of itself under this name; the others likewise
  static String unfit(String server, String replication, String memory) {
    // Valkey calls itself the version of Redis that it can stand for: 7.2.4.
    String version = line(server, "redis_version");
    if (!version.isEmpty() && Integer.parseInt(version.split("\\.", 2)[0]) < MAJOR_MIN) {
      return "Redis " + version + " is too old: 7.0 or newer is needed";
    }
    if (line(replication, "role").equals("slave")) {
      return "this Redis is a replica, which takes nothing: name its primary, %s:%s, or the Sentinels"
          .formatted(line(replication, "master_host"), line(replication, "master_port"));
    }
    String policy = line(memory, "maxmemory_policy");
    return policy.equals("noeviction")
        ? ""
        : "Redis would throw away messages: its maxmemory-policy is "
            + policy
            + ", but must be noeviction";
  }

  /// When its append-only file is synced, as its setting says.
  private static String syncs(Link link) {
    try {
      return link.await(link.commands().configGet("appendfsync"), ASK_MILLIS)
          .getOrDefault("appendfsync", "");
    } catch (NotKeptException e) {
      LOG.warn("Redis does not say how it syncs ({}): nothing is promised", e.getMessage());
      return "";
    }
  }

  private static String line(String info, String name) {
    return info.lines()
        .filter(line -> line.startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1).strip())
        .findFirst()
        .orElse("");
  }
}
