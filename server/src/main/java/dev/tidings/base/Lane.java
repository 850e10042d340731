package dev.tidings.base;

import java.util.concurrent.Executor;

/// One thread on which things happen in turn: an event loop in production, a seeded queue in the
/// simulation. State that belongs to a lane is touched by tasks of that lane alone, so it needs no
/// lock.
public interface Lane extends Executor {
  /// Runs `task` on this lane after everything queued before. May be called from any thread.
  @Override
  void execute(Runnable task);

  /// Runs `task` on this lane once its sockets, too, have had their turn: for work in pieces that
  /// must not keep them waiting. To be called on the lane.
  default void afterSockets(Runnable task) {
    execute(task);
  }

  /// Runs `task` on this lane once `delayMillis` have passed, not before. The handle cancels it.
  Cancel schedule(Runnable task, long delayMillis);

  /// Undoes a [#schedule(Runnable, long)]; harmless when it has already run.
  @FunctionalInterface
  interface Cancel {
    void cancel();
  }
}
