package dev.tidings.testbed.network;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One direction of one connection: one virtual thread reads, another passes on when it is time.
final class Pump {
  /// What is read and not yet passed on; beyond that nothing is read.
  static final int HELD_BYTES_MAX = 256 << 10;

  private static final int CHUNK_BYTES = 16 << 10;

  /// Who waits for a time looks at least so often.
  private static final long GLANCE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private enum Kind {
    BYTES,
    END,
    RESET
  }

  /// @param dueNanos before that it must not arrive
  private record Chunk(Kind kind, byte[] bytes, long dueNanos) {}

  private final FaultProxy proxy;
  private final Direction direction;
  private final Link link;
  private final Socket from;
  private final Socket to;

  // Guarded by the proxy's lock.
  private final Deque<Chunk> held = new ArrayDeque<>();
  private int heldBytes;
  private long lastDueNanos = Long.MIN_VALUE;

  Pump(FaultProxy proxy, Direction direction, Link link, Socket from, Socket to) {
    this.proxy = proxy;
    this.direction = direction;
    this.link = link;
    this.from = from;
    this.to = to;
  }

  void start() {
    Thread.ofVirtual().start(this::read);
    Thread.ofVirtual().start(this::passOn);
  }

  private void read() {
    byte[] buffer = new byte[CHUNK_BYTES];
    Kind kind = Kind.BYTES;
    while (kind == Kind.BYTES) {
      byte[] bytes = new byte[0];
      try {
        InputStream in = from.getInputStream();
        int count = in.read(buffer);
        kind = count < 0 ? Kind.END : Kind.BYTES;
        bytes = Arrays.copyOf(buffer, Math.max(0, count));
      } catch (IOException e) {
        kind = Kind.RESET;
      }
      if (!hold(kind, bytes)) {
        return;
      }
    }
  }

  /// Waits for room; `false` if the connection is over.
  private boolean hold(Kind kind, byte[] bytes) {
    proxy.lock.lock();
    try {
      while (heldBytes + bytes.length > HELD_BYTES_MAX && !link.isOver()) {
        proxy.changed.awaitUninterruptibly();
      }
      if (link.isOver()) {
        return false;
      }
      lastDueNanos =
          Math.max(lastDueNanos, direction.dueNanos()); // never before what was said first
      held.addLast(new Chunk(kind, bytes, lastDueNanos));
      heldBytes += bytes.length;
      direction.hold(bytes.length);
      proxy.changed.signalAll();
      return true;
    } finally {
      proxy.lock.unlock();
    }
  }

  private void passOn() {
    try {
      OutputStream out = to.getOutputStream();
      for (Chunk chunk = take(); chunk != null; chunk = take()) {
        switch (chunk.kind()) {
          case BYTES -> {
            if (!write(out, chunk.bytes())) {
              link.reset();
              return;
            }
          }
          case END -> {
            to.shutdownOutput();
            link.ended();
            return;
          }
          case RESET -> {
            link.reset();
            return;
          }
        }
      }
    } catch (IOException e) {
      if (!link.isAbandoned()) {
        link.reset(); // who should get it is gone, so the other one is told
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      link.reset();
    }
  }

  /// `false` if the cut falls into or behind these bytes.
  private boolean write(OutputStream out, byte[] bytes) throws IOException {
    int allowed;
    proxy.lock.lock();
    try {
      allowed = direction.allow(bytes.length);
    } finally {
      proxy.lock.unlock();
    }
    out.write(bytes, 0, allowed);
    proxy.lock.lock();
    try {
      direction.passed(allowed);
      proxy.changed.signalAll();
      return !direction.takeCut();
    } finally {
      proxy.lock.unlock();
    }
  }

  /// Waits until the next one may arrive; null if the connection is over.
  private @Nullable Chunk take() throws InterruptedException {
    proxy.lock.lock();
    try {
      long carriedAtNanos = Long.MIN_VALUE;
      boolean claimed = false;
      while (!link.isOver()) {
        Chunk next = held.peekFirst();
        long now = proxy.nanos();
        if (next == null || direction.isFrozen() || link.isAbandoned()) {
          proxy.changed.await();
        } else if (next.dueNanos() > now) {
          proxy.changed.awaitNanos(Math.min(next.dueNanos() - now, GLANCE_NANOS));
        } else if (!claimed) {
          carriedAtNanos = direction.claimLine(next.bytes().length);
          claimed = true;
        } else if (carriedAtNanos > now) {
          proxy.changed.awaitNanos(Math.min(carriedAtNanos - now, GLANCE_NANOS));
        } else {
          held.removeFirst();
          heldBytes -= next.bytes().length;
          direction.release(next.bytes().length);
          proxy.changed.signalAll();
          return next;
        }
      }
      return null;
    } finally {
      proxy.lock.unlock();
    }
  }

  /// What is held is no more. With the proxy's lock held.
  void drop() {
    direction.release(heldBytes);
    heldBytes = 0;
    held.clear();
  }
}
