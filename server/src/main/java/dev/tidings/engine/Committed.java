package dev.tidings.engine;

import java.util.List;
import java.util.OptionalLong;

/// Something that is kept now, and therefore true for everybody. Handed to every lane in commit
/// order.
public sealed interface Committed {
  Conversation conversation();

  /// An entry was appended.
  record Appended(Conversation conversation, Entry entry) implements Committed {}

  /// These users are members from here on: comes before the entry that lets them in.
  ///
  /// @param quietHead the head of a quiet group, in which no entry says so
  record MembersIn(Conversation conversation, List<String> who, OptionalLong quietHead)
      implements Committed {}

  /// These users are members no longer: comes behind the entry that says so.
  ///
  /// @param quiet whether the group is quiet, so that no entry says so
  record MembersOut(Conversation conversation, List<String> who, boolean quiet)
      implements Committed {}
}
