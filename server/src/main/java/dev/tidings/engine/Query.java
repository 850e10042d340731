package dev.tidings.engine;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Something to read, on behalf of a user who may see it or not.
public sealed interface Query {
  /// What a lane must know of a user who connects: answered by [Answer.UserState].
  ///
  /// @param channels the announcements for some that he reads
  record UserAtConnect(String user, List<ConversationId> channels) implements Query {}

  /// A stretch of a log between two exclusive bounds: answered by [Answer.Page].
  ///
  /// @param epoch refused if given and not the current one
  /// @param limit most entries, 1 to 200
  /// @param bytesMax roughly the most bytes of payload, but at least one entry
  /// @param privileged a backend's token, or a topic whose `sub` was allowed: needs no membership
  record History(
      ConversationId in,
      String reader,
      String epoch,
      OptionalLong after,
      OptionalLong before,
      int limit,
      int bytesMax,
      boolean privileged)
      implements Query {}

  /// What moved since a cursor: answered by [Answer.SyncPage].
  ///
  /// @param channels the announcements for some that he reads
  record Sync(
      String user,
      List<ConversationId> channels,
      String since,
      int tail,
      int limit,
      String next,
      int bytesMax)
      implements Query {}

  /// Conversations of `user` in which he has not been told everything up to `since`, a commit; in
  /// the order of their numbers, from `from` on: answered by [Answer.Owing], or refused with
  /// `cursor` if that commit is not kept.
  ///
  /// @param channels the announcements for some that he reads
  record OwedSince(String user, List<ConversationId> channels, long since, long from, int limit)
      implements Query {}

  /// What one log owes to a reader who was told everything up to `since`, a commit: answered by
  /// [Answer.Owing] with one row, or refused as above. Only of a log that may be read without a
  /// membership.
  record OwedOf(ConversationId in, long since) implements Query {}

  /// What says these words, newest first: answered by [Answer.Found].
  ///
  /// @param channels the announcements for some that he reads
  /// @param in the only conversation to look in, if given
  /// @param text words that must all be there; between quotes, side by side
  /// @param from the author, `""`: anybody
  /// @param beforeMillis what is older than this Unix time
  /// @param limit most entries, 1 to 200
  /// @param bytesMax roughly the most bytes of payload, but at least one entry
  /// @param privileged with `in`: a backend's token, or a topic whose `sub` was allowed: needs no
  ///   membership
  record Search(
      String reader,
      List<ConversationId> channels,
      Optional<ConversationId> in,
      String text,
      String from,
      long beforeMillis,
      int limit,
      String next,
      int bytesMax,
      boolean privileged)
      implements Query {}

  /// Who is in a group, a page at a time: answered by [Answer.MembersPage].
  record Members(ConversationId group, String reader, String next, int limit, boolean privileged)
      implements Query {}

  /// A group's settings: answered by [Answer.GroupInfo].
  record Info(ConversationId group, String reader, boolean privileged) implements Query {}

  /// Whether `viewer` may know if `user` is here: answered by [Answer.Visible] or `not_found`.
  record PresenceOf(String viewer, String user, boolean privileged) implements Query {}
}
