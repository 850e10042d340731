package dev.tidings.bench;

import dev.tidings.bench.process.BenchFailure;
import dev.tidings.bench.process.ServerProcess;
import dev.tidings.bench.process.Until;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/// Connections that only read, on a thread of their own, and what they have heard together.
final class Readers implements AutoCloseable {
  private static final byte[] MSG = "{\"op\":\"msg\"".getBytes(StandardCharsets.US_ASCII);

  private final String prefix;
  private final Selector selector;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(64 * 1024);
  private final AtomicLong heard = new AtomicLong();
  private final AtomicReference<Optional<Throwable>> failure =
      new AtomicReference<>(Optional.empty());
  private int connected;
  private volatile boolean ends;

  /// @param prefix what the names of the users begin with; numbers from 0 on follow
  Readers(String prefix) throws IOException {
    this.prefix = prefix;
    this.selector = Selector.open();
  }

  /// How many bytes of [#MSG] the end of what was read matches, for each connection.
  private static final class Matched {
    int bytes;
  }

  /// Opens one for each of so many further users, all of whom are welcome when this returns.
  void connect(ServerProcess server, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      SocketChannel channel = SocketChannel.open(server.address());
      Crowd.introduce(channel, prefix + connected, buffer);
      connected++;
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ, new Matched());
    }
  }

  /// Begins to read. All are connected.
  void start() {
    Thread.ofPlatform().daemon().name("readers").start(this::read);
  }

  private void read() {
    try {
      while (!ends) {
        selector.select(key -> {
          try {
            read(key);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
      }
    } catch (IOException | UncheckedIOException | BenchFailure e) {
      failure.set(Optional.of(e));
    }
  }

  private void read(SelectionKey key) throws IOException {
    buffer.clear();
    if (((SocketChannel) key.channel()).read(buffer) < 0) {
      throw new BenchFailure("the server hung up on a reader");
    }
    Matched matched = (Matched) key.attachment();
    int found = 0;
    for (int i = 0; i < buffer.position(); i++) {
      byte next = buffer.get(i);
      matched.bytes = next == MSG[matched.bytes] ? matched.bytes + 1 : next == MSG[0] ? 1 : 0;
      if (matched.bytes == MSG.length) {
        found++;
        matched.bytes = 0;
      }
    }
    heard.addAndGet(found);
  }

  /// Messages heard so far.
  long heard() {
    failure
        .get()
        .ifPresent(cause -> {
          throw new BenchFailure("a reader failed: " + cause.getMessage(), cause);
        });
    return heard.get();
  }

  /// Waits until so many messages have been heard.
  ///
  /// @throws BenchFailure if they are not by then
  void await(long wanted, Duration limit) {
    if (!Until.holds(limit, Duration.ofMillis(1), () -> heard() >= wanted)) {
      throw new BenchFailure("only " + heard() + " of " + wanted + " messages have come");
    }
  }

  @Override
  public void close() throws IOException {
    ends = true;
    for (SelectionKey key : selector.keys()) {
      key.channel().close();
    }
    selector.close();
  }
}
