package dev.tidings.running;

import dev.tidings.auth.Authenticator;
import dev.tidings.auth.KeyAuthenticator;
import dev.tidings.base.Clock;
import dev.tidings.base.Ids;
import dev.tidings.base.Lane;
import dev.tidings.engine.Engine;
import dev.tidings.engine.EngineLimits;
import dev.tidings.engine.Level;
import dev.tidings.engine.LogEngine;
import dev.tidings.engine.MemoryStore;
import dev.tidings.http.HttpServices;
import dev.tidings.http.Pages;
import dev.tidings.hub.Hub;
import dev.tidings.hub.HubSettings;
import dev.tidings.hub.Neighbours;
import dev.tidings.presence.OnlineUsers;
import dev.tidings.transport.LaneSockets;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/// A lane with one socket and a clock of its own: time passes when the test says so. Whatever the
/// handlers of a socket wait for can so be waited for without waiting.
public final class EmbeddedLane implements AutoCloseable {
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final LaneSockets sockets;
  private final HttpServices http;

  private record LoopLane(EventLoop loop) implements Lane {
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

  public EmbeddedLane() {
    channel.freezeTime();
    Engine engine =
        new LogEngine(
            new MemoryStore(),
            Clock.system(),
            new Ids(new Random(1)),
            EngineLimits.DEFAULTS,
            Level.MEMORY,
            "",
            () -> {},
            Runnable::run);
    Authenticator authenticator = KeyAuthenticator.development(RunningServer.KEY);
    Neighbours neighbours = new Neighbours();
    Lane lane = new LoopLane(channel.eventLoop());
    Hub hub =
        new Hub(
            0,
            lane,
            Clock.system(),
            engine,
            LaneSockets.frames(),
            authenticator,
            new OnlineUsers(),
            neighbours,
            HubSettings.defaults("test", EngineLimits.DEFAULTS.dedupeSeconds()));
    neighbours.are(List.of(hub));
    engine.start(List.of(new Engine.LaneDoor(lane, hub)));
    sockets = new LaneSockets(channel.eventLoop(), hub);
    http = new HttpServices(engine, authenticator, Clock.system(), Pages.ofPlayground());
  }

  public EmbeddedChannel channel() {
    return channel;
  }

  public LaneSockets sockets() {
    return sockets;
  }

  public HttpServices http() {
    return http;
  }

  /// Lets so much time pass, and happen what was to happen meanwhile.
  public void pass(long time, TimeUnit unit) {
    channel.advanceTimeBy(time, unit);
    channel.runScheduledPendingTasks();
    channel.runPendingTasks();
  }

  /// Gives back what the handlers keep.
  @Override
  public void close() {
    channel.finishAndReleaseAll();
  }
}
