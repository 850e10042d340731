package dev.tidings.client.model;

/// How far somebody has got and read a conversation (docs/protocol.md §8). Marks only rise.
///
/// @param in the conversation
/// @param from whose mark it is: the other one's, a member's, or mine from another device
/// @param got the last entry that a device of his has stored, 0 if unknown
/// @param read the last entry that he has seen, 0 if unknown
public record Mark(String in, String from, long got, long read) {

  /// This one and an older one together.
  public Mark above(Mark older) {
    return new Mark(in, from, Math.max(got, older.got()), Math.max(read, older.read()));
  }
}
