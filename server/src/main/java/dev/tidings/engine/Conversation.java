package dev.tidings.engine;

/// A conversation as everybody on this node shares it.
///
/// @param number given when it was made, never used again; keys and memory use it, not the name
/// @param epoch names this log; another log under the same name has another one
public record Conversation(long number, ConversationId id, String epoch) {}
