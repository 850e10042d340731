package dev.tidings.engine;

import static dev.tidings.protocol.ErrorCode.FORBIDDEN;
import static dev.tidings.protocol.ErrorCode.NOT_FOUND;
import static dev.tidings.protocol.ErrorCode.TOO_LATE;

import dev.tidings.protocol.Payload;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// Edits and recalls: entries that change what another entry says. Confined to the writer.
///
/// The log only grows and its numbers stay; the row of the entry in question is written anew in the
/// same commit. What a message says stands in that row and nowhere else, so that once it is
/// recalled nobody can read it any more, whichever way he comes. The row keeps its `cid` and
/// digest: it is what a repeat of the send is held against.
final class Revisions {
  private final Store store;
  private final Logs logs;
  private final Marks marks;
  private final GroupRules groups;
  private final Standings standings;
  private final long windowMillis;

  Revisions(
      Store store,
      Logs logs,
      Marks marks,
      GroupRules groups,
      Standings standings,
      long windowSeconds) {
    this.store = store;
    this.logs = logs;
    this.marks = marks;
    this.groups = groups;
    this.standings = standings;
    this.windowMillis = windowSeconds * 1_000;
  }

  /// What an edit and a recall have in common.
  private record Wish(
      ConversationId in,
      String by,
      String cid,
      String epoch,
      long seq,
      boolean privileged,
      Entry.Kind kind,
      Payload data) {

    byte[] digest() {
      if (cid.isEmpty()) {
        return new byte[0];
      }
      ByteArrayOutputStream asked = new ByteArrayOutputStream(data.sizeBytes() + 32);
      asked.writeBytes((kind.wire() + "\n" + seq + "\n").getBytes(StandardCharsets.UTF_8));
      asked.writeBytes(data.json());
      return Mark.digest(asked.toByteArray());
    }
  }

  /// An entry and the row that it stands in.
  private record Found(Entry entry, byte[] row) {}

  Answer edit(Turn turn, Change.Edit edit) {
    return revise(
        turn,
        new Wish(
            edit.in(),
            edit.by(),
            edit.cid(),
            edit.epoch(),
            edit.seq(),
            edit.privileged(),
            Entry.Kind.EDIT,
            edit.data()));
  }

  Answer recall(Turn turn, Change.Recall recall) {
    return revise(
        turn,
        new Wish(
            recall.in(),
            recall.by(),
            recall.cid(),
            recall.epoch(),
            recall.seq(),
            recall.privileged(),
            Entry.Kind.RECALL,
            Entry.NO_DATA));
  }

  private Answer revise(Turn turn, Wish wish) {
    Optional<Log> begun = logs.find(wish.in());
    if (begun.isEmpty()) {
      return wish.in().kind() == ConversationId.Kind.GROUP
          ? GroupRules.noSuchGroup()
          : noSuchMessage();
    }
    Log log = begun.get();
    byte[] digest = wish.digest();
    Optional<Answer> repeat = marks.repeat(turn, log, wish.by(), wish.cid(), digest);
    if (repeat.isPresent()) {
      return repeat.get();
    }
    long low = log.meta.low();
    boolean moderates = wish.privileged();
    if (wish.in().kind() == ConversationId.Kind.GROUP) {
      Optional<Answer> refusal =
          wish.kind() == Entry.Kind.EDIT
              ? groups.refuseUnlessSends(turn, log, wish.by(), wish.privileged())
              : groups.refuseUnlessMember(turn, log, wish.by(), wish.privileged());
      if (refusal.isPresent()) {
        return refusal.get();
      }
    }
    if (wish.in().kind() == ConversationId.Kind.GROUP && !wish.privileged()) {
      Membership membership = groups.membership(turn, log, wish.by()).orElseThrow();
      low = Math.max(low, membership.low());
      moderates = membership.role().manages();
    }
    if (wish.in().kind() == ConversationId.Kind.PRIVATE
        && wish.kind() == Entry.Kind.EDIT
        && !wish.privileged()) {
      Optional<Answer> refusal = standings.refuseIfBlocked(turn, log, wish.by());
      if (refusal.isPresent()) {
        return refusal.get();
      }
    }
    if (!wish.epoch().isEmpty() && !wish.epoch().equals(log.conversation.epoch())) {
      return new Answer.OtherEpoch(log.conversation.epoch(), low, log.head);
    }
    Optional<Found> found =
        wish.seq() < low || wish.seq() > log.head ? Optional.empty() : find(turn, log, wish.seq());
    if (found.isEmpty() || found.get().entry().kind() != Entry.Kind.MESSAGE) {
      return noSuchMessage();
    }
    Optional<Answer> refusal = refuse(turn, wish, found.get().entry(), moderates);
    return refusal.isPresent() ? refusal.get() : write(turn, log, wish, digest, found.get());
  }

  private static Answer noSuchMessage() {
    return Answer.Refused.permanently(NOT_FOUND, "no such message");
  }

  private Optional<Found> find(Turn turn, Log log, long seq) {
    byte[] key = Keys.entry(log.number(), seq);
    return turn.batch
        .find(key, store)
        .or(() -> turn.batch.findUnseen(key)) // appended by this very batch
        .map(row -> new Found(EntryRow.read(seq, row), row));
  }

  /// Why this is not done; empty if it is.
  ///
  /// @param moderates whether he may recall what others wrote, whenever they did
  private Optional<Answer> refuse(Turn turn, Wish wish, Entry entry, boolean moderates) {
    boolean isAuthor = entry.from().equals(wish.by());
    boolean mayRecall = wish.kind() == Entry.Kind.RECALL && moderates;
    if (!isAuthor && !mayRecall) {
      return Optional.of(
          Answer.Refused.permanently(
              FORBIDDEN,
              wish.kind() == Entry.Kind.EDIT
                  ? "only its author may edit a message"
                  : "only its author may recall a message, and who leads the group"));
    }
    if (entry.at(turn.nowMillis).isVoid()) {
      return Optional.of(Answer.Refused.permanently(TOO_LATE, "what it said is gone already"));
    }
    boolean inTime = windowMillis > 0 && turn.nowMillis - entry.tsMillis() <= windowMillis;
    return inTime || mayRecall || wish.privileged()
        ? Optional.empty()
        : Optional.of(
            Answer.Refused.permanently(TOO_LATE, "the time to edit and recall it is over"));
  }

  private Answer write(Turn turn, Log log, Wish wish, byte[] digest, Found found) {
    if (wish.in().kind() == ConversationId.Kind.PRIVATE) {
      Pointers.cover(turn, log, wish.by());
    }
    Entry change =
        turn.append(
            log,
            wish.kind(),
            wish.by(),
            wish.cid(),
            List.of(),
            wish.data(),
            digest,
            Entry.Extras.about(wish.seq()));
    Entry revised =
        wish.kind() == Entry.Kind.EDIT
            ? found.entry().edited(wish.data(), change.seq())
            : found.entry().emptied(Entry.VoidBy.RECALL, change.seq());
    byte[] before = found.row();
    byte[] row =
        EntryRow.of(
            revised,
            EntryRow.request(wish.seq(), before).mark().digest(),
            EntryRow.bytesUpTo(before));
    turn.batch.put(Keys.entry(log.number(), wish.seq()), row);
    if (wish.kind() == Entry.Kind.RECALL) {
      standings.unmention(turn, log, found.entry());
    }
    if (wish.seq() >= log.meta.markedFrom()) {
      log.recentBytes += row.length - before.length;
    }
    Answer.Appended done = turn.appended(log, change);
    marks.note(turn, log, wish.by(), wish.cid(), digest, done);
    return done;
  }
}
