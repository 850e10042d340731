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
import java.security.cert.Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/// A socket and the bytes on it. Reads wait, for a bounded time.
public final class Wire implements AutoCloseable {
  /// Nothing here takes that long; who waits so long has found a fault.
  private static final int PATIENCE_MILLIS = 30_000;

  /// How the wires that begin from now on are encrypted; null: not at all.
  private static @Nullable SSLContext encryption;

  private final Socket socket;

  /// The socket, or what is spoken inside of it.
  private final Socket inside;

  private final InputStream in;

  private Wire(Socket socket, @Nullable SSLContext tls) throws IOException {
    this.socket = socket;
    if (tls == null) {
      this.inside = socket;
    } else {
      SSLSocket encrypted =
          (SSLSocket)
              tls.getSocketFactory()
                  .createSocket(socket, "localhost", socket.getPort(), /* autoClose= */ true);
      encrypted.startHandshake();
      this.inside = encrypted;
    }
    this.in = new BufferedInputStream(inside.getInputStream());
  }

  /// Has the wires that begin while `stories` runs be encrypted.
  static void encrypted(@Nullable SSLContext tls, Runnable stories) {
    SSLContext before = encryption;
    encryption = tls;
    try {
      stories.run();
    } finally {
      encryption = before;
    }
  }

  /// The port on our side.
  public int localPort() {
    return socket.getLocalPort();
  }

  public static Wire to(InetSocketAddress address) {
    return to(address, 0);
  }

  /// As [#to(InetSocketAddress)], with a receive buffer of about so many bytes; 0: as usual.
  public static Wire to(InetSocketAddress address, int receiveBytes) {
    return to(address, receiveBytes, encryption);
  }

  /// Inside TLS, for whom `tls` trusts.
  public static Wire to(InetSocketAddress address, SSLContext tls) {
    return to(address, 0, tls);
  }

  private static Wire to(InetSocketAddress address, int receiveBytes, @Nullable SSLContext tls) {
    try {
      Socket socket = new Socket();
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(PATIENCE_MILLIS);
      if (receiveBytes > 0) {
        socket.setReceiveBufferSize(receiveBytes);
      }
      socket.connect(address, PATIENCE_MILLIS);
      return new Wire(socket, tls);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Writes all of it in one go.
  public void write(byte[] bytes) {
    try {
      inside.getOutputStream().write(bytes);
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
      inside.shutdownOutput();
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

  /// The certificate that the other side has shown.
  public Certificate shown() {
    try {
      return ((SSLSocket) inside).getSession().getPeerCertificates()[0];
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      inside.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
