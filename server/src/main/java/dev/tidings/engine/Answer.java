package dev.tidings.engine;

import dev.tidings.protocol.ErrorCode;
import java.util.List;
import java.util.Optional;

/// What became of a change or a read.
public sealed interface Answer {
  /// Kept under `seq`; `dup` if that was so before this request. `seq` 0: nothing had to be written
  /// (a quiet group).
  record Appended(
      Conversation conversation, long seq, long tsMillis, Level level, boolean duplicate)
      implements Answer {
    /// The same, kept as safely as that.
    Appended at(Level other) {
      return new Appended(conversation, seq, tsMillis, other, duplicate);
    }
  }

  /// Not done. `retryMillis` 0 for permanent codes.
  record Refused(ErrorCode code, String message, long retryMillis) implements Answer {
    public static Refused permanently(ErrorCode code, String message) {
      return new Refused(code, message, 0);
    }
  }

  /// The caller names another log than the present one.
  record OtherEpoch(String epoch, long low, long head) implements Answer {}

  /// How far he has got and read now.
  record Marked(long got, long read) implements Answer {}

  /// Done, and nothing more to say.
  record Done() implements Answer {}

  /// What the operator has said of a user is this now.
  record Sanctioned(Sanction sanction) implements Answer {}

  record SanctionedUser(String user, Sanction sanction) {}

  /// @param tokens ids of tokens that were revoked
  /// @param next `""` on the last page
  record SanctionsPage(List<SanctionedUser> users, List<String> tokens, String next) {}

  /// What a lane must know of a user who connects.
  ///
  /// @param groups numbers of the groups he is in, ascending
  /// @param commit every change up to this commit is in it, none of a later one
  /// @param visited whether he was here before, and read the same channels
  record UserState(long[] groups, long commit, boolean visited) implements Answer {}

  /// A stretch of a log, ascending.
  ///
  /// @param conversation absent log: number 0 and epoch `""`
  /// @param low first seq that the reader may see and that is kept
  /// @param head last seq that he may see, `low - 1` if there is none
  /// @param more whether entries remain in the direction of the request
  /// @param commit every entry up to this commit was there to be read, none of a later one
  record Page(
      Conversation conversation, long low, long head, List<Entry> items, boolean more, long commit)
      implements Answer {}

  /// Where a user stands in a conversation.
  ///
  /// @param unread messages above `read`
  /// @param mentions messages above `read` that name him, 100: so many or more
  /// @param muteUntilMillis as in [Change.Prefer]
  /// @param peerGot what the other one of a private conversation has got
  /// @param peerRead what he has read
  record Stand(
      long got,
      long read,
      long unread,
      int mentions,
      long muteUntilMillis,
      boolean blocks,
      long peerGot,
      long peerRead) {}

  /// One conversation in a `sync`. `tail` holds the newest entries, ascending.
  ///
  /// @param settings of a group that the user is in
  record Row(
      Conversation conversation,
      long low,
      long head,
      String role,
      Optional<GroupSettings> settings,
      boolean gone,
      Stand stand,
      List<Entry> tail) {}

  /// @param moved whether anything moved since the cursor that was given; some rows come always
  /// @param cursor `""` but on the last page
  /// @param next `""` on the last page
  record SyncPage(List<Row> rows, boolean moved, String cursor, String next) implements Answer {}

  /// The entries of one log that a reader was not told of: those after `after` up to `head`.
  /// `after` may lie before the first that is kept; then something is gone that he may not have
  /// been told.
  ///
  /// @param turn what became of his membership without an entry that says so
  record Owed(Conversation conversation, long after, long head, Turn turn) {
    /// In a quiet group no entry says it.
    public enum Turn {
      NONE,
      LET_IN,
      LET_GO
    }
  }

  /// @param next where the next page begins, 0 on the last one
  /// @param commit every entry up to this commit was there to be found
  record Owing(List<Owed> rows, long next, long commit) implements Answer {}

  /// An entry that was found.
  record Hit(Conversation conversation, Entry entry) {}

  /// What was found, newest first.
  ///
  /// @param next `""` on the last page
  /// @param whole whether all was looked through but the last moments
  record Found(List<Hit> hits, String next, boolean whole) implements Answer {}

  /// @param got what he has got, as far as it is told in a group of this size
  /// @param read what he has read, likewise
  record Member(String user, String role, long got, long read) {}

  /// @param count of all members
  /// @param next `""` on the last page
  record MembersPage(Conversation conversation, List<Member> members, int count, String next)
      implements Answer {}

  /// @param role of the reader, `""` if he is no member
  record GroupInfo(
      Conversation conversation,
      GroupSettings settings,
      int members,
      String role,
      long low,
      long head)
      implements Answer {}

  /// The viewer may know.
  record Visible() implements Answer {}
}
