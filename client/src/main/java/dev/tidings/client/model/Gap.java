package dev.tidings.client.model;

/// A break in a conversation that cannot be repaired. What the client can repair is never reported.
public sealed interface Gap {

  /// The conversation.
  String in();

  /// The entries between `after` and `before`, both exclusive, were trimmed or lie before the
  /// membership. Entries go on at `before`.
  record Trimmed(String in, String epoch, long after, long before) implements Gap {}

  /// The entries between `after` and `before`, both exclusive, exist but the server refuses to show
  /// them, with this error code.
  record Unreadable(String in, String epoch, long after, long before, String code) implements Gap {}

  /// Another log took the place of the one known. Entries of the new log go on behind `after`; what
  /// is cached of the old one is worth nothing. Both epochs are the same if the server lost its
  /// tail without noticing.
  record NewLog(String in, String oldEpoch, String epoch, long after) implements Gap {}

  /// So many entries of a topic without log were dropped, here or by the server.
  record Lost(String in, long count) implements Gap {}

  /// The user is no longer in there, or the subscription was refused, or the server has lost the
  /// conversation: then another one under that name begins anew.
  record Gone(String in) implements Gap {}
}
