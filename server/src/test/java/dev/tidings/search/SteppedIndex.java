package dev.tidings.search;

import dev.tidings.base.Clock;
import dev.tidings.engine.LogFeed;
import dev.tidings.engine.TextIndex;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.apache.lucene.store.Directory;

/// An index without a thread: it follows in the thread of whoever searches, before each search,
/// unless it is told to lie behind.
final class SteppedIndex implements TextIndex {
  private final Directory directory;
  private final Clock clock;
  private Optional<IndexFolder> folder = Optional.empty();
  private Optional<Indexer> indexer = Optional.empty();
  private boolean behind;

  SteppedIndex(Directory directory, Clock clock) {
    this.directory = directory;
    this.clock = clock;
  }

  @Override
  public void follow(LogFeed feed) {
    try {
      folder = Optional.of(new IndexFolder(directory));
      indexer = Optional.of(new Indexer(feed, folder.get(), clock, () -> false));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Follows no more until [#followsAgain].
  void liesBehind() {
    behind = true;
  }

  void followsAgain() {
    behind = false;
  }

  /// One step of many.
  void step() {
    try {
      indexer.orElseThrow().step();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void catchUp() {
    try {
      boolean worked = true;
      while (worked || indexer.orElseThrow().isUnderWay()) {
        worked = indexer.orElseThrow().step();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void commit() {
    try {
      indexer.orElseThrow().commit();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void wake() {}

  @Override
  public Finding find(Wanted wanted) {
    if (!behind) {
      catchUp();
    }
    try {
      return folder.orElseThrow().find(wanted, indexer.orElseThrow().isWhole(), () -> false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// As a kill does: what was not committed is gone.
  @Override
  public void close() {
    try {
      folder.orElseThrow().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
