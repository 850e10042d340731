package dev.tidings.engine;

import static dev.tidings.protocol.ErrorCode.NOT_FOUND;

import dev.tidings.base.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/// Answers reads, each for a user who may see it or not. Stateless; may run on several threads
/// beside the writer.
///
/// Every answer that names a commit took that number *before* it looked at the rows, so it never
/// promises more than it shows. Rows may be there a moment before their commit is told to anybody:
/// an answer that must not show more than it promises names the commit of what it found.
final class LogReader {
  private final Store store;
  private final Clock clock;
  private final long generation;
  private final LongSupplier committed;
  private final SyncReader syncs;
  private final OwedReader owing;
  private final SearchReader searches;

  LogReader(
      Store store,
      Clock clock,
      long generation,
      Moves moves,
      LongSupplier committed,
      Optional<TextIndex> index) {
    this.store = store;
    this.clock = clock;
    this.generation = generation;
    this.committed = committed;
    this.syncs = new SyncReader(this, store, clock, generation, moves, committed);
    this.owing = new OwedReader(this, store, moves, committed);
    this.searches = new SearchReader(this, store, index);
  }

  Answer read(Query query) {
    return switch (query) {
      case Query.UserAtConnect connect -> userAtConnect(connect.user(), connect.channels());
      case Query.History history -> history(history);
      case Query.Sync sync -> syncs.sync(sync);
      case Query.OwedSince owed -> owing.since(owed);
      case Query.OwedOf owed -> owing.of(owed);
      case Query.Search search -> searches.search(search);
      case Query.Members members -> members(members);
      case Query.Info info -> info(info);
      case Query.PresenceOf presence -> presenceOf(presence);
    };
  }

  /// Whether a cursor up to this commit can be relied on: the store has it. Its client may have
  /// been told by another node what this one has not taken over yet; rows are read from the store
  /// that all share, and what this node hears late comes live once more.
  boolean isKept(long commit) {
    return commit <= committed.getAsLong() || commit <= store.lastCommit();
  }

  /// A conversation and the stretch of it that one reader sees.
  ///
  /// @param low first visible seq
  /// @param head last visible seq, `low - 1` if there is none
  /// @param newest the log's newest entry, if it has any
  /// @param newestCommit its commit, also if it was trimmed; 0 if there never was one
  record View(
      Conversation conversation,
      Meta meta,
      Optional<Membership> membership,
      long low,
      long head,
      Optional<Entry> newest,
      long newestCommit) {}

  /// Rows of a commit that is kept but not told yet are left out: the lane hears of that commit in
  /// its turn, and hands out what comes before them in it.
  private Answer.UserState userAtConnect(String user, List<ConversationId> channels) {
    long commit = committed.getAsLong();
    List<Long> groups = new ArrayList<>();
    boolean visited = false;
    long all = number(ConversationId.ALL).orElseThrow();
    byte[] from = Keys.memberships(user);
    try (Store.Scan scan = store.ascending(from, Keys.endOf(from))) {
      while (scan.next()) {
        long number = Keys.lastNumber(scan.key());
        Membership membership = Membership.of(scan.value());
        if (membership.commit() > commit) {
          continue;
        }
        if (number == all) {
          visited = true;
        } else if (membership.isIn()) {
          groups.add(number);
        }
      }
    }
    for (ConversationId channel : channels) {
      visited &= number(channel).filter(number -> hasVisited(user, channel, number)).isPresent();
    }
    long[] numbers = groups.stream().mapToLong(Long::longValue).toArray();
    return new Answer.UserState(numbers, commit, visited);
  }

  private boolean hasVisited(String user, ConversationId channel, long number) {
    return store.get(Keys.stretch(channel, user, number)) != null;
  }

  private Answer history(Query.History query) {
    long commit = committed.getAsLong();
    Optional<Long> number = number(query.in());
    if (number.isEmpty()) {
      return beginsByItself(query.in()) ? notBegun(query, commit) : noSuch(query.in());
    }
    Optional<View> found = view(number.get(), query.reader(), query.privileged());
    if (found.isEmpty()) {
      return unseen(number.get(), query.in());
    }
    View view = found.get();
    Conversation conversation = view.conversation();
    commit = Math.max(commit, view.newestCommit());
    if (!query.epoch().isEmpty() && !query.epoch().equals(conversation.epoch())) {
      return new Answer.OtherEpoch(conversation.epoch(), view.low(), view.head());
    }
    return query.after().isPresent() ? pageUp(view, query, commit) : pageDown(view, query, commit);
  }

  /// Whether it is there as soon as somebody writes to it.
  static boolean beginsByItself(ConversationId id) {
    return id.kind() == ConversationId.Kind.PRIVATE || id.kind() == ConversationId.Kind.TOPIC;
  }

  /// What one hears of a conversation who has no view of it.
  Answer unseen(long number, ConversationId id) {
    return beginsByItself(id) ? noSuch(id) : stranger(number, Optional.empty());
  }

  static Answer noSuch(ConversationId id) {
    return id.kind() == ConversationId.Kind.GROUP
        ? GroupRules.noSuchGroup()
        : Answer.Refused.permanently(NOT_FOUND, "no such conversation");
  }

  /// Nobody has written there yet: an empty log without an epoch.
  private static Answer notBegun(Query.History query, long commit) {
    return query.epoch().isEmpty()
        ? new Answer.Page(new Conversation(0, query.in(), ""), 1, 0, List.of(), false, commit)
        : new Answer.OtherEpoch("", 1, 0);
  }

  private Answer.Page pageUp(View view, Query.History query, long commit) {
    long number = view.conversation().number();
    long to = Math.min(query.before().orElse(Long.MAX_VALUE) - 1, view.head());
    long low = view.low();
    long next = Math.max(query.after().getAsLong() + 1, low);
    List<Entry> items = new ArrayList<>();
    try (Store.Scan scan =
        store.ascending(Keys.entry(number, next), Keys.entry(number, Math.max(to + 1, next)))) {
      int bytes = 0;
      while (items.size() < query.limit() && scan.next()) {
        Entry entry = readable(number, scan);
        if (entry.seq() != next) {
          low = entry.seq(); // trimmed under our hands: what was found before it is gone too
          items.clear();
          bytes = 0;
        }
        bytes += entry.replyBytes();
        if (bytes > query.bytesMax() && !items.isEmpty()) {
          break;
        }
        items.add(entry);
        next = entry.seq() + 1;
      }
    }
    if (items.isEmpty() && next <= to) {
      low = Math.min(meta(number).low(), view.head() + 1); // all of it was trimmed meanwhile
      next = Math.max(next, low);
    }
    return new Answer.Page(view.conversation(), low, view.head(), items, next <= to, commit);
  }

  private Answer.Page pageDown(View view, Query.History query, long commit) {
    long to = Math.min(query.before().orElse(Long.MAX_VALUE) - 1, view.head());
    List<Entry> items =
        newest(view.conversation().number(), view.low(), to, query.limit(), query.bytesMax());
    boolean more = to >= view.low() && (items.isEmpty() || items.getFirst().seq() > view.low());
    return new Answer.Page(view.conversation(), view.low(), view.head(), items, more, commit);
  }

  /// The newest entries from `low` to `to`, ascending.
  List<Entry> newest(long number, long low, long to, int limit, int bytesMax) {
    List<Entry> items = new ArrayList<>();
    try (Store.Scan scan =
        store.descending(Keys.entry(number, low), Keys.entry(number, Math.max(to + 1, low)))) {
      int bytes = 0;
      while (items.size() < limit && scan.next()) {
        Entry entry = readable(number, scan);
        bytes += entry.replyBytes();
        boolean trimmed = !items.isEmpty() && entry.seq() != items.getLast().seq() - 1;
        if (trimmed || (bytes > bytesMax && !items.isEmpty())) {
          break;
        }
        items.add(entry);
      }
    }
    Collections.reverse(items);
    return items;
  }

  private Answer members(Query.Members query) {
    Optional<Long> number = number(query.group());
    if (number.isEmpty()) {
      return GroupRules.noSuchGroup();
    }
    Optional<View> view = view(number.get(), query.reader(), query.privileged());
    if (view.isEmpty() || isGone(view.get())) {
      return stranger(number.get(), view);
    }
    List<Answer.Member> members = new ArrayList<>();
    String next = "";
    byte[] from = Keys.member(number.get(), query.next());
    try (Store.Scan scan = store.ascending(from, Keys.membersEnd(number.get()))) {
      while (scan.next()) {
        String user = Keys.memberOf(scan.key());
        if (members.size() == query.limit()) {
          next = user;
          break;
        }
        members.add(member(view.get(), user, Role.of(scan.value()[0])));
      }
    }
    return new Answer.MembersPage(
        view.get().conversation(), members, (int) view.get().meta().members(), next);
  }

  private Answer.Member member(View view, String user, Role role) {
    boolean told = view.meta().members() <= EngineLimits.INTIMATES_MAX;
    Standing standing =
        told ? standing(user, view.conversation().number()) : Standing.none(generation);
    return new Answer.Member(user, role.wire(), standing.got(), standing.read());
  }

  /// Where `user` stands in a conversation.
  Standing standing(String user, long number) {
    byte[] row = store.get(Keys.standing(user, number));
    return row == null ? Standing.none(generation) : Standing.of(row).in(generation);
  }

  private Answer info(Query.Info query) {
    Optional<Long> number = number(query.group());
    if (number.isEmpty()) {
      return GroupRules.noSuchGroup();
    }
    Optional<View> found = view(number.get(), query.reader(), query.privileged());
    if (found.isEmpty() || isGone(found.get())) {
      return stranger(number.get(), found);
    }
    View view = found.get();
    Meta meta = view.meta();
    String role = view.membership().map(membership -> membership.role().wire()).orElse("");
    return new Answer.GroupInfo(
        view.conversation(), meta.settings(), (int) meta.members(), role, view.low(), view.head());
  }

  private static boolean isGone(View view) {
    return view.meta().hasEnded()
        || view.membership().filter(membership -> !membership.isIn()).isPresent();
  }

  private Answer stranger(long number, Optional<View> view) {
    return GroupRules.stranger(meta(number), view.flatMap(View::membership));
  }

  /// Visible to whom the user has written, and to those who share a group with him.
  private Answer presenceOf(Query.PresenceOf query) {
    boolean visible =
        query.privileged()
            || query.viewer().equals(query.user())
            || wroteTo(query.user(), query.viewer())
            || shareGroup(query.user(), query.viewer());
    return visible
        ? new Answer.Visible()
        : Answer.Refused.permanently(NOT_FOUND, "no such presence");
  }

  private boolean wroteTo(String author, String peer) {
    Optional<Long> number = number(ConversationId.between(author, peer));
    if (number.isEmpty()) {
      return false;
    }
    byte[] row = store.get(Keys.pointer(author, number.get()));
    return row != null && Pointer.of(row).wrote();
  }

  private boolean shareGroup(String one, String other) {
    long[] groups = userAtConnect(one, List.of()).groups();
    for (long number : groups) {
      if (store.get(Keys.member(number, other)) != null) {
        return true;
      }
    }
    return false;
  }

  Optional<Long> number(ConversationId id) {
    byte[] row = store.get(Keys.name(id));
    return row == null ? Optional.empty() : Optional.of(new RowReader(row).number());
  }

  Meta meta(long number) {
    byte[] row = store.get(Keys.meta(number));
    if (row == null) {
      throw new IllegalStateException("damaged store: conversation without meta: " + number);
    }
    return Meta.of(row);
  }

  /// What `reader` sees of a conversation; empty if he may not know that it exists.
  Optional<View> view(long number, String reader, boolean privileged) {
    Meta meta = meta(number);
    Optional<Membership> membership = membership(meta, number, reader);
    View whole = whole(number, meta, membership.filter(Membership::isIn));
    if (privileged) {
      return Optional.of(whole);
    }
    return switch (meta.id().kind()) {
      case PRIVATE -> meta.id().isOf(reader) ? Optional.of(whole) : Optional.empty();
      case TOPIC -> Optional.of(whole);
      case GROUP, ANNOUNCEMENT -> membership.map(present -> stretch(whole, present));
    };
  }

  /// What the one sees whose `membership` this is, of a conversation that has members.
  View view(long number, Membership membership) {
    View whole = whole(number, meta(number), Optional.of(membership));
    return stretch(whole, membership.under(whole.meta()));
  }

  private View whole(long number, Meta found, Optional<Membership> membership) {
    Meta meta = found;
    Optional<Entry> newest = newest(number, meta.low());
    while (newest.isEmpty()) {
      Meta again = meta(number);
      if (again.low() == meta.low()) {
        break;
      }
      meta = again; // trimmed under our hands
      newest = newest(number, meta.low());
    }
    Conversation conversation = new Conversation(number, meta.id(), meta.epoch(generation));
    long head = newest.map(Entry::seq).orElse(meta.low() - 1);
    long commit = newest.map(Entry::commit).orElseGet(() -> trimmed(number).commit());
    return new View(conversation, meta, membership, meta.low(), head, newest, commit);
  }

  /// The stretch of `reader`, if there is one and it is not forgotten.
  Optional<Membership> membership(Meta meta, long number, String reader) {
    ConversationId.Kind kind = meta.id().kind();
    if (kind == ConversationId.Kind.PRIVATE || kind == ConversationId.Kind.TOPIC) {
      return Optional.empty();
    }
    return Optional.ofNullable(store.get(Keys.stretch(meta.id(), reader, number)))
        .map(row -> Membership.of(row).under(meta))
        .filter(membership -> !membership.isForgotten(clock.epochMillis()));
  }

  /// One who left does not learn how the group goes on, not even by what was trimmed of it.
  private static View stretch(View whole, Membership membership) {
    long last = membership.isIn() ? whole.head() : Math.min(whole.head(), membership.until());
    long trimmed = membership.isIn() ? whole.low() : Math.min(whole.low(), last + 1);
    long low = Math.max(trimmed, membership.low());
    return new View(
        whole.conversation(),
        whole.meta(),
        Optional.of(membership),
        low,
        Math.max(last, low - 1),
        whole.newest(),
        whole.newestCommit());
  }

  private Optional<Entry> newest(long number, long low) {
    try (Store.Scan scan =
        store.descending(Keys.entry(number, low), Keys.entry(number, Long.MAX_VALUE))) {
      return scan.next() ? Optional.of(entry(scan)) : Optional.empty();
    }
  }

  /// What is known of the entries before `low`.
  Trimmed trimmed(long number) {
    byte[] row = store.get(Keys.trimmed(number));
    return row == null ? Trimmed.NOTHING : Trimmed.of(row);
  }

  Optional<Entry> entry(long number, long seq) {
    byte[] row = store.get(Keys.entry(number, seq));
    return row == null ? Optional.empty() : Optional.of(EntryRow.read(seq, row));
  }

  /// The first seq from `from` on, below `to`, that is of a later commit than `since`; `to` if none
  /// is. Commits rise with the numbers of a log, so it is found by halving.
  ///
  /// A row that is missing was trimmed while we look: then what is behind it decides.
  long firstSince(long number, long from, long to, long since) {
    long low = from;
    long high = to;
    while (low < high) {
      long middle = (low + high) >>> 1;
      byte[] row = store.get(Keys.entry(number, middle));
      if (row == null || EntryRow.commit(row) <= since) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /// A message, if it says at this moment what it said with the edit `rev` (0: from the beginning).
  Optional<Entry> says(long number, long seq, long rev) {
    return entry(number, seq)
        .map(entry -> entry.at(clock.epochMillis()))
        .filter(entry -> entry.kind() == Entry.Kind.MESSAGE && !entry.isVoid())
        .filter(entry -> entry.rev() == rev);
  }

  /// An entry as it is read now: an edit says what the message in question says, if it is the last
  /// change of it.
  private Entry readable(long number, Store.Scan scan) {
    long now = clock.epochMillis();
    Entry entry = entry(scan).at(now);
    if (entry.kind() != Entry.Kind.EDIT) {
      return entry;
    }
    return entry(number, entry.ref())
        .map(message -> message.at(now))
        .filter(message -> message.rev() == entry.seq())
        .map(message -> entry.withData(message.data()))
        .orElse(entry);
  }

  private static Entry entry(Store.Scan scan) {
    return EntryRow.read(Keys.lastNumber(scan.key()), scan.value());
  }
}
