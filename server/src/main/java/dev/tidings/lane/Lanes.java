package dev.tidings.lane;

import dev.tidings.base.Lane;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// The lanes of this process: a fixed number of event loops.
public final class Lanes implements AutoCloseable {
  private static final int STOP_SECONDS_MAX = 10;

  private final EventLoopGroup group;
  private final Class<? extends ServerChannel> serverChannel;
  private final List<EventLoop> loops = new ArrayList<>();

  private Lanes(int count, Io io) {
    AtomicInteger next = new AtomicInteger();
    ThreadFactory threads =
        task -> Thread.ofPlatform().name("lane-" + next.getAndIncrement()).unstarted(task);
    this.group = new MultiThreadIoEventLoopGroup(count, threads, io.handlers());
    this.serverChannel = io.serverChannel();
    for (EventExecutor loop : group) {
      loops.add((EventLoop) loop);
    }
  }

  /// Starts `count` lanes, at least 1. `io` must be available here ([Io#fault()]).
  public static Lanes start(int count, Io io) {
    return new Lanes(count, io);
  }

  public int count() {
    return loops.size();
  }

  /// The lane with this index, from 0.
  public Lane lane(int index) {
    return new EventLoopLane(loops.get(index));
  }

  public EventLoop loop(int index) {
    return loops.get(index);
  }

  /// The loops as what Netty's bootstrap wants: sockets are spread over them in turn.
  public EventLoopGroup group() {
    return group;
  }

  public Class<? extends ServerChannel> serverChannel() {
    return serverChannel;
  }

  /// Ends the threads after what is queued; waits for at most [#STOP_SECONDS_MAX] seconds.
  @Override
  public void close() {
    group
        .shutdownGracefully(0, STOP_SECONDS_MAX, TimeUnit.SECONDS)
        .awaitUninterruptibly(STOP_SECONDS_MAX, TimeUnit.SECONDS);
  }
}
