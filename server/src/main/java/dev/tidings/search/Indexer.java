package dev.tidings.search;

import dev.tidings.base.Clock;
import dev.tidings.engine.ConversationId;
import dev.tidings.engine.Entry;
import dev.tidings.engine.LogFeed;
import dev.tidings.engine.LogFeed.Followed;
import dev.tidings.engine.LogFeed.Follower;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows the logs, a little with each [#step()], in passes: each takes the logs that have moved,
/// or all of them, up to the commit at which it began. Confined to one thread, but for
/// [#isWhole()].
final class Indexer {
  private static final Logger LOG = LoggerFactory.getLogger(Indexer.class);

  /// Entries taken in one step.
  static final int ENTRIES_MAX = 1_000;

  /// Logs looked at for what was trimmed, in one step.
  static final int LOOKS_MAX = 1_000;

  private static final long SHOW_EVERY_MILLIS = 1_000;
  static final long COMMIT_EVERY_MILLIS = 60_000;
  static final long TIDY_EVERY_MILLIS = 60_000;

  private final LogFeed feed;
  private final IndexFolder index;
  private final Clock clock;
  private final BooleanSupplier stop;
  private final Follower follower = new Putting();

  private long followed;
  private long erasure;

  /// All logs are to be looked at: it is not known which moved.
  private boolean anyMoved;

  /// The commit up to which this pass goes, 0: none is under way.
  private long until;

  /// Whether this pass takes all logs.
  private boolean all;

  /// Whether it holds all but the last moments.
  private volatile boolean whole;

  private Iterator<Long> some = Collections.emptyIterator();
  private long number;
  private long seq;

  private State kept;
  private boolean unseen;
  private long shownMillis;
  private long committedMillis;
  private long tidyMillis;

  /// The log at which looking for what was trimmed goes on, [LogFeed#NONE]: that is done.
  private long tidyAt;

  private long begunMillis;
  private long count;

  /// @param stop whether to end, asked where something takes long
  Indexer(LogFeed feed, IndexFolder index, Clock clock, BooleanSupplier stop) throws IOException {
    this.feed = feed;
    this.index = index;
    this.clock = clock;
    this.stop = stop;
    State found = index.state();
    if (found.newest() > feed.commit() || !found.identity().equals(feed.identity(found.newest()))) {
      index.clear();
      found = State.nothing(feed.identity(0), feed.erasure());
      LOG.info("index is made anew from the logs");
    }
    kept = found;
    followed = found.followed();
    erasure = found.erasure();
    until = found.until();
    all = until > 0;
    number = found.number();
    seq = found.seq();
    anyMoved = true;
    shownMillis = clock.monotonicMillis();
    committedMillis = shownMillis;
    tidyMillis = shownMillis;
    begunMillis = shownMillis;
  }

  /// Whether it holds all but the last moments.
  boolean isWhole() {
    return whole;
  }

  /// Whether [#step()] has something to do without being woken.
  boolean isUnderWay() {
    return until > 0 || tidyAt != LogFeed.NONE || unseen;
  }

  /// Does a little; false if there was nothing to do.
  boolean step() throws IOException {
    boolean worked = tidy();
    if (until == 0) {
      begin();
    }
    if (until > 0) {
      worked = true;
      proceed();
    }
    long now = clock.monotonicMillis();
    if (unseen && (until == 0 || now - shownMillis >= SHOW_EVERY_MILLIS)) {
      index.show();
      unseen = false;
      shownMillis = now;
    }
    whole = !all && !anyMoved; // not before it is shown
    if (now - committedMillis >= COMMIT_EVERY_MILLIS) {
      committedMillis = now;
      commit();
    }
    return worked;
  }

  private void begin() {
    long commit = feed.commit(); // before asking what moved: see LogFeed
    Optional<Set<Long>> moved = feed.takeMoved();
    boolean any = moved.isEmpty() || anyMoved;
    anyMoved = false;
    if (commit == followed) {
      moved.ifPresent(each -> each.forEach(feed::putBack)); // by a commit that does not count yet
      anyMoved = moved.isEmpty();
      return;
    }
    if (any) {
      until = commit;
      all = true;
      whole = false;
      count = 0;
      begunMillis = clock.monotonicMillis();
      number = feed.conversation(0);
    } else if (moved.get().isEmpty()) {
      followed = commit; // nothing was said
      return;
    } else {
      until = commit;
      some = moved.get().iterator();
      number = some.next();
    }
    seq = 0;
  }

  private void proceed() throws IOException {
    try {
      long left = ENTRIES_MAX;
      while (left > 0 && number != LogFeed.NONE) {
        if (seq == 0) {
          seq = feed.firstSince(number, followed);
        }
        Followed taken = feed.follow(number, seq, until, (int) left, follower);
        left -= taken.next() - seq + 1;
        seq = taken.next();
        if (!taken.more()) {
          if (taken.later()) {
            feed.putBack(number);
          }
          number = next();
          seq = 0;
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    if (number == LogFeed.NONE) {
      if (all && count > 0) {
        LOG.info(
            "index followed all logs messages={} millis={}",
            count,
            clock.monotonicMillis() - begunMillis);
      }
      followed = until;
      until = 0;
      all = false;
    }
  }

  private long next() {
    if (all) {
      return feed.conversation(number + 1);
    }
    return some.hasNext() ? some.next() : LogFeed.NONE;
  }

  private final class Putting implements Follower {
    @Override
    public void says(long number, ConversationId in, Entry message, boolean again) {
      try {
        index.put(number, in, message, again);
        unseen = true;
        count++;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void silent(long number, long seq) {
      try {
        index.remove(number, seq);
        unseen = true;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /// Removes what became void without an entry that says so; false if it is not the time for that.
  private boolean tidy() throws IOException {
    long erased = feed.erasure();
    if (erased > erasure) {
      if (index.audit(feed::says, stop)) {
        erasure = erased;
        unseen = true;
      }
      return true;
    }
    long now = clock.monotonicMillis();
    if (now - tidyMillis >= TIDY_EVERY_MILLIS) {
      tidyMillis = now;
      tidyAt = feed.trims() ? 0 : LogFeed.NONE;
      index.removeExpired(feed.nowMillis());
      unseen = true;
    }
    if (tidyAt == LogFeed.NONE) {
      return false;
    }
    for (int looks = 0; looks < LOOKS_MAX && tidyAt != LogFeed.NONE; looks++) {
      long log = feed.conversation(tidyAt);
      if (log != LogFeed.NONE && feed.low(log) > 1) {
        index.removeBefore(log, feed.low(log));
        unseen = true;
      }
      tidyAt = log == LogFeed.NONE ? LogFeed.NONE : log + 1;
    }
    return true;
  }

  /// Keeps what was followed, unless it is in the middle of some logs.
  void commit() throws IOException {
    if (until > 0 && !all) {
      return;
    }
    State state =
        until == 0
            ? new State(feed.identity(followed), followed, 0, 0, 0, erasure)
            : new State(feed.identity(until), followed, until, number, seq, erasure);
    if (!state.equals(kept)) {
      index.commit(state);
      kept = state;
    }
  }
}
