package dev.tidings.session;

import dev.tidings.engine.Answer;
import dev.tidings.engine.ConversationId;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Where a connection stands in the conversations that it is not up to date in.
///
/// A reader that is up to date needs no note: it is where the lane is. One whose outbox was full
/// gets a note for each conversation that moves from then on, and so does one that just subscribed
/// at some position. When the socket has drained, the log is read on from the notes, a page at a
/// time and in turn, while the lane keeps saying what it hands out. A note goes when its position
/// equals what the lane has handed out; from that moment the reader is live again.
///
/// Two things make that exact: `seen`, the last seq that the lane handed out while the note stood,
/// and the commit up to which a page was complete. A page may run ahead of the lane; then the note
/// stays until the lane has worked off that commit, and what the page already gave is not given
/// twice.
///
/// A *replay* is the same from yet another end: who comes with a cursor is owed all that followed.
/// Where to read on is listed a page of conversations at a time. Until the list is complete nobody
/// can say of a conversation that moves now what comes before it; so it gets a note, and is held.
public final class CatchUp {
  /// Beyond this many conversations it is cheaper to come back and sync.
  public static final int NOTES_MAX = 256;

  /// Conversations that are listed at a time; so many notes may come on top of [#NOTES_MAX].
  public static final int LISTED_MAX = 64;

  private final Map<ConversationId, Note> notes = new LinkedHashMap<>();
  private boolean stalled;
  private @Nullable PageRequest underWay;
  private long pages;

  /// What is still to be listed; null if nothing is.
  private @Nullable Replay replay;

  private static final class Replay {
    final long since;
    long from;
    boolean underWay;

    Replay(long since) {
      this.since = since;
    }
  }

  private static final class Note {
    /// Last seq given to the reader.
    long position;

    /// Last seq that the lane handed out since the note stands.
    long seen;

    /// [#seen] when the page under way was asked for: the page covers at least that.
    long seenWhenAsked;

    /// The lane must have worked off this commit before the note may go.
    long commit;

    /// The page of it that is under way, 0 if none is.
    long page;

    /// It is not known yet where it starts: see [CatchUp#await].
    boolean awaiting;

    /// Up to this entry it may not be his to see, and if it is, his `sync` tells him; so there is
    /// no gap to be told of before. 0 once something was given.
    long doubtful;

    /// The list may name an earlier place to begin: see [Replay].
    boolean held;

    /// He is no longer in there, and no entry says so: to be told behind the last one.
    boolean letGo;

    boolean isQuiet() {
      return page == 0 && !awaiting && !held;
    }
  }

  /// A page to be read.
  ///
  /// @param number tells it from others, for what it was to serve may be forgotten meanwhile
  /// @param doubtful if entries up to this one are not there, there is no gap to be told
  /// @param letGo whether the reader is to be told, behind the last entry, that he is out
  public record PageRequest(
      long number, ConversationId in, long after, long doubtful, boolean letGo) {}

  /// A page of the list to be read: of the conversations that moved behind `since`, in the order of
  /// their numbers, those from `from` on.
  public record ListRequest(long since, long from) {}

  /// The lane hands out the entries `first` to `last` as `frame`. Gives them if they are next and
  /// there is room; else notes them. `false`: more conversations moved than can be noted.
  boolean meet(Outbox outbox, ConversationId in, long first, long last, Frame frame) {
    Note note = notes.get(in);
    if (note == null) {
      if (!stalled && replay == null && outbox.offer(frame) == Outbox.Offer.ACCEPTED) {
        return true;
      }
      stalled |= replay == null;
      return begin(in, first - 1, last).isPresent();
    }
    note.seen = Math.max(note.seen, last);
    if (!stalled && note.isQuiet() && first == note.position + 1) {
      if (outbox.offer(frame) == Outbox.Offer.ACCEPTED) {
        note.position = last;
      } else {
        stalled = true;
      }
    }
    return true;
  }

  /// The lane hands out the entries `first` to `last`, of which some may not be this reader's: he
  /// came while they waited. So he is given them from the log. `false`: too many.
  boolean readFrom(ConversationId in, long first, long last) {
    Note known = notes.get(in);
    if (known != null) {
      known.seen = Math.max(known.seen, last);
      known.doubtful = known.doubtful == 0 ? 0 : Math.max(known.doubtful, last);
      return true;
    }
    Optional<Note> note = begin(in, first - 1, last);
    note.ifPresent(begun -> begun.doubtful = last);
    return note.isPresent();
  }

  /// The outbox was full for something that has no place in a log.
  void stall() {
    stalled = true;
  }

  /// A new note; empty if there are too many.
  private Optional<Note> begin(ConversationId in, long position, long seen) {
    if (notes.size() >= NOTES_MAX) {
      return Optional.empty();
    }
    Note note = new Note();
    note.position = position;
    note.seen = seen;
    note.held = replay != null;
    notes.put(in, note);
    return Optional.of(note);
  }

  /// He was told everything up to the commit `since`, on an earlier connection, and is owed the
  /// rest. To be called before anything is delivered.
  public void replay(long since) {
    replay = new Replay(since);
  }

  /// The next page of the list to read, if the notes of the one before have nearly gone.
  public Optional<ListRequest> nextList() {
    Replay listing = replay;
    if (listing == null || listing.underWay || listedWait() > LISTED_MAX / 4) {
      return Optional.empty();
    }
    listing.underWay = true;
    return Optional.of(new ListRequest(listing.since, listing.from));
  }

  /// How many notes of those that were listed have not gone.
  private long listedWait() {
    return notes.values().stream().filter(note -> !note.held).count();
  }

  /// A page of the list was read.
  public void listed(Answer.Owing list) {
    list.rows().forEach(this::owes);
    Replay listing = listing();
    listing.underWay = false;
    listing.from = list.next();
    if (list.next() == 0) {
      replay = null;
      notes.values().forEach(note -> note.held = false);
    }
  }

  /// It could not be read now; it will be asked for again.
  public void listFailed() {
    listing().underWay = false;
  }

  private Replay listing() {
    Replay listing = replay;
    if (listing == null) {
      throw new IllegalStateException("no list is under way");
    }
    return listing;
  }

  private void owes(Answer.Owed row) {
    if (row.after() == row.head()) {
      return;
    }
    Note note = notes.computeIfAbsent(row.conversation().id(), id -> new Note());
    note.held = false;
    note.doubtful = 0;
    note.position = row.after();
    note.seen = Math.max(note.seen, row.head());
    note.letGo = row.turn() == Answer.Owed.Turn.LET_GO;
  }

  /// A subscription begins: nothing of `in` is given until its head is known. `false`: too many.
  boolean await(ConversationId in) {
    if (notes.containsKey(in)) {
      return true;
    }
    Optional<Note> note = begin(in, 0, 0);
    note.ifPresent(begun -> begun.awaiting = true);
    return note.isPresent();
  }

  /// Whether the head of a subscription is not known yet.
  public boolean awaitsHead(ConversationId in) {
    Note note = notes.get(in);
    return note != null && note.awaiting;
  }

  /// The head that an awaited subscription starts behind, and the commit at which it was read.
  void startsBehind(ConversationId in, long head, long commit) {
    Note note = notes.get(in);
    if (note != null) {
      note.awaiting = false;
      note.position = head;
      note.commit = commit;
    }
  }

  /// An awaited subscription owes what followed some commit.
  public void startsWith(Answer.Owed row, long commit) {
    startsBehind(row.conversation().id(), row.after(), commit);
    Note note = notes.get(row.conversation().id());
    if (note != null) {
      note.seen = Math.max(note.seen, row.head());
    }
  }

  /// Nothing of `in` is owed any more.
  void forget(ConversationId in) {
    Note note = notes.remove(in);
    if (note != null && note.page > 0) {
      underWay = null;
    }
  }

  /// The socket has drained.
  void drained() {
    stalled = false;
  }

  /// The next page to read, after dropping the notes of conversations that are live again.
  ///
  /// @param worked the commit that the lane has worked off
  Optional<PageRequest> next(long worked) {
    notes.values().removeIf(note -> isLive(note, worked));
    if (stalled || underWay != null) {
      return Optional.empty();
    }
    Iterator<Map.Entry<ConversationId, Note>> all = notes.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<ConversationId, Note> candidate = all.next();
      Note note = candidate.getValue();
      if (note.isQuiet() && note.position < note.seen) {
        all.remove();
        notes.put(candidate.getKey(), note); // behind the others: pages come in turn
        note.page = ++pages;
        note.seenWhenAsked = note.seen;
        underWay =
            new PageRequest(
                note.page, candidate.getKey(), note.position, note.doubtful, note.letGo);
        return Optional.of(underWay);
      }
    }
    return Optional.empty();
  }

  /// Whether this page is still wanted.
  boolean awaits(PageRequest page) {
    return page.equals(underWay);
  }

  /// The page under way was given to the reader.
  void gave(Answer.Page page) {
    Note note = ended();
    note.commit = Math.max(note.commit, page.commit());
    if (!page.items().isEmpty()) {
      note.doubtful = 0;
      note.position = page.items().getLast().seq();
    }
    if (!page.more()) {
      // All that he may see of what the lane had handed out then was in this page or before it.
      note.position = Math.max(note.position, note.seenWhenAsked);
    }
  }

  /// The page under way could not be read now; it will be asked for again.
  void pageFailed() {
    ended();
  }

  private Note ended() {
    PageRequest ended = underWay;
    Note note = ended == null ? null : notes.get(ended.in());
    if (note == null) {
      throw new IllegalStateException("no page is under way");
    }
    underWay = null;
    note.page = 0;
    return note;
  }

  private static boolean isLive(Note note, long worked) {
    return note.isQuiet() && note.position >= note.seen && worked >= note.commit;
  }

  /// Whether the reader is up to date everywhere.
  boolean isOver() {
    return notes.isEmpty() && !stalled && replay == null;
  }
}
