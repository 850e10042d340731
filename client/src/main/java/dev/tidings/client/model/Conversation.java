package dev.tidings.client.model;

import dev.tidings.client.json.Json;

/// What the server said about a conversation when the client came back (docs/protocol.md §8).
///
/// @param in the conversation
/// @param epoch names its log
/// @param low the first entry that this user may read
/// @param head the last one
/// @param gone whether the user has left
/// @param unit the whole row as it came: `got`, `read`, `unread`, `role`, `peer` …
public record Conversation(
    String in, String epoch, long low, long head, boolean gone, Json.Obj unit) {}
