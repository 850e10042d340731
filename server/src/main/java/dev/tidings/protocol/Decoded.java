package dev.tidings.protocol;

/// What one unit from a client turned out to be.
public sealed interface Decoded {
  /// A well-formed request.
  record Request(Command command) implements Decoded {}

  /// Something to refuse: `code` and `message` go into `err`, which repeats what of `head` could be
  /// read (its `op` is `""` when not even that was there).
  record Refused(Head head, ErrorCode code, String message) implements Decoded {}
}
