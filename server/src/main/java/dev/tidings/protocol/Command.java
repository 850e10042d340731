package dev.tidings.protocol;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// What a client may ask for. Shapes, limits and examples: docs/protocol.md.
///
/// A command is well-formed (types, lengths, addresses); whether it is allowed, and whether what it
/// names exists, is decided later. Absent text is `""`, absent numbers are empty.
public sealed interface Command {
  /// `id`, `as` and the op's name.
  Head head();

  /// Who I am; on a live connection, a renewed token. `labels` only go with a bare name.
  record Auth(
      Head head,
      Optional<String> token,
      Optional<String> user,
      int version,
      String device,
      String client,
      OptionalInt pingSeconds,
      Map<String, String> labels)
      implements Command {}

  /// Append `data` to a conversation, or publish it to a topic. `cid` makes a repeat safe;
  /// `mention` names users to whom it may matter more.
  ///
  /// @param ttlSeconds after which it is worth nothing, 0: never
  /// @param key of what it is the newest, in topics without log where only that matters
  record Send(
      Head head,
      Address to,
      String cid,
      String key,
      List<String> mention,
      int ttlSeconds,
      Payload data)
      implements Command {}

  /// Give a message of mine other `data`. `cid` makes a repeat safe.
  record Edit(Head head, Address in, String epoch, long seq, String cid, Payload data)
      implements Command {}

  /// Take a message back. `cid` makes a repeat safe.
  record Recall(Head head, Address in, String epoch, long seq, String cid) implements Command {}

  /// Say how far I have got and read. 0: nothing said.
  record Mark(Head head, Address in, String epoch, long got, long read) implements Command {}

  /// Say what I wish of a conversation.
  ///
  /// @param muteUntilMillis do not disturb me until then, `Long.MAX_VALUE`: until I say otherwise,
  ///   0: disturb me again
  /// @param block whether the other one of a private conversation may send to me
  record Pref(Head head, Address in, OptionalLong muteUntilMillis, Optional<Boolean> block)
      implements Command {}

  /// Tell those who are connected to `to` now, once, and keep nothing.
  record Signal(Head head, Address to, Payload data) implements Command {}

  /// Follow a topic or a presence. At most one of `after`, `last` and `since` is given; `since` is
  /// a cursor.
  record Subscribe(
      Head head, Address in, String epoch, OptionalLong after, OptionalInt last, String since)
      implements Command {}

  record Unsubscribe(Head head, Address in) implements Command {}

  /// Read one log between two exclusive bounds.
  record History(
      Head head, Address in, String epoch, OptionalLong after, OptionalLong before, int limit)
      implements Command {}

  /// What moved while I was away. `since` and `next` are opaque texts of an earlier answer.
  record Sync(Head head, String since, int tail, int limit, String next) implements Command {}

  /// What says these words, newest first. `next` is an opaque text of an earlier answer.
  ///
  /// @param in the only conversation to look in, if given
  /// @param from the author, `""`: anybody
  record Search(
      Head head,
      String text,
      Optional<Address> in,
      String from,
      OptionalLong beforeMillis,
      int limit,
      String next)
      implements Command {}

  /// Make, look at or change a group. `cid` makes a repeated change safe.
  record Group(Head head, Address in, String cid, GroupAction action) implements Command {}

  /// What only an operator's backend may ask.
  record Admin(Head head, AdminAction action) implements Command {}

  record Ping(Head head) implements Command {}

  record Pong(Head head) implements Command {}

  /// What `do` of an `admin` selects.
  sealed interface AdminAction {
    /// `user` may not come in, or may again.
    record Block(String user, boolean blocked) implements AdminAction {}

    /// `user` may not send, or may again.
    record Mute(String user, boolean muted) implements AdminAction {}

    /// Ends the connections of `user`, or with `device` those of that device.
    record KickUser(String user, String device) implements AdminAction {}

    /// Ends the connection of this name.
    record KickConnection(String connection) implements AdminAction {}

    /// The tokens of `user` that were issued before this moment, absent: until now, are worth
    /// nothing.
    record RevokeUser(String user, OptionalLong beforeMillis) implements AdminAction {}

    /// The token of this id (`jti`) is worth nothing.
    record RevokeToken(String tokenId) implements AdminAction {}

    /// What `user` wrote and what is kept about him goes.
    record Erase(String user) implements AdminAction {}

    /// The announcement channel `a:name` is for those whose labels fit `filter`, from now on.
    record DefineChannel(String name, String filter) implements AdminAction {}

    /// There is no such announcement channel any more.
    record RemoveChannel(String name) implements AdminAction {}

    /// One page of the announcement channels, from `next` on.
    record Channels(String next) implements AdminAction {}

    /// One page of what was said of users and tokens, from `next` on.
    record Sanctions(String next) implements AdminAction {}
  }

  /// What `do` of a `group` selects.
  sealed interface GroupAction {
    /// With `members` besides me.
    record Create(GroupPatch settings, List<String> members) implements GroupAction {}

    record Info() implements GroupAction {}

    /// One page of members, from `next` on (empty: from the start).
    record Members(String next) implements GroupAction {}

    record Join() implements GroupAction {}

    record Leave() implements GroupAction {}

    record Add(List<String> who) implements GroupAction {}

    record Remove(List<String> who) implements GroupAction {}

    /// Changes settings, and the roles of members: user to `owner`, `admin`, `member` or `mute`.
    record Set(GroupPatch settings, Map<String, String> roles) implements GroupAction {}

    record Delete() implements GroupAction {}
  }

  /// What is to be set of a group; what is absent stays as it is, or as it begins.
  ///
  /// @param data the application's, never empty if present
  /// @param open anyone may join
  /// @param quiet no entries say who joins and leaves
  /// @param past new members see what was before them
  /// @param adminsSend only admins and owners may send
  record GroupPatch(
      Optional<String> title,
      Optional<Payload> data,
      Optional<Boolean> open,
      Optional<Boolean> quiet,
      Optional<Boolean> past,
      Optional<Boolean> adminsSend) {
    /// Changes nothing.
    public static final GroupPatch NOTHING =
        new GroupPatch(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
  }
}
