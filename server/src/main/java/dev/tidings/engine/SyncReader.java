package dev.tidings.engine;

import static dev.tidings.protocol.ErrorCode.BAD_REQUEST;
import static dev.tidings.protocol.ErrorCode.CURSOR;

import dev.tidings.base.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/// Tells a user what moved while he was away: one row per conversation, newest activity first.
///
/// Memberships (groups, announcements) are compared by their heads; private conversations come from
/// the user's pointers, which only say where to look. The cursor is taken before anything is read,
/// so whatever moves meanwhile is told again next time.
final class SyncReader {
  /// What a row costs in the reply beside its tail, roughly.
  private static final int ROW_BYTES = 160;

  private final LogReader logs;
  private final Store store;
  private final Clock clock;
  private final long generation;
  private final LongSupplier committed;

  SyncReader(LogReader logs, Store store, Clock clock, long generation, LongSupplier committed) {
    this.logs = logs;
    this.store = store;
    this.clock = clock;
    this.generation = generation;
    this.committed = committed;
  }

  /// A conversation that moved, and when it last did.
  private record Moved(LogReader.View view, long commit) {
    long number() {
      return view.conversation().number();
    }
  }

  /// Newest first; the number decides between conversations of one commit.
  private static final Comparator<Moved> NEWEST_FIRST =
      Comparator.comparingLong(Moved::commit)
          .reversed()
          .thenComparing(Comparator.comparingLong(Moved::number).reversed());

  /// Where a page begins: behind this row, in the reading that began at this cursor.
  private record PageStart(String cursor, long commit, long number) {
    static Optional<PageStart> parse(String text) {
      String[] parts = text.split(":", -1);
      if (parts.length != 3 || Cursor.parse(parts[0]).isEmpty()) {
        return Optional.empty();
      }
      try {
        return Optional.of(
            new PageStart(parts[0], Long.parseLong(parts[1], 36), Long.parseLong(parts[2], 36)));
      } catch (NumberFormatException e) {
        return Optional.empty();
      }
    }

    static PageStart behind(String cursor, Moved row) {
      return new PageStart(cursor, row.commit(), row.number());
    }

    boolean isBefore(Moved row) {
      return row.commit() < commit || (row.commit() == commit && row.number() < number);
    }

    @Override
    public String toString() {
      return cursor + ":" + Long.toString(commit, 36) + ":" + Long.toString(number, 36);
    }
  }

  Answer sync(Query.Sync query) {
    long now = clock.epochMillis();
    String cursor = Cursor.at(generation, committed.getAsLong(), now).toString();
    Optional<PageStart> start = Optional.empty();
    if (!query.next().isEmpty()) {
      start = PageStart.parse(query.next());
      if (start.isEmpty()) {
        return Answer.Refused.permanently(BAD_REQUEST, "next: no such page");
      }
      cursor = start.get().cursor();
    }
    long since = 0;
    if (!query.since().isEmpty()) {
      Optional<Cursor> known = Cursor.parse(query.since());
      if (known.isEmpty()
          || known.get().generation() != generation
          || known.get().commit() > committed.getAsLong()
          || known.get().isOutlived(now)) {
        return Answer.Refused.permanently(CURSOR, "sync from scratch");
      }
      since = known.get().commit();
    }
    return page(query, start, cursor, moved(query, since, now));
  }

  private List<Moved> moved(Query.Sync query, long since, long now) {
    String user = query.user();
    List<Moved> moved = new ArrayList<>();
    for (ConversationId channel : query.channels()) {
      logs.number(channel).ifPresent(number -> addMembership(moved, user, number, since, now));
    }
    byte[] memberships = Keys.memberships(user);
    try (Store.Scan scan = store.ascending(memberships, Keys.endOf(memberships))) {
      while (scan.next()) {
        addMembership(moved, user, Keys.lastNumber(scan.key()), since, now);
      }
    }
    byte[] pointers = Keys.pointers(user);
    try (Store.Scan scan = store.ascending(pointers, Keys.endOf(pointers))) {
      while (scan.next()) {
        if (Pointer.of(scan.value()).mayMoveUntil() > since) {
          addPrivate(moved, user, Keys.lastNumber(scan.key()), since);
        }
      }
    }
    moved.sort(NEWEST_FIRST);
    return moved;
  }

  private void addMembership(List<Moved> moved, String user, long number, long since, long now) {
    Optional<LogReader.View> found = logs.view(number, user, false);
    if (found.isEmpty()) {
      return;
    }
    LogReader.View view = found.get();
    Membership membership = view.membership().orElseThrow();
    long commit = Math.max(membership.commit(), headCommit(view));
    boolean always =
        view.conversation().id().kind() == ConversationId.Kind.ANNOUNCEMENT
            && !membership.isForgotten(now);
    if (commit > since || always) {
      moved.add(new Moved(view, commit));
    }
  }

  private void addPrivate(List<Moved> moved, String user, long number, long since) {
    LogReader.View view = logs.view(number, user, false).orElseThrow();
    long commit = headCommit(view);
    if (commit > since) {
      moved.add(new Moved(view, commit));
    }
  }

  /// When the last entry that he may see was kept. What was trimmed moved too: who was away must
  /// hear that it is gone.
  private long headCommit(LogReader.View view) {
    long number = view.conversation().number();
    if (view.head() < view.low()) {
      return view.meta().low() == 1 ? 0 : logs.trimmed(number).commit();
    }
    return logs.entry(number, view.head())
        .map(Entry::commit)
        .orElseGet(() -> logs.trimmed(number).commit());
  }

  private Answer page(
      Query.Sync query, Optional<PageStart> start, String cursor, List<Moved> moved) {
    List<Answer.Row> rows = new ArrayList<>();
    int bytes = 0;
    for (int i = 0; i < moved.size(); i++) {
      Moved row = moved.get(i);
      if (start.isPresent() && !start.get().isBefore(row)) {
        continue;
      }
      boolean full = rows.size() == query.limit() || bytes + ROW_BYTES > query.bytesMax();
      if (full && !rows.isEmpty()) {
        String next = PageStart.behind(cursor, moved.get(i - 1)).toString();
        return new Answer.SyncPage(rows, "", next);
      }
      List<Entry> tail = tail(row.view(), query.tail(), query.bytesMax() - bytes - ROW_BYTES);
      rows.add(row(row.view(), tail));
      bytes += ROW_BYTES;
      for (Entry entry : tail) {
        bytes += entry.replyBytes();
      }
    }
    return new Answer.SyncPage(rows, cursor, "");
  }

  /// The newest entries that fit: a tail loses its oldest first, and may end up empty.
  private List<Entry> tail(LogReader.View view, int entries, int bytesMax) {
    if (entries == 0) {
      return List.of();
    }
    List<Entry> tail =
        logs.newest(view.conversation().number(), view.low(), view.head(), entries, bytesMax);
    int bytes = 0;
    int from = tail.size();
    while (from > 0 && bytes + tail.get(from - 1).replyBytes() <= bytesMax) {
      from--;
      bytes += tail.get(from).replyBytes();
    }
    return tail.subList(from, tail.size());
  }

  private static Answer.Row row(LogReader.View view, List<Entry> tail) {
    boolean group = view.conversation().id().kind() == ConversationId.Kind.GROUP;
    Optional<Membership> membership = view.membership().filter(m -> group);
    return new Answer.Row(
        view.conversation(),
        view.low(),
        view.head(),
        membership.map(m -> m.role().wire()).orElse(""),
        membership.filter(m -> !m.isIn()).isPresent(),
        tail);
  }
}
