package dev.tidings.search;

import dev.tidings.base.Clock;
import dev.tidings.engine.LogFeed;
import dev.tidings.engine.TextIndex;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.IndexFormatTooNewException;
import org.apache.lucene.index.IndexFormatTooOldException;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.store.FSDirectory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The index of a node: a folder, and the thread `indexer` that follows the logs.
///
/// Nothing is opened, and nothing of Lucene loaded, before something is said or sought or the
/// server has run for a minute with an index that was there. Behind each step the thread rests
/// three times as long as the step took, so that it takes a quarter of a core at most; what it has
/// not taken yet waits in the logs. A folder that is damaged is deleted, for it can be made anew.
public final class SearchIndex implements TextIndex {
  private static final Logger LOG = LoggerFactory.getLogger(SearchIndex.class);

  /// So many times as long as a step took the thread rests behind it.
  private static final int RESTS = 3;

  /// So long what is said gathers before it is taken.
  private static final long GATHER_MICROS = 200_000;

  /// So long it lets pass between what it has taken and what comes next: each time Lucene writes a
  /// small file, and these want to be merged.
  private static final long PASS_EVERY_MICROS = 1_000_000;

  /// So often it looks for itself.
  private static final long LOOK_AGAIN_MICROS = 10_000_000;

  /// So soon after the start an index that is there is opened in any case.
  private static final long OPEN_LATEST_MICROS = 60_000_000;

  private static final long REST_MICROS = 60_000_000;

  /// The longest that a search may take, and wait for the index to be opened.
  private static final long SEARCH_MILLIS_MAX = 1_000;

  private static final long OPEN_MILLIS_MAX = 5_000;

  private final Path folder;
  private final Clock clock;
  private final Thread thread;
  private final AtomicBoolean woken = new AtomicBoolean();
  private final CountDownLatch opened = new CountDownLatch(1);
  private @Nullable LogFeed feed;

  /// What is open at present.
  private record Open(IndexFolder index, Indexer indexer) {}

  private volatile @Nullable Open open;
  private volatile boolean damaged;
  private volatile boolean closing;

  /// The index in the folder `data`, made if it is not there once it is needed.
  public SearchIndex(Path data, Clock clock) {
    this.folder = folder(data);
    this.clock = clock;
    this.thread = Thread.ofPlatform().daemon().name("indexer").unstarted(this::run);
  }

  private static Path folder(Path data) {
    return data.resolve("search").toAbsolutePath();
  }

  @Override
  public void follow(LogFeed logs) {
    feed = logs;
    thread.start();
  }

  @Override
  public void wake() {
    if (!woken.getAndSet(true)) {
      LockSupport.unpark(thread);
    }
  }

  @Override
  public Finding find(Wanted wanted) {
    Open now = open;
    if (now == null) {
      wake();
      now = awaitOpen();
    }
    if (now == null) {
      return new Finding.NotNow("the index is being opened");
    }
    long deadline = clock.monotonicMillis() + SEARCH_MILLIS_MAX;
    try {
      return now.index()
          .find(
              wanted,
              now.indexer().isWhole(),
              () -> closing || clock.monotonicMillis() - deadline >= 0);
    } catch (AlreadyClosedException e) {
      return new Finding.NotNow("the index is being opened");
    } catch (IOException e) {
      LOG.error("search failed", e);
      damaged |= isDamage(e);
      wake();
      return new Finding.NotNow("the index cannot be read");
    }
  }

  private @Nullable Open awaitOpen() {
    try {
      if (!opened.await(OPEN_MILLIS_MAX, TimeUnit.MILLISECONDS)) {
        return null;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return open;
  }

  private void run() {
    pause(Files.isDirectory(folder) ? OPEN_LATEST_MICROS : Long.MAX_VALUE, /* untilWoken= */ true);
    while (!closing) {
      try {
        if (damaged) {
          damaged = false;
          delete(folder);
        }
        work();
      } catch (IOException | RuntimeException | Error e) {
        rest(e);
      }
    }
  }

  private void rest(Throwable e) {
    open = null;
    if (isDamage(e)) {
      LOG.warn("index is damaged and will be made anew from the logs: {}", e.toString());
      damaged = true;
    } else if (!closing) {
      LOG.error("index cannot follow, tries again in a minute", e);
      pause(REST_MICROS, /* untilWoken= */ false);
    }
  }

  /// Whether what is there cannot be read, whoever tries. The reasons why nothing more can be
  /// written, a full disk for one, are none.
  private static boolean isDamage(@Nullable Throwable e) {
    return e != null
        && (e instanceof CorruptIndexException
            || e instanceof IndexFormatTooOldException
            || e instanceof IndexFormatTooNewException
            || e instanceof EOFException
            || e instanceof NoSuchFileException
            || e instanceof FileNotFoundException
            || isDamage(e.getCause()));
  }

  private void work() throws IOException {
    LogFeed logs = feed;
    if (logs == null) {
      throw new IllegalStateException("nothing to follow");
    }
    Files.createDirectories(folder);
    try (FSDirectory directory = FSDirectory.open(folder);
        IndexFolder index = new IndexFolder(directory)) {
      Indexer indexer = new Indexer(logs, index, clock, () -> closing);
      open = new Open(index, indexer);
      opened.countDown();
      while (!closing && !damaged) {
        woken.set(false); // before looking: what moves behind this look sets it again
        long begun = clock.monotonicMicros();
        boolean worked = indexer.step();
        long rest = RESTS * (clock.monotonicMicros() - begun);
        if (indexer.isUnderWay()) {
          pause(rest, /* untilWoken= */ false);
        } else if (worked) {
          pause(Math.max(rest, PASS_EVERY_MICROS), /* untilWoken= */ false);
        } else {
          pause(LOOK_AGAIN_MICROS, /* untilWoken= */ true);
          pause(GATHER_MICROS, /* untilWoken= */ false);
        }
      }
      if (closing) {
        indexer.commit();
      }
    } finally {
      open = null;
    }
  }

  private void pause(long micros, boolean untilWoken) {
    long begun = clock.monotonicMicros();
    long left = micros;
    while (left > 0 && !closing && !(untilWoken && woken.get())) {
      LockSupport.parkNanos(this, TimeUnit.MICROSECONDS.toNanos(left));
      left = micros - (clock.monotonicMicros() - begun);
    }
  }

  /// Ends following and keeps what was followed. Harmless when repeated. To be called before the
  /// store closes.
  @Override
  public void close() {
    closing = true;
    opened.countDown();
    LockSupport.unpark(thread);
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// Deletes the index of the folder `data`, if there is one: it is made anew when it is needed.
  public static void forget(Path data) throws IOException {
    delete(folder(data));
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    for (Path file : files) {
      Files.deleteIfExists(file);
    }
    Files.deleteIfExists(folder);
  }
}
