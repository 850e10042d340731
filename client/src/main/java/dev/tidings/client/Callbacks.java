package dev.tidings.client;

import dev.tidings.client.core.Delivery;
import dev.tidings.client.core.Outlet;
import dev.tidings.client.model.ClientListener;
import dev.tidings.client.model.ClientState;
import dev.tidings.client.model.Positions;
import java.lang.System.Logger.Level;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/// The thread on which the application is called, one delivery at a time. The queue is bounded by
/// the core, which counts what was not taken yet.
final class Callbacks implements Outlet {
  private final ClientListener listener;
  private final Positions positions;
  private final LongConsumer delivered;
  private final Consumer<ClientState.Closed> closed;
  private final BlockingQueue<Delivery> queue = new LinkedBlockingQueue<>();

  /// @param delivered told the weight of each delivery that is through
  /// @param closed told the last state, after the application
  Callbacks(
      ClientListener listener,
      Positions positions,
      LongConsumer delivered,
      Consumer<ClientState.Closed> closed) {
    this.listener = listener;
    this.positions = positions;
    this.delivered = delivered;
    this.closed = closed;
  }

  void start() {
    Thread.ofVirtual().name("tidings-client-callbacks").start(this::loop);
  }

  @Override
  public void hand(Delivery delivery) {
    queue.add(delivery);
  }

  private void loop() {
    boolean open = true;
    while (open) {
      try {
        open = deliver(queue.take());
      } catch (InterruptedException _) {
        // An application may interrupt itself; the client goes on.
      }
    }
  }

  private boolean deliver(Delivery delivery) {
    guarded(() -> delivery.call(listener));
    guarded(() -> delivery.store(positions));
    delivered.accept(delivery.weight());
    if (delivery instanceof Delivery.Changed(ClientState.Closed last)) {
      closed.accept(last);
      return false;
    }
    return true;
  }

  private void guarded(Runnable application) {
    try {
      application.run();
    } catch (RuntimeException | Error failure) {
      report(failure);
    }
  }

  private void report(Throwable failure) {
    try {
      listener.onFailure(failure);
    } catch (RuntimeException | Error again) {
      again.addSuppressed(failure);
      System.getLogger(Callbacks.class.getName())
          .log(Level.ERROR, "the application failed to take a failure", again);
    }
  }
}
