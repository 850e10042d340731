package dev.tidings.redis;

import dev.tidings.base.Clock;
import dev.tidings.base.Ids;
import dev.tidings.driver.ReadThreads;
import dev.tidings.engine.Batch;
import dev.tidings.engine.Change;
import dev.tidings.engine.Engine;
import dev.tidings.engine.EngineLimits;
import dev.tidings.engine.ForwardingEngine;
import dev.tidings.engine.Level;
import dev.tidings.engine.LogEngine;
import dev.tidings.engine.Query;
import dev.tidings.engine.Store;
import dev.tidings.engine.Store.StoreException;
import dev.tidings.engine.TextIndex;
import dev.tidings.engine.Ticket;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.api.StatefulConnection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The engine of one of many nodes, with its threads: one that decides and commits
/// (`store-writer`), one that hears what the other nodes commit (`store-follower`), and some that
/// read (`store-reader-1` …).
///
/// Every node decides by itself what its own clients ask, by the same rules as the embedded engine,
/// and all commits have one order ([RedisStore]). What others have committed is taken over in that
/// order, told to the lanes, and never decided again. While Redis cannot be reached nothing is
/// decided: changes wait for a moment and are then refused.
public final class RedisEngine extends ForwardingEngine {
  private static final Logger LOG = LoggerFactory.getLogger(RedisEngine.class);

  private static final int READERS = 4;
  private static final long END_MILLIS = 2_000;
  private static final int OPEN_ATTEMPTS = 50;

  /// Told commits that wait for the writer.
  private static final int TOLD_MAX = 256;

  /// So many at once are asked for.
  private static final int TOLD_PER_READ = 64;

  private static final long FOLLOW_BLOCK_MILLIS = 1_000;

  /// How long changes wait for Redis before they are refused.
  private static final long PATIENCE_MILLIS = 500;

  private static final long LOOK_AGAIN_MILLIS = 500;

  /// How often a node that has nothing to do looks whether Redis is there, and has all.
  private static final long WATCH_MILLIS = 1_000;

  private static final long TRY_AGAIN_MILLIS = 50;

  /// Waits for Redis as long as it takes here, whatever time the rules go by.
  private final Clock clock = Clock.system();

  private final Link link;
  private final RedisStore store;
  private final LogEngine engine;
  private final Durability durability;
  private final ReadThreads readers;
  private final Thread writer;
  private final Thread follower;
  private final BlockingQueue<Told> told = new ArrayBlockingQueue<>(TOLD_MAX);

  /// Whether something was submitted or heard since the writer last began to look.
  private final AtomicBoolean awake = new AtomicBoolean();

  private volatile boolean closing;
  private final CompletableFuture<Void> whenLost = new CompletableFuture<>();

  /// Why this node cannot go on until it is started again.
  private volatile String lost = "";

  // Confined to the writer.
  private final Turns turns;
  private long watchAtMillis;
  private long unreachableSinceMillis;
  private boolean unreachable;

  /// Redis has less than it had, and that is not told yet.
  private boolean missing;

  /// Opens what Redis holds under `prefix`, made if there is nothing. Nothing runs before
  /// [#start(List)].
  ///
  /// @param node names this start of this node: no other one has it, nor had
  /// @throws StoreException in words for an operator: not there, not ours, not fit
  public RedisEngine(
      RedisAddress address,
      String prefix,
      String node,
      Wanted wanted,
      EngineLimits limits,
      Clock clock,
      Ids ids,
      Optional<TextIndex> index) {
    this(address, prefix, node, wanted, limits, clock, ids, index, store -> store);
  }

  /// Deciding on a store that may have faults of its own.
  RedisEngine(
      RedisAddress address,
      String prefix,
      String node,
      Wanted wanted,
      EngineLimits limits,
      Clock clock,
      Ids ids,
      Optional<TextIndex> index,
      UnaryOperator<Store> faults) {
    this.link = Link.open(address, prefix);
    this.readers = new ReadThreads(READERS, index);
    this.writer = Thread.ofPlatform().daemon().name("store-writer").unstarted(this::write);
    this.follower = Thread.ofPlatform().daemon().name("store-follower").unstarted(this::follow);
    try {
      this.durability = new Durability(link, wanted);
      this.store = new RedisStore(link, durability, node);
      this.turns = new Turns(store);
      this.engine = open(faults.apply(store), wanted.level(), limits, clock, ids);
    } catch (RuntimeException e) {
      link.close();
      throw e;
    }
  }

  /// While it has the turn nobody else commits, so all it reads belongs together.
  private LogEngine open(Store decidedOn, Level level, EngineLimits limits, Clock clock, Ids ids) {
    store.look();
    for (int i = 0; i < OPEN_ATTEMPTS; i++) {
      RedisStore.Turn turn = store.take();
      if (turn.granted()) {
        store.begin(turn);
        try {
          LogEngine opened =
              new LogEngine(
                  decidedOn,
                  clock,
                  ids,
                  limits,
                  level,
                  "",
                  this::wakeWriter,
                  readers::execute,
                  readers.searching());
          if (turn.doubt()) {
            LOG.warn("Redis may have lost what it had confirmed: all epochs change");
            store.tellLoss(opened::raiseGeneration);
          } else if (opened.commit() == store.applied()
              && store.take().commit() == store.applied()) {
            store.pass();
            durability.prove(durability.askOfOthers(link.primary()), link.shared());
            return opened;
          }
        } catch (Store.NotKeptException e) {
          if (!e.isOvertaken()) {
            throw e;
          }
        }
      } else {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(Math.min(turn.leftMillis(), 100)));
      }
    }
    throw new StoreException("other nodes leave no turn to read what there is", null);
  }

  @Override
  public void start(List<LaneDoor> lanes) {
    engine.start(lanes);
    writer.start();
    follower.start();
    durability.start(this::wakeWriter);
  }

  private long now() {
    return clock.monotonicMillis();
  }

  private void wakeWriter() {
    if (!awake.getAndSet(true)) {
      LockSupport.unpark(writer);
    }
  }

  // What the others commit.

  private void follow() {
    long after = store.applied();
    @Nullable StatefulConnection<byte[], byte[]> connection = null;
    boolean deaf = false;
    while (!closing && lost.isEmpty()) {
      try {
        if (connection == null) {
          connection = link.connect();
        }
        List<StreamMessage<byte[], byte[]>> more = toldAfter(connection, after);
        deaf = false;
        Level level = more.isEmpty() ? Level.MEMORY : keptAs(connection);
        for (StreamMessage<byte[], byte[]> each : more) {
          Told next = Told.of(each, level);
          after = next.commit();
          told.put(next);
          wakeWriter();
        }
      } catch (InterruptedException e) {
        break;
      } catch (RuntimeException e) {
        if (!closing && !deaf) {
          LOG.warn("cannot hear what other nodes commit: {}", e.getMessage());
        }
        deaf = true;
        connection = closed(connection);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(TRY_AGAIN_MILLIS));
      }
    }
    closed(connection);
  }

  /// How safely it is kept what was told here. Where replicas are wanted nobody hears of it before.
  private Level keptAs(StatefulConnection<byte[], byte[]> connection) {
    Durability.Asked asked = durability.askOfOthers(link.primary(connection));
    return durability.prove(asked, link.shared());
  }

  /// Waits a little for commits behind this one.
  @SuppressWarnings("unchecked") // an array of one
  private List<StreamMessage<byte[], byte[]>> toldAfter(
      StatefulConnection<byte[], byte[]> connection, long after) {
    return link.await(
        Link.commands(connection)
            .xread(
                XReadArgs.Builder.block(FOLLOW_BLOCK_MILLIS).count(TOLD_PER_READ),
                XReadArgs.StreamOffset.from(link.key(Told.STREAM), after + "-0")),
        3 * FOLLOW_BLOCK_MILLIS);
  }

  private static @Nullable StatefulConnection<byte[], byte[]> closed(
      @Nullable StatefulConnection<byte[], byte[]> connection) {
    if (connection != null) {
      connection.closeAsync();
    }
    return null;
  }

  // The writer.

  private void write() {
    store.own(() -> !engine.isDrained());
    while (!closing) {
      awake.set(false);
      try {
        if (!step()) {
          rest();
        }
      } catch (RuntimeException | Error e) {
        LOG.error("the writer cannot go on", e);
        lose("the writer failed: " + e.getMessage());
      }
    }
  }

  private void rest() {
    if (!awake.get() && !closing) {
      long millis = turns.restMillis(unreachable ? TRY_AGAIN_MILLIS : LOOK_AGAIN_MILLIS, now());
      LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(millis));
    }
  }

  /// Does what there is to do; `false` if there was nothing, or it has to wait.
  private boolean step() {
    if (!lost.isEmpty()) {
      engine.hold(lost);
      return engine.drain();
    }
    if (missing) {
      tellLoss();
      return engine.drain();
    }
    boolean heard = absorbAll();
    if (!lost.isEmpty()) {
      return true;
    }
    if (!durability.unfit().isEmpty()) {
      engine.hold(durability.unfit());
      turns.giveBack();
      watch();
      return engine.drain() || heard;
    }
    boolean work = !engine.isDrained() || engine.isUntidy();
    if (!work) {
      turns.giveBack();
      watch();
      return heard;
    }
    if (turns.isBehind()) {
      return heard || refuseWhatHasWaited();
    }
    long begun = now();
    try {
      Turns.Answer answer = turns.ask(begun);
      unreachable = false; // who was unsure has asked
      if (answer == Turns.Answer.LOST) {
        lost(turns.lastCommit());
      }
      if (answer != Turns.Answer.DECIDE) {
        return heard;
      }
      long before = store.applied();
      engine.hold("");
      boolean did = engine.isDrained() ? engine.tidy() : engine.drain();
      if (store.applied() == before) {
        turns.nothingCommitted(!engine.isDrained(), now());
      } else {
        turns.committed(now());
      }
      if (did && store.applied() == before && !engine.fault().isEmpty()) {
        unreachable(begun, engine.fault());
      }
      return did || heard;
    } catch (StoreException e) {
      unreachable(begun, String.valueOf(e.getMessage()));
      if (e instanceof Store.NotKeptException) {
        watch(); // it answers: is it still what it was?
      }
      return heard || refuseWhatHasWaited();
    }
  }

  private boolean absorbAll() {
    boolean any = false;
    for (Told next = told.poll(); next != null; next = told.poll()) {
      any = true;
      if (next.commit() > store.applied()) {
        if (!store.isOurs(next.generation())) {
          lose("another generation has begun");
          return true;
        }
        if (!store.isSameHistory(next)) {
          lost(next.commit());
          return true;
        }
        if (next.commit() != store.applied() + 1) {
          lose("what other nodes have committed is no longer all there");
          return true;
        }
        Batch batch = Batch.of(next.row());
        store.absorbed(next, batch);
        engine.absorb(batch);
        turns.heard(next.next(), now());
      }
    }
    return any;
  }

  private void unreachable(long sinceMillis, String why) {
    if (!unreachable) {
      LOG.warn("Redis cannot be asked: {}", why);
      unreachableSinceMillis = sinceMillis;
    }
    unreachable = true;
    turns.unsure();
  }

  /// While there is nothing to do: is Redis there, and has it all that it had?
  private void watch() {
    long now = now();
    if (now - watchAtMillis < 0) {
      return;
    }
    watchAtMillis = now + WATCH_MILLIS;
    try {
      RedisStore.Turn found = store.look();
      if (unreachable) {
        LOG.info("Redis answers again");
      }
      unreachable = false;
      engine.hold(durability.unfit());
      if (!store.isSameHistory(found)) {
        lost(found.commit());
      }
    } catch (StoreException e) {
      unreachable(now, String.valueOf(e.getMessage()));
      engine.hold("Redis cannot be reached");
    }
  }

  /// Redis does not have all that it had.
  private void lost(long commit) {
    LOG.error("Redis has {} commits and not the {} that were kept", commit, store.applied());
    engine.hold("Redis has lost what it had confirmed");
    missing = true;
    tellLoss();
  }

  /// Everybody is told so, here and at the other nodes, by another generation: every epoch changes,
  /// and older cursors are refused. Tried again until it is done.
  private void tellLoss() {
    try {
      if (!store.isGone()) { // what begins anew has a generation of its own
        RedisStore.Turn turn = store.take();
        if (!turn.granted()) {
          return;
        }
        store.begin(turn);
        store.tellLoss(engine::raiseGeneration);
        store.pass();
      }
    } catch (StoreException e) {
      LOG.warn("it could not be told: {}", e.getMessage());
      return;
    }
    missing = false;
    lose("Redis has lost what it had confirmed");
  }

  private boolean refuseWhatHasWaited() {
    if (unreachable && now() - unreachableSinceMillis > PATIENCE_MILLIS) {
      engine.hold("Redis cannot be reached");
      return engine.drain();
    }
    return false;
  }

  private void lose(String why) {
    if (lost.isEmpty()) {
      LOG.error("this node begins anew: {}", why);
      lost = why + ", beginning anew";
      whenLost.complete(null);
    }
  }

  /// Whether this node could prove of the next primary that it has all.
  boolean isWitness() {
    return durability.isWitness();
  }

  /// Done when this engine cannot go on, for what it knows and what Redis has are two histories: it
  /// is to be closed and another one opened. Done by the writer, which must not be kept.
  public CompletionStage<Void> lost() {
    return whenLost;
  }

  @Override
  public boolean submit(Change change) {
    return !closing && engine.submit(change);
  }

  @Override
  public boolean read(Query query, Ticket ticket) {
    return !closing && ReadThreads.read(engine, query, ticket);
  }

  @Override
  protected Engine engine() {
    return engine;
  }

  @Override
  public Level level() {
    return durability.next();
  }

  @Override
  public String fault() {
    return lost.isEmpty() ? engine.fault() : lost;
  }

  /// Answers what was accepted, then leaves Redis. Harmless when repeated.
  @Override
  public void close() {
    if (closing) {
      return;
    }
    long end = now() + END_MILLIS;
    while (writer.isAlive() && !engine.isDrained() && now() - end < 0) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
    closing = true;
    durability.close();
    follower.interrupt();
    LockSupport.unpark(writer);
    boolean interrupted = readers.endBehind(List.of(writer, follower));
    store.own(() -> false);
    turns.giveBack();
    engine.close();
    link.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
