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
/// the user's pointers, which only say where to look; what has not moved lately is not looked at
/// ([Moves]). The cursor is taken before anything is read, so whatever moves meanwhile is told
/// again next time.
final class SyncReader {
  /// What a row costs in the reply beside its tail, title and data, roughly.
  private static final int ROW_BYTES = 256;

  private final LogReader logs;
  private final Store store;
  private final Clock clock;
  private final long generation;
  private final Moves moves;
  private final LongSupplier committed;

  SyncReader(
      LogReader logs,
      Store store,
      Clock clock,
      long generation,
      Moves moves,
      LongSupplier committed) {
    this.logs = logs;
    this.store = store;
    this.clock = clock;
    this.generation = generation;
    this.moves = moves;
    this.committed = committed;
  }

  /// A conversation that moved.
  ///
  /// @param commit when its last entry came, or its membership changed
  /// @param messages how many messages there are up to the last entry that he sees
  /// @param peer where the other one of a private conversation stands, unless that is himself
  private record Moved(
      LogReader.View view, long commit, long messages, Standing standing, Optional<Standing> peer) {
    long number() {
      return view.conversation().number();
    }

    /// When anything of it changed, marks and wishes included.
    long lastCommit() {
      long marked = peer.map(Standing::markedCommit).orElse(0L);
      return Math.max(commit, Math.max(standing.commit(), marked));
    }
  }

  /// Newest first; the number decides between conversations of one commit.
  ///
  /// What has moved since the reading began stands at the end: it may not have been told yet, and
  /// its old place is not known any more. So it is told once too often rather than never.
  private static Comparator<Moved> newestFirst(long begunAt) {
    return Comparator.comparingLong((Moved row) -> place(row, begunAt))
        .reversed()
        .thenComparing(Comparator.comparingLong(Moved::number).reversed());
  }

  private static long place(Moved row, long begunAt) {
    return row.commit() > begunAt ? 0 : row.commit();
  }

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

    static PageStart behind(String cursor, Moved row, long begunAt) {
      return new PageStart(cursor, place(row, begunAt), row.number());
    }

    boolean isBefore(Moved row, long begunAt) {
      long place = place(row, begunAt);
      return place < commit || (place == commit && row.number() < number);
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
          || !known.get().isOf(generation, now)
          || !logs.isKept(known.get().commit())) {
        return Answer.Refused.permanently(CURSOR, "sync from scratch");
      }
      since = known.get().commit();
    }
    List<Moved> rows = moved(query, since, now);
    long after = since;
    boolean moved = rows.stream().anyMatch(row -> row.lastCommit() > after);
    return page(query, start, cursor, rows, moved);
  }

  private List<Moved> moved(Query.Sync query, long since, long now) {
    String user = query.user();
    List<Moved> moved = new ArrayList<>();
    for (ConversationId channel : query.channels()) {
      addChannel(moved, user, channel, since, now);
    }
    long announcements = logs.number(ConversationId.ALL).orElseThrow();
    byte[] memberships = Keys.memberships(user);
    try (Store.Scan scan = store.ascending(memberships, Keys.endOf(memberships))) {
      while (scan.next()) {
        Membership membership = Membership.of(scan.value());
        long number = Keys.lastNumber(scan.key());
        if (!membership.isForgotten(now)) {
          addMembership(moved, user, number, membership, since, number == announcements);
        }
      }
    }
    byte[] pointers = Keys.pointers(user);
    try (Store.Scan scan = store.ascending(pointers, Keys.endOf(pointers))) {
      while (scan.next()) {
        long number = Keys.lastNumber(scan.key());
        if (Pointer.of(scan.value()).mayMoveUntil() > since && moves.mayHaveMoved(number, since)) {
          addPrivate(moved, user, number, since);
        }
      }
    }
    return moved;
  }

  private void addChannel(
      List<Moved> moved, String user, ConversationId channel, long since, long now) {
    long number = logs.number(channel).orElse(0L);
    if (number > 0) {
      logs.membership(logs.meta(number), number, user)
          .filter(membership -> !membership.isForgotten(now))
          .ifPresent(mine -> addMembership(moved, user, number, mine, since, /* always= */ true));
    }
  }

  private void addMembership(
      List<Moved> moved,
      String user,
      long number,
      Membership membership,
      long since,
      boolean always) {
    if (!always && membership.commit() <= since && !moves.mayHaveMoved(number, since)) {
      return;
    }
    LogReader.View view = logs.view(number, membership);
    Membership mine = view.membership().orElseThrow();
    if (mine.isForgotten(clock.epochMillis())) {
      return; // the group ended long ago
    }
    Last last = last(view);
    long commit = Math.max(mine.commit(), last.commit());
    Standing standing = logs.standing(user, number);
    if (always || Math.max(commit, standing.commit()) > since) {
      moved.add(new Moved(view, commit, last.messages(), standing, Optional.empty()));
    }
  }

  /// The peer's marks move it too; what he wishes is his own affair.
  private void addPrivate(List<Moved> moved, String user, long number, long since) {
    LogReader.View view = logs.view(number, user, false).orElseThrow();
    Last last = last(view);
    long commit = last.commit();
    Standing standing = logs.standing(user, number);
    Moved row = new Moved(view, commit, last.messages(), standing, peer(view, user));
    if (row.lastCommit() > since) {
      moved.add(row);
    }
  }

  /// Of the last entry that he may see: its commit, and how many messages there are up to it.
  private record Last(long commit, long messages) {
    static Last of(Entry entry) {
      return new Last(entry.commit(), entry.messages());
    }

    static Last of(Trimmed trimmed) {
      return new Last(trimmed.commit(), trimmed.messages());
    }
  }

  /// What was trimmed moved too: who was away must hear that it is gone.
  private Last last(LogReader.View view) {
    long number = view.conversation().number();
    if (view.head() < view.low()) {
      return view.meta().low() == 1 ? new Last(0, 0) : Last.of(logs.trimmed(number));
    }
    return view.newest()
        .filter(entry -> entry.seq() == view.head())
        .or(() -> logs.entry(number, view.head()))
        .map(Last::of)
        .orElseGet(() -> Last.of(logs.trimmed(number)));
  }

  /// Where the other one of a private conversation stands, unless that is himself.
  private Optional<Standing> peer(LogReader.View view, String user) {
    String peer = view.conversation().id().peerOf(user);
    return peer.equals(user)
        ? Optional.empty()
        : Optional.of(logs.standing(peer, view.conversation().number()));
  }

  private Answer.Stand stand(Moved row) {
    LogReader.View view = row.view();
    Standing own = row.standing();
    Optional<Standing> peer = row.peer();
    long unread = view.head() < view.low() ? 0 : row.messages() - messagesRead(view, own);
    long mentions =
        own.mentions().stream()
            .filter(seq -> seq > own.read() && seq >= view.low() && seq <= view.head())
            .count();
    return new Answer.Stand(
        own.got(),
        own.read(),
        Math.max(0, unread),
        (int) mentions,
        own.muteUntilMillis(),
        own.blocks(),
        peer.map(Standing::got).orElse(0L),
        peer.map(Standing::read).orElse(0L));
  }

  /// How many messages there are up to what he has read, or before what he sees.
  private long messagesRead(LogReader.View view, Standing own) {
    if (own.read() >= view.low()) {
      return own.readMessages();
    }
    return view.low() == 1
        ? 0
        : logs.entry(view.conversation().number(), view.low())
            .map(first -> first.messages() - (first.kind() == Entry.Kind.MESSAGE ? 1 : 0))
            .orElse(0L);
  }

  private Answer page(
      Query.Sync query, Optional<PageStart> start, String cursor, List<Moved> moved, boolean any) {
    long begunAt = Cursor.parse(cursor).orElseThrow().commit();
    moved.sort(newestFirst(begunAt));
    List<Answer.Row> rows = new ArrayList<>();
    int bytes = 0;
    for (int i = 0; i < moved.size(); i++) {
      Moved row = moved.get(i);
      if (start.isPresent() && !start.get().isBefore(row, begunAt)) {
        continue;
      }
      int rowBytes = rowBytes(row.view());
      boolean full = rows.size() == query.limit() || bytes + rowBytes > query.bytesMax();
      if (full && !rows.isEmpty()) {
        String next = PageStart.behind(cursor, moved.get(i - 1), begunAt).toString();
        return new Answer.SyncPage(rows, any, "", next);
      }
      List<Entry> tail = tail(row.view(), query.tail(), query.bytesMax() - bytes - rowBytes);
      rows.add(row(row.view(), stand(row), tail));
      bytes += rowBytes;
      for (Entry entry : tail) {
        bytes += entry.replyBytes();
      }
    }
    return new Answer.SyncPage(rows, any, cursor, "");
  }

  private static int rowBytes(LogReader.View view) {
    GroupSettings settings = view.meta().settings();
    return ROW_BYTES + settings.title().length() + settings.data().sizeBytes();
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

  private static Answer.Row row(LogReader.View view, Answer.Stand stand, List<Entry> tail) {
    boolean group = view.conversation().id().kind() == ConversationId.Kind.GROUP;
    Optional<Membership> membership = view.membership().filter(m -> group);
    return new Answer.Row(
        view.conversation(),
        view.low(),
        view.head(),
        membership.map(m -> m.role().wire()).orElse(""),
        membership.filter(Membership::isIn).map(m -> view.meta().settings()),
        membership.filter(m -> !m.isIn()).isPresent(),
        stand,
        tail);
  }
}
