package dev.tidings.engine;

import dev.tidings.protocol.Payload;
import java.util.List;
import java.util.OptionalLong;

/// Something that is kept now, or said in passing, and therefore true for everybody. Handed to
/// every lane in commit order.
public sealed interface Committed {
  Conversation conversation();

  /// An entry was appended.
  record Appended(Conversation conversation, Entry entry) implements Committed {}

  /// Something to be told to those who are here now. It is not kept, only in its place.
  ///
  /// @param by the ticket of the request: its connection knows already
  record Signalled(Conversation conversation, String from, Payload data, Ticket by)
      implements Committed {}

  /// A user has got or read more.
  ///
  /// @param toAll whether the others are told, and not only his own devices
  /// @param by the ticket of the request: its connection knows already
  record Marked(
      Conversation conversation, String user, long got, long read, boolean toAll, Ticket by)
      implements Committed {}

  /// A user wishes something else of this conversation: for his own devices.
  ///
  /// @param muteUntilMillis as in [Change.Prefer]
  /// @param by the ticket of the request: its connection knows already
  record Preferred(
      Conversation conversation, String user, long muteUntilMillis, boolean blocks, Ticket by)
      implements Committed {}

  /// These users are members from here on: comes before the entry that lets them in.
  ///
  /// @param unsaidHead the head, where that must be told them apart: no entry says that they are in
  ///   (a quiet group), or they may take this log for another one of the same name
  record MembersIn(Conversation conversation, List<String> who, OptionalLong unsaidHead)
      implements Committed {}

  /// The group has no members any more: comes behind the entry that says so.
  record GroupEnded(Conversation conversation) implements Committed {}

  /// The operator has defined an announcement channel, or said anew for whom it is.
  ///
  /// @param head of its log
  record ChannelDefined(Conversation conversation, String filter, long head) implements Committed {}

  /// The operator has removed an announcement channel.
  record ChannelRemoved(Conversation conversation) implements Committed {}

  /// These users read this announcement channel from here on.
  ///
  /// @param after what comes behind is theirs, unless they read it before
  /// @param head of its log
  record Admitted(Conversation conversation, List<String> who, long after, long head)
      implements Committed {}

  /// These users are members no longer: comes behind the entry that says so.
  ///
  /// @param quiet whether the group is quiet, so that no entry says so
  record MembersOut(Conversation conversation, List<String> who, boolean quiet)
      implements Committed {}
}
