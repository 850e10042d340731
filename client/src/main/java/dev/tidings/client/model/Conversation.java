package dev.tidings.client.model;

import dev.tidings.client.json.Json;

/// What the server said about a conversation when the client came back (docs/protocol.md §8).
///
/// @param in the conversation
/// @param epoch names its log
/// @param low the first entry that this user may read
/// @param head the last one
/// @param gone whether the user has left
/// @param unit the whole row as it came
public record Conversation(
    String in, String epoch, long low, long head, boolean gone, Json.Obj unit) {

  /// The last entry that I have seen, as I marked it.
  public long read() {
    return unit.number("read").orElse(0);
  }

  /// Messages above [#read], mine included.
  public long unread() {
    return unit.number("unread").orElse(0);
  }

  /// Unread messages that name me; 100: so many or more.
  public long mentions() {
    return unit.number("mentions").orElse(0);
  }

  /// The last entry that the other one of a private conversation has seen.
  public long peerRead() {
    return unit.object("peer").map(peer -> peer.number("read").orElse(0)).orElse(0L);
  }

  /// Whether I do not want to be disturbed.
  public boolean isMuted() {
    return unit.isTrue("mute") || unit.number("mute").isPresent();
  }

  /// Whether the other one of a private conversation may not send to me.
  public boolean isBlocked() {
    return unit.isTrue("block");
  }
}
