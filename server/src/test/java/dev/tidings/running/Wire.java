package dev.tidings.running;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// A socket and the bytes on it. Reads wait, for a bounded time.
public final class Wire implements AutoCloseable {
  /// Nothing here takes that long; who waits so long has found a fault.
  private static final int PATIENCE_MILLIS = 30_000;

  private final Socket socket;
  private final InputStream in;

  private Wire(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream());
  }

  public static Wire to(InetSocketAddress address) {
    return to(address, 0);
  }

  /// As [#to(InetSocketAddress)], with a receive buffer of about so many bytes; 0: as usual.
  public static Wire to(InetSocketAddress address, int receiveBytes) {
    try {
      Socket socket = new Socket();
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(PATIENCE_MILLIS);
      if (receiveBytes > 0) {
        socket.setReceiveBufferSize(receiveBytes);
      }
      socket.connect(address, PATIENCE_MILLIS);
      return new Wire(socket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Writes all of it in one go.
  public void write(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public void write(String text) {
    write(text.getBytes(StandardCharsets.UTF_8));
  }

  /// Ends our side; the other may still speak.
  public void endOurSide() {
    try {
      socket.shutdownOutput();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The next byte, -1 at the end.
  public int read() {
    try {
      return in.read();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public byte[] read(int count) {
    try {
      byte[] bytes = in.readNBytes(count);
      if (bytes.length < count) {
        throw new EOFException("ended after " + bytes.length + " of " + count + " bytes");
      }
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The next line without its end; what comes before the end of the stream counts as a line.
  public String line() {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int next = read();
    if (next < 0) {
      throw new UncheckedIOException(new EOFException("ended where a line was expected"));
    }
    while (next >= 0 && next != '\n') {
      line.write(next);
      next = read();
    }
    String text = line.toString(StandardCharsets.UTF_8);
    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
  }

  /// All until the other side ends, which it must do in order: a reset would be an exception.
  public byte[] readToEnd() {
    try {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The other side says nothing more and ends in order.
  public void assertEnds() {
    assertThat(readToEnd()).asString(StandardCharsets.UTF_8).isEmpty();
  }

  /// Closes with a reset, as a process that died.
  public void reset() {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
