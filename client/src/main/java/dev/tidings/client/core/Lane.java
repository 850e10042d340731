package dev.tidings.client.core;

import java.util.concurrent.Executor;

/// The one thread on which a client's core runs, with its clock. `execute` may be called from any
/// thread and runs tasks in that order.
public interface Lane extends Executor {

  /// Milliseconds since an arbitrary moment; never goes back.
  long nowMillis();

  /// Runs the task on this lane, not before the delay is over.
  Alarm schedule(long delayMillis, Runnable task);

  /// A task that waits for its time.
  interface Alarm {

    /// Called on the lane: the task will not run, unless it already has.
    void cancel();
  }
}
