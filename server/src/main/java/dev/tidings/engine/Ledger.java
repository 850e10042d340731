package dev.tidings.engine;

import static dev.tidings.protocol.ErrorCode.INTERNAL;
import static dev.tidings.protocol.ErrorCode.TOO_MANY;
import static dev.tidings.protocol.ErrorCode.UNAVAILABLE;

import dev.tidings.base.Clock;
import dev.tidings.base.Ids;
import dev.tidings.engine.CommitListener.Answered;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Decides every change, for good and in one order: may he, was it asked before, which number. Then
/// keeps the whole batch with one sync, and only then is anything of it true.
///
/// Single-threaded and quiet: whoever owns it calls [#decide(List)] with what queued up. What one
/// may do to groups is in [GroupRules], to what was sent in [Revisions], and how far each has read
/// in [Standings]. To add a change, give [Change] a record and the switch a case.
final class Ledger {
  private static final long RETRY_MILLIS = 1_000;
  private static final int DELETED_ONE_BY_ONE_MAX = 1_000;

  private final Store store;
  private final Clock clock;
  private final Level level;
  private final StoreState state;
  private final Logs logs;
  private final Marks marks;
  private final GroupRules groups;
  private final Trimming trimming;
  private final Standings standings;
  private final Revisions revisions;
  private final Moves moves;
  private final MoveRows moveRows;
  private final Expiries expiries;
  private final Erasing erasing;
  private final Sanctions sanctions;
  private final DefinedChannels channels;
  private final Absorbing absorbing;

  /// Opens the store's numbers; see [StoreState#open] for `boot`.
  Ledger(Store store, Clock clock, Ids ids, EngineLimits limits, Level level, String boot) {
    this.store = store;
    this.clock = clock;
    this.level = level;
    this.state = StoreState.open(store, level, boot, ids);
    this.logs = new Logs(store, state, ids);
    this.marks = new Marks(store, limits.dedupeSeconds());
    this.trimming = new Trimming(store, logs, marks, limits.retention(), clock.monotonicMillis());
    this.expiries = new Expiries(store);
    this.erasing = new Erasing(store);
    this.sanctions = new Sanctions(store);
    this.channels = new DefinedChannels(store);
    this.groups = new GroupRules(store, logs, marks, limits, announcements().number());
    this.standings = new Standings(store, logs, groups, state.generation());
    this.revisions = new Revisions(store, logs, marks, groups, standings, limits.editSeconds());
    this.moveRows = new MoveRows(store);
    this.moves = moveRows.load(state.commit());
    this.absorbing =
        new Absorbing(state, logs, marks, moveRows, moves, expiries, erasing, sanctions, channels);
  }

  /// The announcement channel is there from the beginning, so that a first visit can be noted in
  /// it.
  private Log announcements() {
    Batch batch = new Batch();
    Log log = logs.findOrMake(ConversationId.ALL, batch);
    if (!batch.isEmpty()) {
      if (store.isShared()) {
        state.keep(batch, true);
      } else {
        store.commit(batch, true);
      }
    }
    return log;
  }

  /// What has moved lately, for readers.
  Moves moves() {
    return moves;
  }

  /// Who is being erased; from any thread.
  List<String> erasing() {
    return erasing.underWay();
  }

  Sanctions sanctions() {
    return sanctions;
  }

  /// The filters of the channels that the operator has defined, by name; from any thread.
  Map<String, String> channels() {
    return channels.filters();
  }

  StoreState state() {
    return state;
  }

  /// Takes into mind what another node of a shared store has kept as the next commit.
  ///
  /// @return what became true by it
  List<Committed> absorb(Batch batch) {
    absorbing.absorb(batch);
    logs.forgetUnused(marks);
    return CommittedRow.read(batch);
  }

  /// What became of a batch.
  ///
  /// @param failure why nothing of it was kept; empty when all is well
  /// @param unknown whether the failure leaves open what is on disk: nothing may be decided any
  ///   more until the store was opened anew
  /// @param reads to be served now, for they had to see this batch
  record Outcome(
      Optional<Throwable> failure,
      boolean unknown,
      List<Committed> committed,
      List<Answered> answers,
      List<Change.Read> reads) {}

  /// Whether there is something to tidy up although nobody asks for anything.
  boolean isUntidy() {
    return trimming.isDue(clock.monotonicMillis())
        || expiries.isDue(clock.epochMillis())
        || erasing.isDue();
  }

  /// Decides `changes` in order and keeps what they write in one commit, together with a little of
  /// what there is to tidy up.
  Outcome decide(List<Change> changes) {
    Turn turn = new Turn(state.commit() + 1, clock.epochMillis(), store.kept(level), trimming);
    boolean tidied = false;
    Marks.Windows windows = marks.windows();
    try {
      marks.turn(turn);
      tidy(turn, changes.isEmpty());
      tidied = true;
      turn.binding = !turn.batch.isEmpty();
      for (Change change : changes) {
        decide(turn, change);
      }
    } catch (RuntimeException | Error e) {
      // Nothing was written, and what was only in mind is forgotten: as if it had not been asked.
      if (!tidied) {
        trimming.rest(clock.monotonicMillis()); // or nothing else would be decided any more
      }
      marks.undo(windows);
      return nothingKept(changes, e, false);
    }
    long[] moved = turn.moved();
    if (!turn.batch.isEmpty() || (store.isShared() && !turn.committed.isEmpty())) {
      moveRows.write(turn, moved);
      try {
        if (store.isShared()) {
          turn.batch.say(CommittedRow.of(turn.committed));
        }
        if (turn.binding || store.isShared()) {
          state.keep(turn.batch, level != Level.MEMORY);
        } else {
          // Of a commit that was not synced nothing may be told that rests on its number.
          store.commitUnsynced(turn.batch);
        }
        turn.isKept(store.kept(level));
      } catch (Store.NotKeptException e) {
        undo(windows, moved);
        return nothingKept(changes, e, false);
      } catch (RuntimeException | Error e) {
        undo(windows, moved);
        return nothingKept(changes, e, true);
      }
      if (trimming.takeFreed()) {
        store.giveBack();
      }
    }
    for (long number : moved) {
      moves.note(number, turn.commit);
    }
    turn.whenKept.forEach(Runnable::run);
    if (erasing.takeFinished()) {
      store.forgetOverwritten();
    }
    logs.forgetUnused(marks);
    return new Outcome(Optional.empty(), false, turn.committed, turn.answers, turn.reads);
  }

  /// @param idle whether nobody waits for this batch
  private void tidy(Turn turn, boolean idle) {
    long now = clock.monotonicMillis();
    if (trimming.isDue(now)) {
      trimming.step(turn, now);
    }
    if (expiries.isDue(turn.nowMillis)) {
      expiries.step(turn);
    }
    if (erasing.isDue()) {
      erasing.step(turn, idle);
    }
  }

  /// What only the store knows better is as before the batch.
  private void undo(Marks.Windows windows, long[] moved) {
    marks.undo(windows);
    if (moved.length > 0) {
      moveRows.undo();
    }
  }

  private Outcome nothingKept(List<Change> changes, Throwable failure, boolean unknown) {
    logs.forgetAll();
    marks.forgetAll();
    expiries.forget();
    erasing.forget();
    Answer answer =
        unknown || failure instanceof Store.StoreException
            ? new Answer.Refused(UNAVAILABLE, "store failed", RETRY_MILLIS)
            : new Answer.Refused(INTERNAL, "internal error", RETRY_MILLIS);
    List<Answered> answers = new ArrayList<>(changes.size());
    for (Change change : changes) {
      answers.add(new Answered(change.ticket(), answer));
    }
    return new Outcome(Optional.of(failure), unknown, List.of(), answers, List.of());
  }

  private void decide(Turn turn, Change change) {
    turn.binding |= isBinding(change);
    switch (change) {
      case Change.Append append -> turn.answer(append, append(turn, append));
      case Change.Edit edit -> turn.answer(edit, revisions.edit(turn, edit));
      case Change.Recall recall -> turn.answer(recall, revisions.recall(turn, recall));
      case Change.Mark mark -> turn.answer(mark, standings.mark(turn, mark));
      case Change.Prefer wish -> turn.answer(wish, standings.prefer(turn, wish));
      case Change.Signal signal -> turn.answer(signal, signal(turn, signal));
      case Change.CreateGroup create -> turn.answer(create, groups.create(turn, create));
      case Change.JoinGroup join -> turn.answer(join, groups.join(turn, join));
      case Change.LeaveGroup leave -> turn.answer(leave, groups.leave(turn, leave));
      case Change.AddMembers add -> turn.answer(add, groups.add(turn, add));
      case Change.RemoveMembers remove -> turn.answer(remove, groups.remove(turn, remove));
      case Change.SetGroup set -> turn.answer(set, groups.set(turn, set));
      case Change.DeleteGroup delete -> turn.answer(delete, groups.delete(turn, delete));
      case Change.Sanctioning sanctioning ->
          turn.answer(sanctioning, sanctions.decide(turn, store, sanctioning));
      case Change.RevokeToken revoke -> turn.answer(revoke, sanctions.decide(turn, revoke));
      case Change.DefineChannel define -> turn.answer(define, define(turn, define));
      case Change.RemoveChannel remove -> turn.answer(remove, remove(turn, remove));
      case Change.Admit admit -> turn.answer(admit, admit(turn, admit));
      case Change.Visit visit -> turn.answer(visit, visit(turn, visit));
      case Change.Erase erase -> turn.answer(erase, erase(turn, erase.user()));
      case Change.Read read -> turn.reads.add(read);
    }
  }

  /// Whether what it writes must survive everything once it is answered.
  private static boolean isBinding(Change change) {
    return !(change instanceof Change.Mark
        || change instanceof Change.Signal
        || change instanceof Change.Read);
  }

  private Answer append(Turn turn, Change.Append append) {
    ConversationId to = append.to();
    Optional<Log> found =
        switch (to.kind()) {
          case PRIVATE, ANNOUNCEMENT, TOPIC -> Optional.of(logs.findOrMake(to, turn.batch));
          case GROUP -> logs.find(to);
        };
    if (found.isEmpty()) {
      return GroupRules.noSuchGroup();
    }
    Log log = found.get();
    // First of all, for a repeat asks about the past: he may have been put out since.
    byte[] digest = append.cid().isEmpty() ? new byte[0] : Mark.digest(append.data().json());
    Optional<Answer> repeat = marks.repeat(turn, log, append.from(), append.cid(), digest);
    if (repeat.isPresent()) {
      return repeat.get();
    }
    if (to.kind() == ConversationId.Kind.GROUP) {
      Optional<Answer> refusal =
          groups.refuseUnlessSends(turn, log, append.from(), append.privileged());
      if (refusal.isPresent()) {
        return refusal.get();
      }
    }
    if (to.kind() == ConversationId.Kind.PRIVATE && !append.privileged()) {
      Optional<Answer> refusal = standings.refuseIfBlocked(turn, log, append.from());
      if (refusal.isPresent()) {
        return refusal.get();
      }
    }
    if (to.kind() == ConversationId.Kind.PRIVATE) {
      Pointers.cover(turn, log, append.from());
    }
    long expiresMillis =
        append.ttlSeconds() == 0 ? 0 : turn.nowMillis + append.ttlSeconds() * 1_000L;
    Entry entry =
        turn.append(
            log,
            Entry.Kind.MESSAGE,
            append.from(),
            append.cid(),
            List.of(),
            append.data(),
            digest,
            Entry.Extras.of(append.mention(), expiresMillis));
    standings.mention(turn, log, entry);
    if (expiresMillis > 0) {
      expiries.note(turn, log, entry.seq(), expiresMillis);
    }
    Answer.Appended done = turn.appended(log, entry);
    marks.note(turn, log, append.from(), append.cid(), digest, done);
    return done;
  }

  /// Says something in its place among the entries, and keeps nothing.
  private Answer signal(Turn turn, Change.Signal signal) {
    Optional<Log> log = logs.find(signal.to());
    if (signal.to().kind() == ConversationId.Kind.GROUP) {
      if (log.isEmpty()) {
        return GroupRules.noSuchGroup();
      }
      Optional<Answer> refusal =
          groups.refuseUnlessSends(turn, log.get(), signal.from(), signal.privileged());
      if (refusal.isPresent()) {
        return refusal.get();
      }
      if (log.get().meta.members() > EngineLimits.INTIMATES_MAX) {
        return Answer.Refused.permanently(
            TOO_MANY, "signals reach groups of up to " + EngineLimits.INTIMATES_MAX + " members");
      }
    }
    if (signal.to().kind() == ConversationId.Kind.PRIVATE
        && log.isPresent()
        && !signal.privileged()) {
      Optional<Answer> refusal = standings.refuseIfBlocked(turn, log.get(), signal.from());
      if (refusal.isPresent()) {
        return refusal.get();
      }
    }
    Conversation conversation =
        log.map(known -> known.conversation).orElse(new Conversation(0, signal.to(), ""));
    turn.committed.add(
        new Committed.Signalled(conversation, signal.from(), signal.data(), signal.ticket()));
    return new Answer.Done();
  }

  /// He leaves every group, and nothing stands under his name any more but that he was there. What
  /// he wrote before is emptied from the next batch on. Looks at the store alone, so it has a batch
  /// of its own.
  private Answer erase(Turn turn, String user) {
    groups.leaveAll(turn, user);
    for (byte[] from : List.of(Keys.pointers(user), Keys.channels(user), Keys.standings(user))) {
      deleteAll(turn, from, Keys.endOf(from));
    }
    logs.forgetUser(user);
    erasing.begin(turn, user);
    return new Answer.Done();
  }

  /// One by one where they are few: ranges of deleted keys slow down reads.
  private void deleteAll(Turn turn, byte[] from, byte[] to) {
    byte[] rest = from;
    try (Store.Scan scan = store.ascending(from, to)) {
      for (int i = 0; i < DELETED_ONE_BY_ONE_MAX; i++) {
        if (!scan.next()) {
          return;
        }
        rest = scan.key();
        turn.batch.delete(rest);
      }
    }
    turn.batch.deleteRange(rest, to);
  }

  /// Announcements begin for a user at the head of his first visit.
  private Answer visit(Turn turn, Change.Visit visit) {
    visit(turn, visit.user(), ConversationId.ALL);
    visit.channels().forEach(channel -> visit(turn, visit.user(), channel));
    return new Answer.Done();
  }

  private void visit(Turn turn, String user, ConversationId channel) {
    Log log = logs.findOrMake(channel, turn.batch);
    visit(turn, user, log, log.head);
  }

  /// @param from the announcement that is his first one, if he has none yet
  private void visit(Turn turn, String user, Log log, long from) {
    byte[] key = Keys.stretch(log.id(), user, log.number());
    if (turn.batch.find(key, store).isEmpty()) {
      long low = Math.max(from, 1);
      Membership first =
          new Membership(Role.MEMBER, low, Membership.STILL_IN, turn.commit, turn.nowMillis);
      turn.batch.put(key, first.row());
      standings.beginsAt(turn, log, user, from);
    }
  }

  // Announcement channels that the operator defines.

  private Answer define(Turn turn, Change.DefineChannel define) {
    return channels.hasRoom(turn, define.channel())
        ? channels.define(turn, logs.findOrMake(define.channel(), turn.batch), define.filter())
        : DefinedChannels.tooMany();
  }

  private Answer remove(Turn turn, Change.RemoveChannel remove) {
    Optional<Log> log = logs.find(remove.channel());
    return log.isEmpty() ? DefinedChannels.noSuchChannel() : channels.remove(turn, log.get());
  }

  private Answer admit(Turn turn, Change.Admit admit) {
    Optional<Log> found = logs.find(admit.channel());
    if (found.isPresent() && channels.has(turn, admit.channel())) {
      Log log = found.get();
      long from = Math.min(admit.from(), log.head);
      admit.users().forEach(user -> visit(turn, user, log, from));
      long after = Math.max(from, 1) - 1;
      turn.committed.add(new Committed.Admitted(log.conversation, admit.users(), after, log.head));
    }
    return new Answer.Done();
  }
}
