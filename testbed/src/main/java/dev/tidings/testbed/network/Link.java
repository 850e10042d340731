package dev.tidings.testbed.network;

import java.io.IOException;
import java.net.Socket;

/// One connection through a [FaultProxy]: two sockets and two [Pump]s.
final class Link {
  private final FaultProxy proxy;
  private final Socket client;
  private final Socket server;
  private final Pump toServer;
  private final Pump toClient;

  // Guarded by the proxy's lock.
  private boolean abandoned;
  private boolean over;
  private int ended;

  Link(FaultProxy proxy, Socket client, Socket server) {
    this.proxy = proxy;
    this.client = client;
    this.server = server;
    this.toServer = new Pump(proxy, proxy.toServer(), this, client, server);
    this.toClient = new Pump(proxy, proxy.toClient(), this, server, client);
  }

  void start() {
    toServer.start();
    toClient.start();
  }

  /// Both sides get a reset.
  void reset() {
    finish();
    reset(client);
    reset(server);
    proxy.forget(this);
  }

  /// One direction has passed on its end; after both the connection is over.
  void ended() {
    proxy.lock.lock();
    try {
      ended++;
      if (ended < 2) {
        return;
      }
    } finally {
      proxy.lock.unlock();
    }
    finish();
    close(client);
    close(server);
    proxy.forget(this);
  }

  private void finish() {
    proxy.lock.lock();
    try {
      over = true;
      toServer.drop();
      toClient.drop();
      proxy.changed.signalAll();
    } finally {
      proxy.lock.unlock();
    }
  }

  void abandon() {
    proxy.lock.lock();
    try {
      abandoned = true;
    } finally {
      proxy.lock.unlock();
    }
  }

  boolean isAbandoned() {
    proxy.lock.lock();
    try {
      return abandoned;
    } finally {
      proxy.lock.unlock();
    }
  }

  /// With the proxy's lock held.
  boolean isOver() {
    return over;
  }

  static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
    } catch (IOException e) {
      // it is closed already, or was never open
    }
    close(socket);
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // nothing more can be done to it
    }
  }
}
