package dev.tidings.testbed.network;

import dev.tidings.testbed.TestbedFailure;
import dev.tidings.testbed.process.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/// Listens on a port of this machine and passes every connection on to a server, with the faults
/// that it is told: of each [Direction] by itself, of new connections, of those that are open.
///
/// Holds at most [Pump#HELD_BYTES_MAX] bytes for each connection and direction; beyond that it
/// stops reading, as a full pipe would. Called by any thread; two virtual threads work for each
/// direction of a connection.
public final class FaultProxy implements AutoCloseable {
  private static final int LINKS_MAX = 10_000;
  private static final int BACKLOG = 1_024;
  private static final int CONNECT_MILLIS_MAX = 5_000;

  final ReentrantLock lock = new ReentrantLock();

  /// Something was said, told, or is due: whoever waits looks again.
  final Condition changed = lock.newCondition();

  private final LongSupplier nanos;
  private final int port;
  private final Direction toServer;
  private final Direction toClient;
  private final Set<Link> links = new LinkedHashSet<>();
  private InetSocketAddress server;
  private Door door;
  private boolean closed;

  /// Where connections come in, and who lets them in.
  private record Door(ServerSocket socket, Thread keeper) {}

  /// @param nanos the time, for who wants to move it by hand; then [#wake()] after each step
  FaultProxy(InetSocketAddress server, long seed, LongSupplier nanos) {
    this.server = server;
    this.nanos = nanos;
    Random random = new Random(seed);
    toServer = new Direction(this, new Random(random.nextLong()));
    toClient = new Direction(this, new Random(random.nextLong()));
    port = Ports.free();
    door = open();
  }

  /// Passes everything on until told otherwise.
  ///
  /// @param seed of the chance in its faults
  public static FaultProxy to(InetSocketAddress server, long seed) {
    return new FaultProxy(server, seed, System::nanoTime);
  }

  public static FaultProxy to(InetSocketAddress server) {
    return to(server, 0);
  }

  /// The port that clients connect to.
  public int port() {
    return port;
  }

  public InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  /// New connections go to another server from now on.
  public void pointAt(InetSocketAddress other) {
    lock.lock();
    try {
      server = other;
    } finally {
      lock.unlock();
    }
  }

  /// What clients say.
  public Direction toServer() {
    return toServer;
  }

  /// What the server says.
  public Direction toClient() {
    return toClient;
  }

  /// How many connections are open, abandoned ones too.
  public int links() {
    lock.lock();
    try {
      return links.size();
    } finally {
      lock.unlock();
    }
  }

  // ---- Faults of connections --------------------------------------------------------------------

  /// New connections are refused, as where nobody listens. Open ones stay.
  public void refuse() {
    Door open;
    lock.lock();
    try {
      open = door;
    } finally {
      lock.unlock();
    }
    try {
      open.socket().close();
      open.keeper().join(); // the system listens until nobody waits for it any more
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TestbedFailure("interrupted", e);
    }
  }

  /// New connections are let in again.
  public void admit() {
    lock.lock();
    try {
      if (door.socket().isClosed() && !closed) {
        door = open();
      }
    } finally {
      lock.unlock();
    }
  }

  /// All open connections break: both sides get a reset.
  public void reset() {
    copyOfLinks().forEach(Link::reset);
  }

  /// All open connections become half-open: each side is alone with its own and is not told.
  /// Nothing passes any more, no byte, no end, no reset; what is written fills the pipe.
  public void abandon() {
    copyOfLinks().forEach(Link::abandon);
  }

  /// All is well again. Connections that were abandoned get a reset, as from a peer that came back
  /// and knows nothing of them.
  public void heal() {
    toServer.heal();
    toClient.heal();
    copyOfLinks().stream().filter(Link::isAbandoned).forEach(Link::reset);
    admit();
  }

  // ---- Below ------------------------------------------------------------------------------------

  private List<Link> copyOfLinks() {
    lock.lock();
    try {
      return new ArrayList<>(links);
    } finally {
      lock.unlock();
    }
  }

  private Door open() {
    try {
      ServerSocket opened = new ServerSocket();
      opened.setReuseAddress(true);
      opened.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
      return new Door(opened, Thread.ofVirtual().start(() -> letIn(opened)));
    } catch (IOException e) {
      throw new TestbedFailure("cannot listen on port " + port, e);
    }
  }

  private void letIn(ServerSocket opened) {
    while (!opened.isClosed()) {
      try {
        Socket client = opened.accept();
        Thread.ofVirtual().start(() -> connect(client));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void connect(Socket client) {
    Socket onward = new Socket();
    try {
      client.setTcpNoDelay(true);
      onward.setTcpNoDelay(true);
      onward.connect(target(), CONNECT_MILLIS_MAX);
    } catch (IOException e) {
      Link.reset(client); // nobody listens there either
      Link.reset(onward);
      return;
    }
    Link link = new Link(this, client, onward);
    lock.lock();
    try {
      if (!closed && links.size() < LINKS_MAX) {
        links.add(link);
        link.start();
        return;
      }
    } finally {
      lock.unlock();
    }
    link.reset();
  }

  private InetSocketAddress target() {
    lock.lock();
    try {
      return server;
    } finally {
      lock.unlock();
    }
  }

  void forget(Link link) {
    lock.lock();
    try {
      links.remove(link);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  long nanos() {
    return nanos.getAsLong();
  }

  /// Has everybody look again.
  void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
    } finally {
      lock.unlock();
    }
    refuse();
    reset();
  }
}
