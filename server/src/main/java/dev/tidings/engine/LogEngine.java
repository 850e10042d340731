package dev.tidings.engine;

import static dev.tidings.protocol.ErrorCode.BUSY;
import static dev.tidings.protocol.ErrorCode.INTERNAL;
import static dev.tidings.protocol.ErrorCode.UNAVAILABLE;

import dev.tidings.base.Check;
import dev.tidings.base.Clock;
import dev.tidings.base.Ids;
import dev.tidings.engine.CommitListener.Answered;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An engine on a [Store]: a bounded queue, one writer behind it, and what was committed handed to
/// every lane as one batch together with its answers.
///
/// It starts no thread: whoever made it calls [#drain()] from one thread whenever `wakeUp` was
/// called, and runs its reads. In the simulation both are a lane's queue.
///
/// After a commit that failed it takes no change any more until the store is opened anew. What the
/// failed batch left on disk is unknown and may be found by the next start: if the engine went on,
/// a `cid` of that batch could then lead to another entry that took its number meanwhile, and a
/// repeat would be answered `ok` for something that was never kept.
public final class LogEngine implements Engine {
  /// Runs reads, on threads that may block.
  @FunctionalInterface
  public interface Readers {
    void execute(Runnable read);
  }

  /// Where words are found.
  ///
  /// @param threads run searches, which may take longer than other reads
  public record Searching(TextIndex index, Readers threads) {}

  private static final Logger LOG = LoggerFactory.getLogger(LogEngine.class);

  private static final long QUEUED_BYTES_MAX = 32L << 20;

  /// Signals are taken up to here only.
  private static final long SIGNALS_QUEUED_BYTES_MAX = QUEUED_BYTES_MAX / 4;

  private static final int QUEUED_READS_MAX = 16_384;
  private static final int QUEUED_SEARCHES_MAX = 64;
  private static final int BATCH_CHANGES_MAX = 4_096;
  private static final long BATCH_BYTES_MAX = 8L << 20;
  private static final long RETRY_MILLIS = 1_000;
  private static final String NOT_TOLD = "a lane could not be told of a commit";
  private static final long RETRY_BROKEN_MILLIS = 5_000;

  private final Store store;
  private final Ledger ledger;
  private final LogReader reader;
  private final Level level;
  private final Runnable wakeUp;
  private final Readers readers;
  private final Optional<Searching> searching;
  private final LogFeed feed;

  private final MpscUnboundedArrayQueue<Change> queue = new MpscUnboundedArrayQueue<>(1024);
  private final AtomicLong queuedBytes = new AtomicLong();
  private final AtomicInteger queuedReads = new AtomicInteger();
  private final AtomicInteger queuedSearches = new AtomicInteger();
  private final List<Change> batch = new ArrayList<>();

  /// A batch that was overtaken by another node, to be decided again before anything else.
  private List<Change> again = List.of();

  private volatile long committed;

  /// Why nothing was kept the last time; `""` after something was.
  private volatile String fault = "";

  /// Why nothing may be kept at present; see [#hold].
  private volatile String hold = "";

  /// Why nothing can be kept until the next start.
  private volatile String broken = "";

  private volatile boolean closed;
  private List<LaneDoor> lanes = List.of();

  /// The last commit that the lanes were told. Confined to the thread that drains, once started.
  private long toldCommit;

  /// Opens what `store` holds; nothing can be searched for.
  public LogEngine(
      Store store,
      Clock clock,
      Ids ids,
      EngineLimits limits,
      Level level,
      String boot,
      Runnable wakeUp,
      Readers readers) {
    this(store, clock, ids, limits, level, boot, wakeUp, readers, Optional.empty());
  }

  /// Opens what `store` holds.
  ///
  /// @param level how safely entries will be kept
  /// @param boot names this start of the machine, `""` if unknown
  /// @param wakeUp called from any thread when there is something to drain
  /// @param readers runs reads, on threads that may block
  public LogEngine(
      Store store,
      Clock clock,
      Ids ids,
      EngineLimits limits,
      Level level,
      String boot,
      Runnable wakeUp,
      Readers readers,
      Optional<Searching> searching) {
    this.store = store;
    this.ledger = new Ledger(store, clock, ids, limits, level, boot);
    this.committed = ledger.state().commit();
    this.toldCommit = committed;
    long generation = ledger.state().generation();
    this.reader =
        new LogReader(
            store,
            clock,
            generation,
            ledger.moves(),
            () -> committed,
            searching.map(Searching::index));
    this.searching = searching;
    this.feed =
        new LogFeed(reader, store, clock, generation, () -> committed, !limits.retention().isAll());
    searching.ifPresent(with -> with.index().follow(feed));
    this.level = level;
    this.wakeUp = wakeUp;
    this.readers = readers;
  }

  @Override
  public void start(List<LaneDoor> doors) {
    Check.that(lanes.isEmpty(), "an engine starts once");
    lanes = List.copyOf(doors);
  }

  @Override
  public boolean submit(Change change) {
    int bytes = change.sizeBytes();
    long most = change instanceof Change.Signal ? SIGNALS_QUEUED_BYTES_MAX : QUEUED_BYTES_MAX;
    if (closed || queuedBytes.addAndGet(bytes) > most) {
      queuedBytes.addAndGet(-bytes);
      return false;
    }
    queue.add(change);
    wakeUp.run();
    return true;
  }

  @Override
  public boolean read(Query query, Ticket ticket) {
    if (query instanceof Query.Search && searching.isPresent()) {
      Readers searchers = searching.get().threads();
      return read(query, ticket, searchers, queuedSearches, QUEUED_SEARCHES_MAX);
    }
    return read(query, ticket, readers, queuedReads, QUEUED_READS_MAX);
  }

  private boolean read(
      Query query, Ticket ticket, Readers threads, AtomicInteger queued, int queuedMax) {
    if (closed || queued.incrementAndGet() > queuedMax) {
      queued.decrementAndGet();
      return false;
    }
    threads.execute(() -> {
      queued.decrementAndGet();
      serve(query, ticket);
    });
    return true;
  }

  private void serve(Query query, Ticket ticket) {
    Answer answer;
    try {
      answer = reader.read(query);
    } catch (Store.NotKeptException e) {
      LOG.debug("cannot be read at present", e); // whoever commits says so
      answer = new Answer.Refused(UNAVAILABLE, "store failed", RETRY_MILLIS);
    } catch (Store.StoreException e) {
      LOG.error("read failed query={}", query.getClass().getSimpleName(), e);
      answer = new Answer.Refused(UNAVAILABLE, "store failed", RETRY_MILLIS);
    } catch (RuntimeException e) {
      LOG.error("read failed query={}", query.getClass().getSimpleName(), e);
      answer = new Answer.Refused(INTERNAL, "internal error", RETRY_MILLIS);
    }
    Answer ready = answer;
    lanes.get(ticket.lane()).lane().execute(() -> ticket.on(ready));
  }

  /// Decides and keeps one batch of what has queued up; `false` if there was nothing. Called by one
  /// thread at a time.
  public boolean drain() {
    batch.clear();
    if (again.isEmpty()) {
      queuedBytes.addAndGet(-takeQueued());
    } else {
      batch.addAll(again);
      again = List.of();
    }
    if (batch.isEmpty()) {
      return false;
    }
    telling(this::decide, NOT_TOLD);
    return true;
  }

  /// Does what tells the lanes of a commit. If that fails, some of them heard of it and others did
  /// not, and nobody can say any more who knows what.
  ///
  /// @param otherwise what is wrong then
  private void telling(Runnable work, String otherwise) {
    boolean told = false;
    try {
      work.run();
      told = true;
    } finally {
      if (!told && broken.isEmpty()) {
        broken = otherwise;
      }
    }
  }

  /// Takes what one batch holds out of the queue; answers its bytes.
  private long takeQueued() {
    long bytes = 0;
    while (batch.size() < BATCH_CHANGES_MAX && bytes < BATCH_BYTES_MAX) {
      Change change = queue.relaxedPeek();
      boolean alone = change instanceof Change.Erase; // looks at the store, and not at the batch
      if (change == null || (alone && !batch.isEmpty())) {
        break;
      }
      queue.relaxedPoll();
      batch.add(change);
      bytes += change.sizeBytes();
      if (alone) {
        break;
      }
    }
    return bytes;
  }

  /// Whether there is nothing to drain.
  public boolean isDrained() {
    return again.isEmpty() && queue.isEmpty();
  }

  /// Whether [#tidy()] would do something.
  public boolean isUntidy() {
    return !closed && broken.isEmpty() && ledger.isUntidy();
  }

  /// Takes over what another node of a shared store has kept as the next commit, and tells it to
  /// every lane. Called by the thread that drains, while nothing is being decided.
  public void absorb(Batch kept) {
    telling(
        () -> {
          List<Committed> all = ledger.absorb(kept);
          counts(all);
          tell(new Ledger.Outcome(Optional.empty(), false, all, List.of(), List.of()));
        },
        "what another node has kept could not be taken over");
  }

  /// Makes known to all nodes that the shared store has lost what it had confirmed. This engine has
  /// to be opened anew then, and so have those of all others.
  ///
  /// @throws Store.StoreException if it cannot be said at present
  public void raiseGeneration() {
    StoreState.raise(store, ledger.state().generation());
  }

  /// Tidies up a little, if that is due and nothing else was asked; `false` if it is not. To be
  /// called at least once a second while nothing is drained, by the thread that drains. Also near a
  /// full disk, for that is how room is made.
  public boolean tidy() {
    if (!isUntidy()) {
      return false;
    }
    batch.clear();
    Ledger.Outcome outcome = ledger.decide(batch);
    telling(() -> keep(outcome), NOT_TOLD);
    return outcome.failure().isEmpty();
  }

  private void decide() {
    if (!broken.isEmpty()) {
      tell(refusal(new Answer.Refused(UNAVAILABLE, broken, RETRY_BROKEN_MILLIS)));
      return;
    }
    if (!hold.isEmpty()) {
      tell(refusal(new Answer.Refused(UNAVAILABLE, hold, RETRY_MILLIS)));
      return;
    }
    Ledger.Outcome outcome = ledger.decide(batch);
    if (outcome.failure().orElse(null) instanceof Store.NotKeptException notKept) {
      if (notKept.isOvertaken() && !closed) {
        again = List.copyOf(batch);
      } else {
        keep(outcome);
      }
    } else if (outcome.failure().isPresent() && !outcome.unknown() && batch.size() > 1) {
      // One change that cannot be decided must not take the others with it.
      for (Change change : batch) {
        keep(ledger.decide(List.of(change)));
      }
    } else {
      keep(outcome);
    }
  }

  /// What a batch comes to that is not even decided: reads are served, changes refused.
  private Ledger.Outcome refusal(Answer answer) {
    List<Answered> answers = new ArrayList<>();
    List<Change.Read> reads = new ArrayList<>();
    for (Change change : batch) {
      if (change instanceof Change.Read read) {
        reads.add(read);
      } else {
        answers.add(new Answered(change.ticket(), answer));
      }
    }
    return new Ledger.Outcome(Optional.empty(), false, List.of(), answers, reads);
  }

  private void keep(Ledger.Outcome outcome) {
    if (outcome.failure().isPresent()) {
      Throwable failure = outcome.failure().get();
      if (outcome.unknown() && !store.isShared()) {
        LOG.error("nothing can be kept until the next start", failure);
        broken = "store failed, restart needed: " + failure.getMessage();
      } else {
        if (failure instanceof Store.StoreException) {
          LOG.warn("nothing could be kept: {}", failure.getMessage());
        } else {
          LOG.error("a change could not be decided", failure);
        }
        fault = failure instanceof Store.StoreException ? "store: " + failure.getMessage() : fault;
      }
    } else {
      fault = "";
      counts(outcome.committed());
    }
    tell(outcome);
  }

  /// The last commit, which made all this true, counts from now on.
  private void counts(List<Committed> all) {
    boolean moved = noteMoved(all); // before: see LogFeed
    committed = ledger.state().commit();
    if (moved) {
      searching.ifPresent(with -> with.index().wake());
    }
  }

  private boolean noteMoved(List<Committed> all) {
    boolean moved = false;
    if (searching.isPresent()) {
      for (Committed each : all) {
        if (each instanceof Committed.Appended appended) {
          feed.moved(appended.conversation().number());
          moved = true;
        }
      }
    }
    return moved;
  }

  private void tell(Ledger.Outcome outcome) {
    long commit = committed;
    boolean advanced = commit > toldCommit;
    toldCommit = commit;
    List<Committed> entries = List.copyOf(outcome.committed());
    for (int lane = 0; lane < lanes.size(); lane++) {
      List<Answered> answers = answersFor(lane, outcome.answers());
      if (advanced || !answers.isEmpty() || !entries.isEmpty()) {
        LaneDoor door = lanes.get(lane);
        door.lane().execute(() -> door.listener().on(commit, entries, answers));
      }
    }
    for (Change.Read read : outcome.reads()) {
      if (!read(read.query(), read.ticket())) {
        Answer busy = new Answer.Refused(BUSY, "too many reads", 500);
        lanes.get(read.ticket().lane()).lane().execute(() -> read.ticket().on(busy));
      }
    }
  }

  private List<Answered> answersFor(int lane, List<Answered> all) {
    if (lanes.size() == 1) {
      return all;
    }
    List<Answered> own = new ArrayList<>();
    for (Answered answered : all) {
      if (answered.ticket().lane() == lane) {
        own.add(answered);
      }
    }
    return own;
  }

  /// Names a position in the order of all commits, for a cursor that says "told up to here".
  @Override
  public String cursor(long commit, long nowMillis) {
    return Cursor.at(ledger.state().generation(), commit, nowMillis).toString();
  }

  @Override
  public OptionalLong toldUpTo(String cursor, long nowMillis) {
    return Cursor.parse(cursor)
        .filter(known -> known.isOf(ledger.state().generation(), nowMillis))
        .filter(known -> known.commit() <= committed || store.isShared())
        .map(known -> OptionalLong.of(known.commit()))
        .orElse(OptionalLong.empty());
  }

  @Override
  public long commit() {
    return committed;
  }

  @Override
  public Sanctions sanctions() {
    return ledger.sanctions();
  }

  @Override
  public Map<String, String> channels() {
    return ledger.channels();
  }

  @Override
  public List<String> erasing() {
    return ledger.erasing();
  }

  @Override
  public Level level() {
    return level;
  }

  @Override
  public String fault() {
    String lasting = broken.isEmpty() ? hold : broken;
    return lasting.isEmpty() ? fault : lasting;
  }

  /// Refuses changes for this reason from the next batch on, `""` to take them again. Called by the
  /// thread that drains.
  public void hold(String reason) {
    if (!hold.equals(reason)) {
      LOG.warn("changes are {}", reason.isEmpty() ? "taken again" : "refused: " + reason);
      hold = reason;
    }
  }

  /// Takes no more, drains what is queued and closes the store. Called by the thread that drains,
  /// after the readers have ended and before the lanes do. Harmless when repeated.
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try (store) {
      while (drain()) {
        // each turn takes a batch; nothing is added any more
      }
      if (broken.isEmpty()) {
        ledger.state().end();
      }
    }
  }
}
