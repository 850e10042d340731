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

  @Override
  public Cancel schedule(Runnable task, long delayMillis) {
    ScheduledFuture<?> timer = loop.schedule(task, delayMillis, TimeUnit.MILLISECONDS);
    return () -> timer.cancel(false);
  }
}
