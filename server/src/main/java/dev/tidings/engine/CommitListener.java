package dev.tidings.engine;

import java.util.List;

/// What a lane hears from the engine. Called on that lane.
public interface CommitListener {
  /// One commit, or only answers. Every commit is told, also one of which nobody needs to know more
  /// than its number.
  ///
  /// @param commit number of this commit, rising; the number of the last one if nothing was kept
  /// @param committed what everybody may know now, in order; the same list for every lane
  /// @param answers to the changes that this lane submitted, in the order of their decision
  void on(long commit, List<Committed> committed, List<Answered> answers);

  /// An answer on its way to whoever asked.
  record Answered(Ticket ticket, Answer answer) {}
}
