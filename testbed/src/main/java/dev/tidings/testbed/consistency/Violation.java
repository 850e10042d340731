package dev.tidings.testbed.consistency;

/// A broken promise.
///
/// @param words who saw what, where
public record Violation(Kind kind, String in, String words) {
  /// Which promise.
  public enum Kind {
    /// A message was confirmed, and somebody who read the log to its end never got it, though no
    /// gap and no other epoch was declared.
    LOST,
    /// A message stands at two places of one log.
    TWICE_KEPT,
    /// A reader got an entry again.
    TWICE_HEARD,
    /// A reader got an entry behind a later one.
    DISORDER,
    /// A reader did not get an entry that lies between others, or the last ones, and nothing was
    /// declared.
    HOLE,
    /// Two saw different things at the same place, or an `ok` named a place where another message
    /// stands.
    CONTRADICTION,
    /// A reader was in another log all of a sudden, or in the same one further back: a tail was
    /// lost and the epoch stayed.
    UNDECLARED,
    /// Somebody got a message that nobody sent.
    INVENTED,
    /// Messages were confirmed, and nobody read that log from its beginning to its end; or events
    /// are missing. No proof of anything.
    UNPROVED
  }

  @Override
  public String toString() {
    return kind + " in " + in + ": " + words;
  }
}
