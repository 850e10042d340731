package dev.tidings.engine;

/// Sees to it that a private conversation is found by the `sync` of both its users ([Pointer]).
final class Pointers {
  /// A pointer covers this many commits from the one that wrote it.
  private static final long COMMITS = 10_000;

  private Pointers() {}

  /// Both users' pointers cover this commit.
  static void cover(Turn turn, Log log) {
    cover(turn, log, false, false);
  }

  /// Both users' pointers cover this commit, and presence knows who wrote.
  static void cover(Turn turn, Log log, String author) {
    cover(turn, log, author.equals(log.id().firstUser()), author.equals(log.id().secondUser()));
  }

  /// The pointer of `user` covers this commit; the other one learns nothing.
  static void coverOnly(Turn turn, Log log, String user) {
    if (log.pointedUntil < turn.commit) {
      boolean wrote = user.equals(log.id().firstUser()) ? log.firstUserWrote : log.secondUserWrote;
      turn.batch.putUnseen(
          Keys.pointer(user, log.number()), new Pointer(turn.commit + COMMITS, wrote).row());
    }
  }

  private static void cover(Turn turn, Log log, boolean byFirst, boolean bySecond) {
    ConversationId id = log.id();
    boolean covered =
        log.pointedUntil >= turn.commit
            && (log.firstUserWrote || !byFirst)
            && (log.secondUserWrote || !bySecond);
    if (covered) {
      return;
    }
    log.pointedUntil = turn.commit + COMMITS;
    log.firstUserWrote |= byFirst;
    log.secondUserWrote |= bySecond;
    turn.batch.putUnseen(
        Keys.pointer(id.firstUser(), log.number()),
        new Pointer(log.pointedUntil, log.firstUserWrote).row());
    if (!id.firstUser().equals(id.secondUser())) {
      turn.batch.putUnseen(
          Keys.pointer(id.secondUser(), log.number()),
          new Pointer(log.pointedUntil, log.secondUserWrote).row());
    }
  }
}
