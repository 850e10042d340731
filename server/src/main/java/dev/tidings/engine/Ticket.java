package dev.tidings.engine;

/// Whoever waits for an answer, and where.
public interface Ticket {
  /// The index of the lane on which [#on(Answer)] is called.
  int lane();

  /// The answer. Called exactly once, on the lane, unless the node ends first.
  void on(Answer answer);
}
