package dev.tidings.lane;

import dev.tidings.base.Lane;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/// A lane whose mailbox is an event loop's task queue: sockets and core state live on one thread,
/// so no hop between them is paid.
record EventLoopLane(EventLoop loop) implements Lane {
  @Override
  public void execute(Runnable task) {
    loop.execute(task);
  }

  /// A timer that is due at once: tasks of the queue would all be run before the sockets are looked
  /// at again.
  @Override
  public void afterSockets(Runnable task) {
    loop.schedule(task, 0, TimeUnit.NANOSECONDS);
  }

  @Override
  public Cancel schedule(Runnable task, long delayMillis) {
    ScheduledFuture<?> timer = loop.schedule(task, delayMillis, TimeUnit.MILLISECONDS);
    return () -> timer.cancel(false);
  }
}
