package dev.tidings.engine;

import static dev.tidings.protocol.ErrorCode.CURSOR;

import dev.tidings.engine.Answer.Owed;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/// Finds what a reader was not told of who was told everything up to some commit: for each of his
/// conversations where to read on. `sync` tells him the same in rows; this is for who wants
/// entries.
///
/// Conversations come in the order of their numbers, which no message changes, so that pages
/// neither miss nor repeat one.
final class OwedReader {
  private final LogReader logs;
  private final Store store;
  private final Moves moves;
  private final LongSupplier committed;

  OwedReader(LogReader logs, Store store, Moves moves, LongSupplier committed) {
    this.logs = logs;
    this.store = store;
    this.moves = moves;
    this.committed = committed;
  }

  Answer since(Query.OwedSince query) {
    long commit = committed.getAsLong();
    if (!logs.isKept(query.since())) {
      return notKept();
    }
    List<Owed> rows = new ArrayList<>();
    channels(query, rows);
    boolean more = memberships(query, rows);
    more |= privates(query, rows);
    rows.sort(Comparator.comparingLong(OwedReader::number));
    long next = 0;
    if (more || rows.size() > query.limit()) { // each of the two may have stopped early
      rows.subList(query.limit(), rows.size()).clear();
      next = number(rows.getLast()) + 1;
    }
    return new Answer.Owing(rows, next, commit);
  }

  private static long number(Owed row) {
    return row.conversation().number();
  }

  /// They are few.
  private void channels(Query.OwedSince query, List<Owed> rows) {
    for (ConversationId channel : query.channels()) {
      logs.number(channel)
          .filter(number -> number >= query.from())
          .flatMap(number -> membership(query, number))
          .ifPresent(rows::add);
    }
  }

  /// Adds up to so many as are asked for; `true` if there may be more.
  private boolean memberships(Query.OwedSince query, List<Owed> rows) {
    byte[] end = Keys.endOf(Keys.memberships(query.user()));
    int room = query.limit();
    try (Store.Scan scan = store.ascending(Keys.membership(query.user(), query.from()), end)) {
      while (scan.next()) {
        long number = Keys.lastNumber(scan.key());
        boolean moved =
            Membership.of(scan.value()).commit() > query.since()
                || moves.mayHaveMoved(number, query.since());
        Optional<Owed> row = moved ? membership(query, number) : Optional.empty();
        if (row.isPresent()) {
          rows.add(row.get());
          if (--room == 0) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private Optional<Owed> membership(Query.OwedSince query, long number) {
    Optional<LogReader.View> found = logs.view(number, query.user(), false);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    LogReader.View view = found.get();
    Membership membership = view.membership().orElseThrow();
    Owed.Turn turn =
        membership.commit() > query.since() ? turn(view.meta(), membership) : Owed.Turn.NONE;
    return owed(view, membership.low(), query.since(), turn);
  }

  /// What the last change of a membership was, where no entry says it.
  private static Owed.Turn turn(Meta meta, Membership membership) {
    boolean quiet = meta.settings().quiet();
    if (membership.isIn()) {
      return quiet || meta.again() ? Owed.Turn.LET_IN : Owed.Turn.NONE;
    }
    boolean byItsEnd = meta.hasEnded() && membership.commit() == meta.end().commit();
    return quiet && !byItsEnd ? Owed.Turn.LET_GO : Owed.Turn.NONE;
  }

  private boolean privates(Query.OwedSince query, List<Owed> rows) {
    byte[] end = Keys.endOf(Keys.pointers(query.user()));
    int room = query.limit();
    try (Store.Scan scan = store.ascending(Keys.pointer(query.user(), query.from()), end)) {
      while (scan.next()) {
        long number = Keys.lastNumber(scan.key());
        if (Pointer.of(scan.value()).mayMoveUntil() <= query.since()
            || !moves.mayHaveMoved(number, query.since())) {
          continue;
        }
        LogReader.View view = logs.view(number, query.user(), false).orElseThrow();
        Optional<Owed> row = owed(view, 1, query.since(), Owed.Turn.NONE);
        if (row.isPresent()) {
          rows.add(row.get());
          if (--room == 0) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /// Empty if nothing is owed.
  ///
  /// @param begins the first seq that was ever his to see
  private Optional<Owed> owed(LogReader.View view, long begins, long since, Owed.Turn turn) {
    long number = view.conversation().number();
    long after =
        isTrimmed(view, begins, since)
            ? begins - 1
            : logs.firstSince(number, view.low(), view.head() + 1, since) - 1;
    return after >= view.head() && turn == Owed.Turn.NONE
        ? Optional.empty()
        : Optional.of(new Owed(view.conversation(), after, view.head(), turn));
  }

  /// Whether something was trimmed that he was not told. Of all that was trimmed only the newest
  /// commit is known, and of one who left, when he did.
  private boolean isTrimmed(LogReader.View view, long begins, long since) {
    if (view.low() <= begins) {
      return false;
    }
    Optional<Membership> left = view.membership().filter(membership -> !membership.isIn());
    long newest =
        left.isPresent()
            ? left.get().commit()
            : logs.trimmed(view.conversation().number()).commit();
    return newest > since;
  }

  private static Answer notKept() {
    return Answer.Refused.permanently(CURSOR, "of something that is not here");
  }

  Answer of(Query.OwedOf query) {
    long commit = committed.getAsLong();
    if (!logs.isKept(query.since())) {
      return notKept();
    }
    Optional<Long> number = logs.number(query.in());
    if (number.isEmpty()) {
      Conversation none = new Conversation(0, query.in(), "");
      return new Answer.Owing(List.of(new Owed(none, 0, 0, Owed.Turn.NONE)), 0, commit);
    }
    LogReader.View view = logs.view(number.get(), "", true).orElseThrow();
    Owed row =
        owed(view, 1, query.since(), Owed.Turn.NONE)
            .orElse(new Owed(view.conversation(), view.head(), view.head(), Owed.Turn.NONE));
    return new Answer.Owing(List.of(row), 0, Math.max(commit, view.newestCommit()));
  }
}
