package dev.tidings.embedded;

import dev.tidings.base.Check;
import dev.tidings.base.Clock;
import dev.tidings.base.Ids;
import dev.tidings.driver.ReadThreads;
import dev.tidings.engine.Change;
import dev.tidings.engine.Engine;
import dev.tidings.engine.EngineLimits;
import dev.tidings.engine.ForwardingEngine;
import dev.tidings.engine.Level;
import dev.tidings.engine.LogEngine;
import dev.tidings.engine.Query;
import dev.tidings.engine.Store;
import dev.tidings.engine.TextIndex;
import dev.tidings.engine.Ticket;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The engine of a single node, with its threads: one that decides and writes (`store-writer`), two
/// that read (`store-reader-1`, `store-reader-2`), and where there is an index one that searches
/// (`store-searcher-1`), so that a long search keeps no other read waiting.
///
/// The writer takes whatever has queued up as one batch and syncs it once; while it waits for the
/// disk the next batch gathers, so the batches grow with the load and a lone sender waits for one
/// sync only. When there is nothing to do it tidies up, and sleeps but for a look at the free space
/// each second.
public final class EmbeddedEngine extends ForwardingEngine {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedEngine.class);

  private static final int READERS = 2;
  private static final long LOOK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final LogEngine engine;
  private final DiskGuard guard;
  private final ReadThreads readers;
  private final Thread writer;

  /// Whether something was submitted since the writer last began to look.
  private final AtomicBoolean submitted = new AtomicBoolean();

  private volatile boolean closing;

  /// Opens what the folder `data` holds, made if it is not there. Nothing runs before
  /// [#start(List)].
  ///
  /// @param level [Level#DISK] or [Level#MEMORY]
  /// @throws Store.StoreException in words for an operator: in use, damaged, not readable
  public EmbeddedEngine(Path data, Level level, EngineLimits limits, Clock clock, Ids ids) {
    this(data, level, limits, clock, ids, Optional.empty());
  }

  /// As the other one, with an index that it ends when it ends itself.
  public EmbeddedEngine(
      Path data,
      Level level,
      EngineLimits limits,
      Clock clock,
      Ids ids,
      Optional<TextIndex> index) {
    this(
        RocksStore.open(data, RocksStore.Memory.DEFAULTS),
        DiskGuard.of(data, clock),
        BootId.ofThisMachine(),
        level,
        limits,
        clock,
        ids,
        index);
  }

  EmbeddedEngine(
      Store store,
      DiskGuard guard,
      String boot,
      Level level,
      EngineLimits limits,
      Clock clock,
      Ids ids) {
    this(store, guard, boot, level, limits, clock, ids, Optional.empty());
  }

  EmbeddedEngine(
      Store store,
      DiskGuard guard,
      String boot,
      Level level,
      EngineLimits limits,
      Clock clock,
      Ids ids,
      Optional<TextIndex> index) {
    Check.that(level != Level.REPLICAS, "a single node has no replicas");
    this.guard = guard;
    this.readers = new ReadThreads(READERS, index);
    this.writer = Thread.ofPlatform().daemon().name("store-writer").unstarted(this::write);
    try {
      this.engine =
          new LogEngine(
              store,
              clock,
              ids,
              limits,
              level,
              boot,
              this::wakeWriter,
              readers::execute,
              readers.searching());
    } catch (RuntimeException e) {
      store.close();
      throw e;
    }
  }

  @Override
  public void start(List<LaneDoor> lanes) {
    engine.start(lanes);
    writer.start();
  }

  private void wakeWriter() {
    // A plain read first would be cheaper, but could pass the element that was just queued.
    if (!submitted.getAndSet(true)) {
      LockSupport.unpark(writer);
    }
  }

  private void write() {
    while (!closing) {
      // Cleared before looking: whatever is queued behind this look sets it again.
      submitted.set(false);
      drainAll();
      while (!submitted.get() && !closing) {
        engine.hold(guard.obstacle());
        if (!tidy()) {
          LockSupport.parkNanos(this, LOOK_AGAIN_NANOS);
        }
      }
    }
    drainAll();
  }

  private boolean tidy() {
    try {
      return engine.tidy();
    } catch (RuntimeException | Error e) {
      LOG.error("the writer cannot go on", e);
      return false;
    }
  }

  private void drainAll() {
    try {
      do {
        engine.hold(guard.obstacle());
      } while (engine.drain());
    } catch (RuntimeException | Error e) {
      // The engine refuses changes from now on; what is still queued is told so in the next turn.
      LOG.error("the writer cannot go on", e);
      submitted.set(true);
    }
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

  /// Answers what was accepted, then closes the store. Waits for the disk, and lets no interrupt
  /// cut that short. Harmless when repeated.
  @Override
  public void close() {
    closing = true;
    LockSupport.unpark(writer);
    boolean interrupted = readers.endBehind(List.of(writer));
    engine.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
