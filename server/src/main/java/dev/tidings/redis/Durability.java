package dev.tidings.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.tidings.engine.Level;
import dev.tidings.engine.Store.NotKeptException;
import dev.tidings.engine.Store.StoreException;
import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How safely Redis keeps what it has taken: never said higher than it is, and watched while it
/// runs.
///
/// Two looks, for each says something that the other does not. A thread (`store-watcher`) reads
/// every few seconds what Redis says of itself; only it finds that everything is synced (again).
/// And behind each commit, on the same connection, is asked for the settings as they are then, and
/// for the replicas that have it ([#ask]); that says what the `ok` of this very commit may say.
final class Durability implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Durability.class);

  private static final long ASK_MILLIS = 2_000;
  private static final long LOOK_MILLIS = 2_000;
  private static final long LOOK_SOON_MILLIS = 200;

  /// How long a commit waits for its replicas; and if they did not come in time, how long the next
  /// ones do, until the watcher finds that they are there.
  private static final int REPLICAS_MILLIS = 400;

  private static final int LATE_REPLICAS_MILLIS = 20;

  private static final long NONE = -1;
  private static final int MAJOR_MIN = 7;
  private static final String REPLICA = "slave";
  private static final byte[] RUN = "run".getBytes(US_ASCII);
  private static final byte[] SYNCED = "synced".getBytes(US_ASCII);
  private static final String[] SETTINGS = {"appendonly", "appendfsync", "maxmemory-policy"};

  private final Link link;
  private final Wanted wanted;
  private final Thread watcher;
  private Runnable changed = () -> {};
  private volatile boolean closing;

  private volatile String unfit = "";

  /// Whether everything is synced before it is answered, and has been since the watcher looked.
  private volatile boolean synced;

  /// Whether the settings are so that it is, or will be once its first file is written.
  private volatile boolean syncs;

  /// Whether the replicas that are wanted followed closely when last was looked.
  private volatile boolean copied;

  private volatile boolean late;

  /// Whether the settings may not be read.
  private volatile boolean silent;

  private volatile Level told = Level.MEMORY;

  /// Which Redis the watcher has looked at, by the name of this life of it.
  private volatile String run = "";

  /// In which reign this node commits, see [Commits].
  private volatile long reign;

  /// In which one the replicas that are wanted had what was committed last; [#NONE]: they had not.
  private volatile long copiedIn = NONE;

  /// In which one there were no other replicas than those, when last was looked; [#NONE]: there
  /// were.
  private volatile long onlyWantedIn = NONE;

  private volatile boolean onlyWanted;

  /// What stands in Redis for who comes after: see succession.lua.
  private volatile boolean syncedNoted;

  /// Looks at the server at hand.
  ///
  /// @throws StoreException if nothing can be kept there, in words for an operator
  Durability(Link link, Wanted wanted) {
    this.link = link;
    this.wanted = wanted;
    this.watcher = Thread.ofPlatform().daemon().name("store-watcher").unstarted(this::watch);
    look();
    if (!unfit.isEmpty()) {
      throw new StoreException(unfit, null);
    }
    told = next();
    if (told != wanted.level()) {
      LOG.warn("every ok says {} instead of {}: {}", told.wire(), wanted.level().wire(), why());
    }
  }

  /// Looks again every few seconds from now on.
  ///
  /// @param hears that something is otherwise now, in the watcher's thread
  void start(Runnable hears) {
    changed = hears;
    watcher.start();
  }

  /// Why nothing may be kept there at present, `""` if it may.
  String unfit() {
    return unfit;
  }

  /// How safely the next entry will be kept, as far as can be known before.
  Level next() {
    return level(copied, synced);
  }

  boolean wantsReplicas() {
    return wanted.level() == Level.REPLICAS;
  }

  private Level level(boolean onReplicas, boolean onDisk) {
    return switch (wanted.level()) {
      case REPLICAS -> onReplicas ? Level.REPLICAS : onDisk ? Level.DISK : Level.MEMORY;
      case DISK -> onDisk ? Level.DISK : Level.MEMORY;
      case MEMORY -> Level.MEMORY;
    };
  }

  private String why() {
    if (wantsReplicas() && !copied) {
      return "fewer than %d replicas follow closely".formatted(wanted.replicas());
    }
    return silent
        ? "Redis does not tell its settings (CONFIG GET)"
        : "Redis does not sync each answer (disk needs appendonly yes and appendfsync always)";
  }

  // What the watcher finds.

  private void watch() {
    while (!closing) {
      long millis = unfit.isEmpty() ? LOOK_MILLIS : LOOK_SOON_MILLIS;
      LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(millis));
      try {
        if (!closing) {
          look();
          tell();
          note(ASK_MILLIS);
        }
      } catch (StoreException e) {
        LOG.debug("cannot be looked at", e); // whoever commits says so
      }
    }
  }

  private void look() {
    String info = link.info("default");
    String now = line(info, "run_id");
    if (!run.isEmpty() && !run.equals(now)) {
      note(ASK_MILLIS); // while it is known how the last one was
    }
    run = now;
    String before = unfit;
    unfit = unfit(info);
    if (line(info, "role").equals(REPLICA)) {
      link.shared().renew();
    }
    copied = wantsReplicas() && followers(info) >= wanted.replicas();
    late &= !copied;
    onlyWanted = line(info, "connected_slaves").equals("" + wanted.replicas());
    boolean settled =
        line(info, "aof_rewrite_in_progress").equals("0")
            && line(info, "aof_rewrite_scheduled").equals("0");
    syncs = line(info, "aof_enabled").equals("1") && areSynced(settings());
    // Its first file is not there until it is written. Another node may have seen that it is.
    synced = syncs && (synced || settled || isNotedSynced());
    if (!unfit.equals(before)) {
      changed.run();
    }
  }

  /// Whether somebody has noted of the Redis that was looked at that it synced all it answered.
  private boolean isNotedSynced() {
    try {
      List<KeyValue<byte[], byte[]>> noted =
          link.await(link.commands().hmget(link.key("redis"), RUN, SYNCED), ASK_MILLIS);
      return is(noted.get(0), run) && is(noted.get(1), "1");
    } catch (NotKeptException e) {
      return false; // nothing of ours is there
    }
  }

  private static boolean is(KeyValue<byte[], byte[]> noted, String value) {
    return noted.hasValue() && new String(noted.getValue(), US_ASCII).equals(value);
  }

  /// Another Redis reigns: what was seen of the last one says nothing of it.
  void reign(long other) {
    if (other != reign) {
      reign = other;
      LockSupport.unpark(watcher);
    }
  }

  /// Whether this node has seen that what was committed last was on all replicas there were.
  boolean isWitness() {
    return copiedIn == reign && onlyWantedIn == reign;
  }

  /// Asks whether another Redis answers by now, and notes in it what is proven of this one.
  ///
  /// @return what look.lua answers
  List<Object> note(long millisMax) {
    syncedNoted = synced;
    boolean only = onlyWanted;
    List<Object> answer =
        link.run(
            Script.LOOK,
            millisMax,
            run.getBytes(US_ASCII),
            syncedNoted ? Commits.YES : syncs ? Commits.NOTHING : Commits.NO,
            Text.ascii(isWitness() ? 1 : 0));
    boolean same = (Long) answer.get(8) == 1;
    if (same) {
      onlyWantedIn = only ? Text.number(answer.get(6)) : NONE;
    }
    return answer;
  }

  private Map<String, String> settings() {
    try {
      Map<String, String> settings = link.await(link.primary().configGet(SETTINGS), ASK_MILLIS);
      silent = false;
      return settings;
    } catch (NotKeptException e) {
      silent = true;
      return Map.of();
    }
  }

  private static boolean areSynced(Map<String, String> settings) {
    return settings.getOrDefault("appendonly", "").equals("yes")
        && settings.getOrDefault("appendfsync", "").equals("always");
  }

  /// Says so if the level is another one.
  private synchronized void tell() {
    Level now = next();
    if (now != told) {
      told = now;
      if (now == wanted.level()) {
        LOG.info("every ok says {} again", now.wire());
      } else {
        LOG.warn("every ok says {} instead of {}: {}", now.wire(), wanted.level().wire(), why());
      }
      changed.run();
    }
  }

  // What each commit finds.

  /// What was asked behind a commit, and in which reign.
  record Asked(
      long reign,
      @Nullable RedisFuture<Long> copies,
      @Nullable RedisFuture<Map<String, String>> settings) {}

  /// Asks how safely all is kept that was written on this connection before.
  Asked ask(RedisClusterAsyncCommands<byte[], byte[]> redis) {
    return new Asked(
        reign,
        wantsReplicas()
            ? redis.waitForReplication(
                wanted.replicas(), late ? LATE_REPLICAS_MILLIS : REPLICAS_MILLIS)
            : null,
        silent || wanted.level() == Level.MEMORY ? null : redis.configGet(SETTINGS));
  }

  /// The same on a connection that has written nothing itself: what others have.
  Asked askOfOthers(RedisClusterAsyncCommands<byte[], byte[]> redis) {
    if (wantsReplicas()) {
      redis.set(link.key("heard"), new byte[] {'1'}); // WAIT waits for one's own writes only
    }
    return ask(redis);
  }

  /// What the answers prove of what had been written before.
  Level prove(Asked asked, Line line) {
    boolean onReplicas = false;
    boolean onDisk = false;
    try {
      if (asked.copies() != null) {
        onReplicas = line.await(asked.copies(), REPLICAS_MILLIS + ASK_MILLIS) >= wanted.replicas();
        late = !onReplicas;
        copied = onReplicas;
        copiedIn = onReplicas ? asked.reign() : NONE;
      }
      if (asked.settings() != null) {
        Map<String, String> settings = line.await(asked.settings(), ASK_MILLIS);
        synced &= areSynced(settings);
        onDisk = synced;
        if (syncedNoted && !synced) {
          syncedNoted = false; // at once, for the next ok says so
          link.commands().hset(link.key("redis"), SYNCED, Text.ascii(0));
        }
        String evicts = evicts(settings.getOrDefault("maxmemory-policy", ""));
        if (!evicts.isEmpty()) {
          unfit = evicts;
          return Level.MEMORY;
        }
      }
    } catch (StoreException e) {
      LOG.debug("what was kept is not proved to be safe", e);
    }
    tell();
    return level(onReplicas, onDisk);
  }

  // What Redis says of itself.

  /// Why nothing can be kept there, `""` if it can.
  ///
  /// @param info what it says of itself
  static String unfit(String info) {
    // Valkey calls itself the version of Redis that it can stand for: 7.2.4.
    String version = line(info, "redis_version");
    if (!version.isEmpty() && Integer.parseInt(version.split("\\.", 2)[0]) < MAJOR_MIN) {
      return "Redis " + version + " is too old: 7.0 or newer is needed";
    }
    if (line(info, "role").equals(REPLICA)) {
      return "this Redis is a replica, which takes nothing: name its primary, %s:%s, or the Sentinels"
          .formatted(line(info, "master_host"), line(info, "master_port"));
    }
    return evicts(line(info, "maxmemory_policy"));
  }

  private static String evicts(String policy) {
    return policy.equals("noeviction")
        ? ""
        : "Redis would throw away messages: its maxmemory-policy is "
            + policy
            + ", but must be noeviction";
  }

  /// How many replicas are there and have answered within a second.
  private static long followers(String info) {
    return info.lines()
        .filter(line -> line.startsWith(REPLICA) && line.contains("state=online"))
        .filter(line -> line.endsWith("lag=0") || line.endsWith("lag=1"))
        .count();
  }

  private static String line(String info, String name) {
    return info.lines()
        .filter(line -> line.startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1).strip())
        .findFirst()
        .orElse("");
  }

  @Override
  public void close() {
    closing = true;
    LockSupport.unpark(watcher);
  }
}
