package dev.tidings.engine;

import dev.tidings.base.Clock;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/// What one needs who follows all logs in his own time: which moved, and what is said in them. The
/// logs themselves are the buffer: here only the numbers of conversations wait, and if these are
/// too many, it is said that any may have moved.
///
/// Noted by the writer; read by one follower, on a thread that may block, until the store closes.
public final class LogFeed {
  /// Conversations of which it is remembered that they moved.
  static final int MOVED_MAX = 65_536;

  /// There is no such conversation.
  public static final long NONE = -1;

  /// Takes what is said, in the order of each log.
  public interface Follower {
    /// A message says this at present.
    ///
    /// @param again whether it was told of before, with another text
    void says(long number, ConversationId in, Entry message, boolean again);

    /// A message says nothing any more.
    void silent(long number, long seq);
  }

  /// How far a log was followed.
  ///
  /// @param next the entry to go on with
  /// @param more whether there is one, and it is of the asked commits
  /// @param later whether there are entries of later commits
  public record Followed(long next, boolean more, boolean later) {}

  private final LogReader logs;
  private final Store store;
  private final Clock clock;
  private final long generation;
  private final LongSupplier committed;
  private final boolean trims;

  private final Set<Long> moved = ConcurrentHashMap.newKeySet();

  /// More moved than are remembered.
  private volatile boolean manyMoved;

  LogFeed(
      LogReader logs,
      Store store,
      Clock clock,
      long generation,
      LongSupplier committed,
      boolean trims) {
    this.logs = logs;
    this.store = store;
    this.clock = clock;
    this.generation = generation;
    this.committed = committed;
    this.trims = trims;
  }

  /// An entry was appended by a commit that is not told yet. Called by the writer.
  void moved(long number) {
    if (moved.size() < MOVED_MAX) {
      moved.add(number);
    } else {
      manyMoved = true;
    }
  }

  /// Names these logs as they stood at `commit`: others, also what a loss left of them, have
  /// another name, and so has what was written again behind an older copy of them.
  public String identity(long commit) {
    long number = logs.number(ConversationId.ALL).orElseThrow();
    long run = Runs.in(store).wrote(commit);
    return logs.meta(number).epoch(generation) + "." + Long.toString(run, 36);
  }

  /// The last commit that was kept. What moved by it is among [#takeMoved()].
  public long commit() {
    return committed.getAsLong();
  }

  /// The commit by which a user's texts were last erased, 0: never.
  public long erasure() {
    byte[] row = store.get(Keys.ERASED);
    return row == null ? 0 : new RowReader(row).number();
  }

  /// What moved since this was last asked; empty if any may have.
  public Optional<Set<Long>> takeMoved() {
    boolean many = manyMoved;
    manyMoved = false;
    Set<Long> taken = new TreeSet<>();
    for (Iterator<Long> numbers = moved.iterator(); numbers.hasNext(); ) {
      taken.add(numbers.next());
      numbers.remove();
    }
    return many ? Optional.empty() : Optional.of(taken);
  }

  /// What moved will be among [#takeMoved()] again.
  public void putBack(long number) {
    moved(number);
  }

  /// The first conversation of this number or a higher one, or [#NONE].
  public long conversation(long from) {
    try (Store.Scan metas = store.ascending(Keys.meta(from), Keys.metasEnd())) {
      return metas.next() ? Keys.lastNumber(metas.key()) : NONE;
    }
  }

  /// Whether logs are being trimmed at all.
  public boolean trims() {
    return trims;
  }

  /// The first seq that is kept.
  public long low(long number) {
    return logs.meta(number).low();
  }

  /// The first entry of a commit after `since`, or one behind the head.
  public long firstSince(long number, long since) {
    long low = logs.meta(number).low();
    if (since == 0) {
      return low;
    }
    long high;
    try (Store.Scan newest =
        store.descending(Keys.entry(number, low), Keys.entry(number, Long.MAX_VALUE))) {
      if (!newest.next()) {
        return low;
      }
      high = Keys.lastNumber(newest.key()) + 1;
      if (EntryRow.commit(newest.value()) <= since) {
        return high;
      }
    }
    return logs.firstSince(number, low, high, since);
  }

  /// Follows a log from the entry `from` on, at most so many, through all commits up to `until`.
  public Followed follow(long number, long from, long until, int entriesMax, Follower follower) {
    ConversationId in = logs.meta(number).id();
    long next = from;
    int entries = 0;
    try (Store.Scan scan =
        store.ascending(Keys.entry(number, from), Keys.entry(number, Long.MAX_VALUE))) {
      while (scan.next()) {
        next = Keys.lastNumber(scan.key());
        if (EntryRow.commit(scan.value()) > until) {
          return new Followed(next, false, true);
        }
        if (entries++ == entriesMax) {
          return new Followed(next, true, false);
        }
        tell(number, in, EntryRow.read(next, scan.value()), follower);
        next++;
      }
    }
    return new Followed(next, false, false);
  }

  private void tell(long number, ConversationId in, Entry entry, Follower follower) {
    switch (entry.kind()) {
      case MESSAGE -> says(number, in, entry, false, follower);
      case EDIT ->
          logs.entry(number, entry.ref())
              .filter(message -> message.rev() == entry.seq()) // else a later one says it
              .ifPresent(message -> says(number, in, message, true, follower));
      case RECALL -> follower.silent(number, entry.ref());
      case JOIN, LEAVE, KICK, INFO, END -> {}
    }
  }

  private void says(
      long number, ConversationId in, Entry message, boolean again, Follower follower) {
    if (!message.at(clock.epochMillis()).isVoid()) {
      follower.says(number, in, message, again);
    }
  }

  /// Whether a message says what it said with the edit `rev` (0: from the beginning).
  public boolean says(long number, long seq, long rev) {
    return logs.says(number, seq, rev).isPresent();
  }

  /// The present Unix time.
  public long nowMillis() {
    return clock.epochMillis();
  }
}
