package dev.tidings.driver;

import dev.tidings.engine.Engine;
import dev.tidings.engine.LogEngine;
import dev.tidings.engine.Query;
import dev.tidings.engine.TextIndex;
import dev.tidings.engine.Ticket;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Those that read for an engine (`store-reader-1` …), and where there is an index one that
/// searches (`store-searcher-1`), so that a long search keeps no other read waiting.
public final class ReadThreads {
  private static final Logger LOG = LoggerFactory.getLogger(ReadThreads.class);
  private static final int SEARCHERS = 1;
  private static final long READS_END_SECONDS = 10;

  private final ExecutorService readers;
  private final ExecutorService searchers;
  private final Optional<TextIndex> index;

  /// @param count those that read
  /// @param index ends when the reads do
  public ReadThreads(int count, Optional<TextIndex> index) {
    this.readers = Executors.newFixedThreadPool(count, named("store-reader-"));
    this.searchers = Executors.newFixedThreadPool(SEARCHERS, named("store-searcher-"));
    this.index = index;
  }

  private static ThreadFactory named(String prefix) {
    return Thread.ofPlatform().daemon().name(prefix, 1).factory();
  }

  /// Runs a read.
  public void execute(Runnable read) {
    readers.execute(read);
  }

  /// What an engine needs to search.
  public Optional<LogEngine.Searching> searching() {
    return index.map(words -> new LogEngine.Searching(words, searchers::execute));
  }

  /// Has `engine` read, unless these have ended meanwhile.
  public static boolean read(Engine engine, Query query, Ticket ticket) {
    try {
      return engine.read(query, ticket);
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  /// Waits until `others` have ended and then until the reads have, and lets no interrupt cut that
  /// short. Reads that take too long fail when the store is closed.
  ///
  /// @return whether the caller was interrupted, which he is to be again when all is over
  public boolean endBehind(List<Thread> others) {
    boolean interrupted = false;
    while (!isOver(others)) {
      try {
        for (Thread other : others) {
          other.join();
        }
        readers.shutdown();
        searchers.shutdown();
        index.ifPresent(TextIndex::close);
        if (!readers.awaitTermination(READS_END_SECONDS, TimeUnit.SECONDS)
            || !searchers.awaitTermination(READS_END_SECONDS, TimeUnit.SECONDS)) {
          LOG.warn("reads are under way still; they fail now");
          break;
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    return interrupted;
  }

  private boolean isOver(List<Thread> others) {
    return others.stream().noneMatch(Thread::isAlive)
        && readers.isTerminated()
        && searchers.isTerminated();
  }
}
