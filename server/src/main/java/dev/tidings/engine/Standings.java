package dev.tidings.engine;

import static dev.tidings.protocol.ErrorCode.BAD_REQUEST;
import static dev.tidings.protocol.ErrorCode.FORBIDDEN;
import static dev.tidings.protocol.ErrorCode.NOT_FOUND;

import dev.tidings.protocol.ErrorCode;
import java.util.LinkedHashSet;
import java.util.Optional;

/// What one user has got and read of a conversation, who named him there, and what he wishes of it.
/// Confined to the writer.
///
/// The count of unread messages is nowhere kept: every entry carries how many messages there were
/// up to it, and so does a mark. So a message costs the same however many have not read it.
final class Standings {
  private final Store store;
  private final Logs logs;
  private final GroupRules groups;
  private final long generation;

  Standings(Store store, Logs logs, GroupRules groups, long generation) {
    this.store = store;
    this.logs = logs;
    this.groups = groups;
    this.generation = generation;
  }

  private Standing of(Turn turn, Log log, String user) {
    return turn.batch
        .find(Keys.standing(user, log.number()), store)
        .map(row -> Standing.of(row).in(generation))
        .orElse(Standing.none(generation));
  }

  private void put(Turn turn, Log log, String user, Standing standing) {
    turn.batch.put(Keys.standing(user, log.number()), standing.row());
  }

  // Marks.

  Answer mark(Turn turn, Change.Mark mark) {
    Optional<Log> begun = logs.find(mark.in());
    if (begun.isEmpty()) {
      return mark.in().kind() == ConversationId.Kind.PRIVATE
          ? new Answer.Marked(0, 0) // nothing to mark yet
          : noSuch(mark.in());
    }
    Log log = begun.get();
    long last = log.head;
    boolean present = true;
    if (mark.in().kind() != ConversationId.Kind.PRIVATE) {
      Optional<Membership> membership = groups.membership(turn, log, mark.user());
      if (membership.isEmpty()) {
        return stranger(log);
      }
      present = membership.get().isIn();
      last = present ? log.head : Math.min(log.head, membership.get().until());
    }
    if (!mark.epoch().isEmpty() && !mark.epoch().equals(log.conversation.epoch())) {
      return new Answer.OtherEpoch(log.conversation.epoch(), log.meta.low(), last);
    }
    Standing before = of(turn, log, mark.user());
    long read = Math.max(before.read(), Math.min(mark.read(), last));
    long got = Math.max(Math.max(before.got(), read), Math.min(mark.got(), last));
    if (read != before.read() || got != before.got()) {
      long messages = read == before.read() ? before.readMessages() : messages(turn, log, read);
      put(turn, log, mark.user(), before.marked(got, read, messages, turn.commit));
      if (mark.in().kind() == ConversationId.Kind.PRIVATE) {
        Pointers.cover(turn, log);
      }
      turn.committed.add(
          new Committed.Marked(
              log.conversation, mark.user(), got, read, present && isTold(log), mark.ticket()));
    }
    return new Answer.Marked(got, read);
  }

  /// Whether the others of this conversation are told of marks.
  private static boolean isTold(Log log) {
    return switch (log.id().kind()) {
      case PRIVATE -> true;
      case GROUP -> log.meta.members() <= EngineLimits.INTIMATES_MAX;
      case ANNOUNCEMENT, TOPIC -> false;
    };
  }

  /// How many messages the log has up to `seq`.
  private long messages(Turn turn, Log log, long seq) {
    if (seq == log.head) {
      return log.messages;
    }
    byte[] key = Keys.entry(log.number(), seq);
    return turn.batch
        .find(key, store)
        .or(() -> turn.batch.findUnseen(key)) // appended by this very batch
        .map(row -> EntryRow.read(seq, row).messages())
        .orElse(0L); // trimmed: all that is kept is above
  }

  /// What is there up to `seq` was there before `user` came: he has read it.
  void beginsAt(Turn turn, Log log, String user, long seq) {
    if (seq > 0) {
      Standing before = of(turn, log, user);
      put(turn, log, user, before.marked(seq, seq, messages(turn, log, seq), turn.commit));
    }
  }

  private static Answer noSuch(ConversationId id) {
    return id.kind() == ConversationId.Kind.GROUP
        ? GroupRules.noSuchGroup()
        : Answer.Refused.permanently(NOT_FOUND, "no such conversation");
  }

  private static Answer stranger(Log log) {
    return log.id().kind() == ConversationId.Kind.GROUP
        ? GroupRules.stranger(log.meta, Optional.empty())
        : noSuch(log.id());
  }

  // Mentions.

  /// Notes whom a new entry names: those who may read it, but its author.
  void mention(Turn turn, Log log, Entry entry) {
    if (entry.mention().isEmpty()) {
      return; // nearly always
    }
    for (String user : new LinkedHashSet<>(entry.mention())) {
      if (!user.equals(entry.from()) && reads(turn, log, user)) {
        put(turn, log, user, of(turn, log, user).mentionedBy(entry.seq()));
      }
    }
  }

  /// An entry is taken back: it names nobody any more.
  void unmention(Turn turn, Log log, Entry entry) {
    for (String user : new LinkedHashSet<>(entry.mention())) {
      Standing before = of(turn, log, user);
      if (before.mentions().contains(entry.seq())) {
        put(turn, log, user, before.notMentionedBy(entry.seq()));
      }
    }
  }

  private boolean reads(Turn turn, Log log, String user) {
    return switch (log.id().kind()) {
      case PRIVATE -> log.id().isOf(user);
      case GROUP, ANNOUNCEMENT ->
          groups.membership(turn, log, user).filter(Membership::isIn).isPresent();
      case TOPIC -> false;
    };
  }

  // Wishes.

  Answer prefer(Turn turn, Change.Prefer wish) {
    ConversationId in = wish.in();
    boolean isPrivate = in.kind() == ConversationId.Kind.PRIVATE;
    if (wish.block().isPresent() && in.firstUser().equals(in.secondUser())) {
      return Answer.Refused.permanently(BAD_REQUEST, "block: nobody can block himself");
    }
    boolean asksNothing = wish.muteUntilMillis().orElse(0) == 0 && !wish.block().orElse(false);
    Optional<Log> begun =
        isPrivate && !asksNothing ? Optional.of(logs.findOrMake(in, turn.batch)) : logs.find(in);
    if (begun.isEmpty()) {
      return isPrivate ? new Answer.Done() : noSuch(in);
    }
    Log log = begun.get();
    if (!isPrivate
        && groups.membership(turn, log, wish.user()).filter(Membership::isIn).isEmpty()) {
      return GroupRules.stranger(log.meta, groups.membership(turn, log, wish.user()));
    }
    Standing before = of(turn, log, wish.user());
    long mute = wish.muteUntilMillis().orElse(before.muteUntilMillis());
    boolean blocks = wish.block().orElse(before.blocks());
    if (mute != before.muteUntilMillis() || blocks != before.blocks()) {
      put(turn, log, wish.user(), before.wishing(mute, blocks, turn.commit));
      if (isPrivate) {
        Pointers.coverOnly(turn, log, wish.user());
        noteBlock(log, wish.user(), blocks);
      }
      turn.committed.add(
          new Committed.Preferred(log.conversation, wish.user(), mute, blocks, wish.ticket()));
    }
    return new Answer.Done();
  }

  /// Why `from` may not write to the other user of a private conversation; empty if he may.
  Optional<Answer> refuseIfBlocked(Turn turn, Log log, String from) {
    if (!log.blocksAreKnown) {
      noteBlock(log, log.id().firstUser(), of(turn, log, log.id().firstUser()).blocks());
      noteBlock(log, log.id().secondUser(), of(turn, log, log.id().secondUser()).blocks());
      log.blocksAreKnown = true;
    }
    boolean blocked =
        from.equals(log.id().firstUser()) ? log.secondUserBlocks : log.firstUserBlocks;
    return blocked ? refused(FORBIDDEN, "this user takes no messages from you") : Optional.empty();
  }

  private static void noteBlock(Log log, String user, boolean blocks) {
    if (user.equals(log.id().firstUser())) {
      log.firstUserBlocks = blocks;
    } else {
      log.secondUserBlocks = blocks;
    }
  }

  private static Optional<Answer> refused(ErrorCode code, String message) {
    return Optional.of(Answer.Refused.permanently(code, message));
  }
}
