package dev.tidings.engine;

import dev.tidings.protocol.Command.GroupPatch;
import dev.tidings.protocol.Payload;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;

/// Something that alters what is kept, to be decided by the [Ledger] in its turn.
public sealed interface Change {
  Ticket ticket();

  /// Roughly what it occupies while it waits, for the bound of the queue.
  default int sizeBytes() {
    return 256;
  }

  private static int dataBytes(GroupPatch settings) {
    return settings.data().map(Payload::sizeBytes).orElse(0);
  }

  /// Appends a message.
  ///
  /// @param cid `""` if the sender gave none
  /// @param mention users whom it names
  /// @param ttlSeconds after which it is over, 0: never
  /// @param privileged a backend's token: needs no membership
  record Append(
      Ticket ticket,
      ConversationId to,
      String from,
      String cid,
      List<String> mention,
      Payload data,
      int ttlSeconds,
      boolean privileged)
      implements Change {
    /// One that is never over.
    public Append(
        Ticket ticket,
        ConversationId to,
        String from,
        String cid,
        List<String> mention,
        Payload data,
        boolean privileged) {
      this(ticket, to, from, cid, mention, data, 0, privileged);
    }

    /// One that names nobody and is never over.
    public Append(
        Ticket ticket,
        ConversationId to,
        String from,
        String cid,
        Payload data,
        boolean privileged) {
      this(ticket, to, from, cid, List.of(), data, 0, privileged);
    }

    @Override
    public int sizeBytes() {
      return 256 + data.sizeBytes() + 64 * mention.size();
    }
  }

  /// Gives a message other data.
  ///
  /// @param epoch refused if given and not the current one
  record Edit(
      Ticket ticket,
      ConversationId in,
      String by,
      String cid,
      String epoch,
      long seq,
      Payload data,
      boolean privileged)
      implements Change {
    @Override
    public int sizeBytes() {
      return 256 + data.sizeBytes();
    }
  }

  /// Takes a message back: what it said is gone for good.
  ///
  /// @param epoch refused if given and not the current one
  record Recall(
      Ticket ticket,
      ConversationId in,
      String by,
      String cid,
      String epoch,
      long seq,
      boolean privileged)
      implements Change {}

  /// Notes how far a user has got and read: answered by [Answer.Marked]. Kept with the next commit
  /// that is synced, and not for its own sake.
  ///
  /// @param epoch refused if given and not the current one
  record Mark(Ticket ticket, ConversationId in, String user, String epoch, long got, long read)
      implements Change {}

  /// Notes what a user wishes of a conversation.
  ///
  /// @param muteUntilMillis not to be disturbed until then, `Long.MAX_VALUE`: until told otherwise,
  ///   0: to be disturbed again
  /// @param block whether the other one of a private conversation may send
  record Prefer(
      Ticket ticket,
      ConversationId in,
      String user,
      OptionalLong muteUntilMillis,
      Optional<Boolean> block)
      implements Change {}

  /// Tells those who are connected now, and writes nothing. What passes in a moment is the first to
  /// be refused when the queue fills.
  record Signal(Ticket ticket, ConversationId to, String from, Payload data, boolean privileged)
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
      GroupPatch settings,
      List<String> members)
      implements Change {
    @Override
    public int sizeBytes() {
      return 512 + dataBytes(settings) + 64 * members.size();
    }
  }

  /// `by` changes settings, and the roles of members.
  record SetGroup(
      Ticket ticket,
      ConversationId group,
      String by,
      String cid,
      GroupPatch settings,
      Map<String, Role> roles,
      boolean privileged)
      implements Change {
    @Override
    public int sizeBytes() {
      return 512 + dataBytes(settings) + 64 * roles.size();
    }
  }

  /// `by` ends the group for everybody.
  record DeleteGroup(Ticket ticket, ConversationId group, String by, String cid, boolean privileged)
      implements Change {}

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

  /// The operator says something of `user`.
  record Sanctioning(Ticket ticket, String user, UnaryOperator<Sanction> change)
      implements Change {}

  /// The token of this id is worth nothing any more.
  record RevokeToken(Ticket ticket, String tokenId) implements Change {}

  /// A user's first visit: fixes where his announcements begin, those for all and those of
  /// `channels`. Harmless when repeated.
  record Visit(Ticket ticket, String user, List<ConversationId> channels) implements Change {}

  /// The operator says for whom the announcement channel `channel` is, from here on.
  ///
  /// @param filter whose labels fit; the engine only keeps it
  record DefineChannel(Ticket ticket, ConversationId channel, String filter) implements Change {
    @Override
    public int sizeBytes() {
      return 256 + filter.length();
    }
  }

  /// The operator wants this announcement channel no more. Its log stays as it is.
  record RemoveChannel(Ticket ticket, ConversationId channel) implements Change {}

  /// These users, who are here, read a channel that the operator has defined: it begins for who
  /// never read it with the announcement `from`, and everybody is told by [Committed.Admitted].
  /// Nothing is done if it was removed meanwhile.
  record Admit(Ticket ticket, ConversationId channel, long from, List<String> users)
      implements Change {
    @Override
    public int sizeBytes() {
      return 256 + 64 * users.size();
    }
  }

  /// Ends what `user` is in, forgets what is kept about him, and begins to empty what he wrote. Is
  /// decided in a batch of its own.
  record Erase(Ticket ticket, String user) implements Change {}

  /// A read that must see the changes queued before it.
  record Read(Ticket ticket, Query query) implements Change {}
}
