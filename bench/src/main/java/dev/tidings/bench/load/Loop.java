package dev.tidings.bench.load;

import dev.tidings.bench.process.BenchFailure;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// All sockets of a run, on the thread that calls [#pump]. One large buffer is read into, for all
/// of them; what is read is looked at in place.
final class Loop implements AutoCloseable {
  /// At least so much is asked of a socket at once.
  static final int READ_BYTES = 256 * 1024;

  private static final int WRITE_BYTES = 2 * 1024;
  private static final int WRITE_BUFFERS_MAX = 4 * 1024;
  private static final long MILLI_NANOS = 1_000_000;

  private final InetSocketAddress server;
  private final Dialect dialect;
  private final Ears ears;
  private final Selector selector;
  private final long originNanos = System.nanoTime();
  private final Outgoing outgoing = new Outgoing();
  private final SplittableRandom masks = new SplittableRandom();
  private final ArrayDeque<ByteBuffer> writeBuffers = new ArrayDeque<>();
  private final Consumer<SelectionKey> act = this::act;
  private ByteBuffer readBuffer = buffer(READ_BYTES);
  private List<Link> toFlush = new ArrayList<>();
  private List<Link> flushing = new ArrayList<>();
  private long readNanos;
  private long bytesRead;
  private long firstActNanos;
  private long waitedNanos;

  Loop(InetSocketAddress server, Dialect dialect, Ears ears) {
    this.server = server;
    this.dialect = dialect;
    this.ears = ears;
    try {
      this.selector = Selector.open();
    } catch (IOException e) {
      throw new BenchFailure("no selector: " + e.getMessage(), e);
    }
  }

  private static ByteBuffer buffer(int capacity) {
    return ByteBuffer.allocateDirect(capacity).order(ByteOrder.LITTLE_ENDIAN);
  }

  /// Begins to connect.
  Link open(Seat seat) {
    try {
      return new Link(this, seat, dialect.wire(seat.role()), server);
    } catch (IOException e) {
      throw new BenchFailure(
          "connection " + seat.index() + " to " + server + ": " + e.getMessage(), e);
    }
  }

  SelectionKey register(SocketChannel channel, Link link) throws ClosedChannelException {
    return channel.register(selector, SelectionKey.OP_CONNECT, link);
  }

  Dialect dialect() {
    return dialect;
  }

  Ears ears() {
    return ears;
  }

  /// For the handshake.
  String host() {
    return server.getHostString() + ":" + server.getPort();
  }

  /// Nanoseconds since the run began.
  long now() {
    return System.nanoTime() - originNanos;
  }

  /// When the last read returned: the time of arrival of all that was in it.
  long readNanos() {
    return readNanos;
  }

  long bytesRead() {
    return bytesRead;
  }

  /// How long there was nothing to do, so far.
  long waitedNanos() {
    return waitedNanos;
  }

  /// Writes what is to be written, waits until a socket can do something but no longer than
  /// `atMostNanos`, and lets all that can act. The system's waiting counts in milliseconds; shorter
  /// times are spent looking.
  void pump(long atMostNanos) {
    flush();
    long begin = now();
    firstActNanos = 0;
    try {
      if (atMostNanos >= MILLI_NANOS) {
        selector.select(act, atMostNanos / MILLI_NANOS);
      } else {
        selector.selectNow(act);
      }
    } catch (IOException e) {
      throw new BenchFailure("the selector fails: " + e.getMessage(), e);
    }
    if (atMostNanos > 0) {
      waitedNanos += (firstActNanos == 0 ? now() : firstActNanos) - begin;
    }
    flush();
  }

  private void act(SelectionKey key) {
    if (firstActNanos == 0) {
      firstActNanos = now();
    }
    if (key.isValid()) {
      ((Link) key.attachment()).act();
    }
  }

  private void flush() {
    while (!toFlush.isEmpty()) {
      List<Link> now = toFlush;
      toFlush = flushing;
      flushing = now;
      for (int i = 0; i < now.size(); i++) {
        now.get(i).flush();
      }
      now.clear();
    }
  }

  // ---- For links -----------------------------------------------------------------------------

  void isToFlush(Link link) {
    toFlush.add(link);
  }

  Outgoing outgoing() {
    outgoing.clear();
    return outgoing;
  }

  Outgoing outgoingWritten() {
    return outgoing;
  }

  int mask() {
    return masks.nextInt();
  }

  /// The buffer to read into, with room behind the first `kept` bytes.
  ByteBuffer readBuffer(int kept) {
    if (readBuffer.capacity() - kept < READ_BYTES / 2) {
      readBuffer = buffer(readBuffer.capacity() * 2);
    }
    return readBuffer.clear();
  }

  void hasRead(int count) {
    bytesRead += count;
    readNanos = now();
  }

  ByteBuffer writeBuffer(int bytes) {
    if (bytes > WRITE_BYTES) {
      return ByteBuffer.allocateDirect(bytes);
    }
    ByteBuffer pooled = writeBuffers.pollLast();
    return pooled == null ? ByteBuffer.allocateDirect(WRITE_BYTES) : pooled;
  }

  void release(@Nullable ByteBuffer buffer) {
    if (buffer != null
        && buffer.capacity() == WRITE_BYTES
        && writeBuffers.size() < WRITE_BUFFERS_MAX) {
      writeBuffers.addLast(buffer.clear());
    }
  }

  /// Closes all connections.
  @Override
  public void close() {
    try {
      List<SelectionKey> keys = List.copyOf(selector.keys());
      for (SelectionKey key : keys) {
        ((Link) key.attachment()).cut();
      }
      selector.close();
    } catch (IOException e) {
      throw new BenchFailure("the selector does not close: " + e.getMessage(), e);
    }
  }
}
