package dev.tidings;

import dev.tidings.config.ServerSettings;
import dev.tidings.engine.Store.StoreException;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A server, and another one in its place when it cannot go on because what it knows is no longer
/// what is kept: where Redis has lost what it had confirmed, or the node was away for too long. The
/// connections end, and whoever comes back learns what is gone.
final class Node implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Node.class);
  private static final long TRY_AGAIN_MILLIS = 1_000;

  private final ServerSettings settings;
  private final CountDownLatch closing = new CountDownLatch(1);
  private Server server;

  /// @throws IOException if the port cannot be had
  Node(ServerSettings settings) throws IOException {
    server = new Server(settings);
    this.settings = settings.with(server.address());
    follow(server);
  }

  synchronized Server server() {
    return server;
  }

  private void follow(Server current) {
    current.lost().thenRun(() -> Thread.ofPlatform().name("begin-anew").start(this::beginAnew));
  }

  private synchronized void beginAnew() {
    server.closeAtOnce();
    while (closing.getCount() > 0) {
      try {
        server = new Server(settings);
        follow(server);
        LOG.info("begun anew");
        return;
      } catch (IOException | StoreException e) {
        LOG.warn("cannot begin anew yet: {}", e.getMessage());
      }
      try {
        if (closing.await(TRY_AGAIN_MILLIS, TimeUnit.MILLISECONDS)) {
          return;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  @Override
  public void close() {
    closing.countDown();
    server().close();
  }
}
