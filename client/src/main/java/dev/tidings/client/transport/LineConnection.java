package dev.tidings.client.transport;

import dev.tidings.client.core.Dialer;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;

/// One TCP connection with a virtual thread that reads and one that writes. The reader stays at
/// most a few lines ahead of the client's lane, so a flood waits in the socket.
final class LineConnection implements Dialer.Line {
  private static final int CONNECT_MILLIS_MAX = 10_000;
  private static final int LINE_BYTES_MAX = 1 << 20;
  private static final int LINES_AHEAD_MAX = 64;

  private final EventsOnLane events;
  private final Socket socket = new Socket();
  private final Semaphore ahead = new Semaphore(LINES_AHEAD_MAX);
  private final WriteQueue writes = new WriteQueue();

  LineConnection(EventsOnLane events) {
    this.events = events;
  }

  void open(String host, int port) {
    Thread.ofVirtual().name("tidings-client-reader").start(() -> read(host, port));
  }

  @Override
  public void send(String unit) {
    if (!writes.offer(unit)) {
      shut("the server does not read");
    }
  }

  @Override
  public void close() {
    events.end();
    shut("closed");
  }

  private void shut(String reason) {
    writes.end();
    try {
      socket.close();
    } catch (IOException alreadyBroken) {
      // Closed is closed.
    }
    events.closed(Dialer.Events.BROKEN, reason);
  }

  private void read(String host, int port) {
    try {
      socket.setTcpNoDelay(true);
      socket.connect(new InetSocketAddress(host, port), CONNECT_MILLIS_MAX);
      OutputStream out = socket.getOutputStream();
      Thread.ofVirtual().name("tidings-client-writer").start(() -> write(out));
      events.opened();
      readLines(new BufferedInputStream(socket.getInputStream()));
      shut("the server ended the stream");
    } catch (IOException broken) {
      shut(broken.toString());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      shut("interrupted");
    }
  }

  private void readLines(InputStream in) throws IOException, InterruptedException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0; b = in.read()) {
      if (b != '\n') {
        line.write(b);
        if (line.size() > LINE_BYTES_MAX) {
          throw new IOException("a line without end");
        }
      } else {
        ahead.acquire();
        events.received(text(line.toByteArray()), ahead::release);
        line.reset();
      }
    }
  }

  private static String text(byte[] utf8) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
  }

  private void write(OutputStream out) {
    try {
      for (String unit = writes.take(); unit != null; unit = writes.take()) {
        out.write((unit + "\n").getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException broken) {
      shut(broken.toString());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      shut("interrupted");
    }
  }
}
