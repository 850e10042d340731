package dev.tidings.engine;

import dev.tidings.protocol.Payload;
import java.util.List;

/// Something that alters what is kept, to be decided by the [Ledger] in its turn.
public sealed interface Change {
  Ticket ticket();

  /// Roughly what it occupies while it waits, for the bound of the queue.
  default int sizeBytes() {
    return 256;
  }

  /// Appends a message.
  ///
  /// @param cid `""` if the sender gave none
  /// @param privileged a backend's token: needs no membership
  record Append(
      Ticket ticket, ConversationId to, String from, String cid, Payload data, boolean privileged)
      implements Change {
    @Override
    public int sizeBytes() {
      return 256 + data.sizeBytes();
    }
  }

  /// Makes a group with `by` as owner.
  record CreateGroup(
      Ticket ticket,
      ConversationId group,
      String by,
      String cid,
      String title,
      List<String> members,
      boolean open,
      boolean quiet)
      implements Change {
    @Override
    public int sizeBytes() {
      return 512 + 64 * members.size();
    }
  }

  /// `user` enters an open group.
  record JoinGroup(Ticket ticket, ConversationId group, String user, String cid)
      implements Change {}

  record LeaveGroup(Ticket ticket, ConversationId group, String user, String cid)
      implements Change {}

  /// `by` lets others in.
  record AddMembers(
      Ticket ticket,
      ConversationId group,
      String by,
      String cid,
      List<String> who,
      boolean privileged)
      implements Change {
    @Override
    public int sizeBytes() {
      return 256 + 64 * who.size();
    }
  }

  /// `by` puts others out.
  record RemoveMembers(
      Ticket ticket,
      ConversationId group,
      String by,
      String cid,
      List<String> who,
      boolean privileged)
      implements Change {
    @Override
    public int sizeBytes() {
      return 256 + 64 * who.size();
    }
  }

  /// A user's first visit: fixes where his announcements begin, those for all and those of
  /// `channels`. Harmless when repeated.
  record Visit(Ticket ticket, String user, List<ConversationId> channels) implements Change {}

  /// A read that must see the changes queued before it.
  record Read(Ticket ticket, Query query) implements Change {}
}
