package dev.tidings.redis;

import dev.tidings.engine.Level;
import dev.tidings.engine.Store.NotKeptException;
import dev.tidings.engine.Store.StoreException;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the settings of Redis allow to be said of an entry that it has taken. Never more.
final class Durability {
  private static final Logger LOG = LoggerFactory.getLogger(Durability.class);
  private static final long ASK_MILLIS = 2_000;
  private static final int MAJOR_MIN = 7;

  private final Level level;

  private Durability(Level level) {
    this.level = level;
  }

  /// Looks at the server at hand.
  ///
  /// @param wanted what the operator would like to promise
  /// @throws StoreException if it may throw away what it was given, or is too old
  static Durability of(Link link, Level wanted) {
    String version = line(link.info("server"), "redis_version");
    if (!version.isEmpty() && Integer.parseInt(version.split("\\.", 2)[0]) < MAJOR_MIN) {
      throw new StoreException("Redis " + version + " is too old: 7.0 or newer is needed", null);
    }
    Map<String, String> settings = new TreeMap<>();
    String memory = link.info("memory");
    settings.put("maxmemory-policy", line(memory, "maxmemory_policy"));
    settings.put(
        "appendonly", line(link.info("persistence"), "aof_enabled").equals("1") ? "yes" : "no");
    settings.put("appendfsync", "");
    try {
      link.await(link.commands().configGet("appendfsync"), ASK_MILLIS).forEach(settings::put);
    } catch (NotKeptException e) {
      LOG.warn("Redis does not say how it syncs ({}): nothing is promised", e.getMessage());
    }
    String policy = settings.getOrDefault("maxmemory-policy", "");
    if (!policy.equals("noeviction")) {
      throw new StoreException(
          "Redis would throw away messages: its maxmemory-policy is "
              + policy
              + ", but must be noeviction",
          null);
    }
    boolean synced =
        settings.getOrDefault("appendonly", "").equals("yes")
            && settings.getOrDefault("appendfsync", "").equals("always");
    Level level = synced && wanted != Level.MEMORY ? Level.DISK : Level.MEMORY;
    if (wanted != Level.MEMORY && !synced) {
      LOG.warn(
          "Redis syncs too seldom to promise {}: every ok says memory"
              + " (appendonly {}, appendfsync {}; disk needs yes and always)",
          wanted.name().toLowerCase(Locale.ROOT),
          settings.get("appendonly"),
          settings.get("appendfsync"));
    }
    return new Durability(level);
  }

  private static String line(String info, String name) {
    return info.lines()
        .filter(line -> line.startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1).strip())
        .findFirst()
        .orElse("");
  }

  Level level() {
    return level;
  }
}
