package dev.tidings.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidings.bench.process.BenchFailure;
import dev.tidings.bench.process.Watched;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A connection beside a server that sends bytes in pieces of its own choice.
class LinkTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String UPGRADED =
      String.join(
          "\r\n",
          "HTTP/1.1 101 Switching Protocols",
          "Upgrade: websocket",
          "Connection: Upgrade",
          "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
          "",
          "");

  private final List<String> heard = new ArrayList<>();

  private final class Listener implements Dialect {
    private final Wire wire;

    Listener(Wire wire) {
      this.wire = wire;
    }

    @Override
    public Wire wire(Role role) {
      return wire;
    }

    @Override
    public void opened(Link link) {
      link.ready();
    }

    @Override
    public void message(Link link, ByteBuffer in, int from, int to) {
      heard.add(Bytes.text(in, from, to));
    }

    @Override
    public void publish(Link from, int conversation, long id, Payload payload) {
      throw new IllegalStateException("nobody sends");
    }
  }

  /// Connects, and takes what a server says until it has said all.
  ///
  /// @param piece how many bytes leave at once
  private List<String> hear(Wire wire, byte[] said, int piece, int messages) throws IOException {
    try (ServerSocket port = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> say(port, said, piece));
      InetSocketAddress address = new InetSocketAddress(port.getInetAddress(), port.getLocalPort());
      try (Run run =
          new Run(address, new Listener(wire), new Payload(64), Watched.NONE, Progress.none())) {
        run.connect(Workload.seats(0, 1, Role.READER, 0), 1, LIMIT);
        assertThat(run.await("", LIMIT, () -> "", () -> heard.size() >= messages)).isTrue();
      }
    }
    return heard;
  }

  private static void say(ServerSocket port, byte[] said, int piece) {
    try (Socket socket = port.accept()) {
      socket.setTcpNoDelay(true);
      OutputStream out = socket.getOutputStream();
      for (int at = 0; at < said.length; at += piece) {
        out.write(said, at, Math.min(piece, said.length - at));
        out.flush();
      }
      socket.getInputStream().readAllBytes(); // until the run is over
    } catch (IOException e) {
      // A run closes its connections without a word.
    }
  }

  private static byte[] webSocket(String... messages) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(Bytes.ascii(UPGRADED));
    for (String message : messages) {
      out.write(0x81);
      out.write(127);
      for (int shift = 56; shift >= 0; shift -= 8) {
        out.write((int) ((long) message.length() >> shift));
      }
      out.writeBytes(Bytes.ascii(message));
    }
    return out.toByteArray();
  }

  @Test
  void aWebSocketInSingleBytesIsHeardWhole() throws IOException {
    byte[] said = webSocket("one", "two".repeat(100), "");
    assertThat(hear(Wire.webSocketText(), said, 1, 3))
        .containsExactly("one", "two".repeat(100), "");
  }

  @Test
  void aMessageLargerThanTheBufferIsHeardWhole() throws IOException {
    String large = "x".repeat(3 * Loop.READ_BYTES);
    assertThat(hear(Wire.webSocketText(), webSocket("a", large, "b"), 100_000, 3))
        .containsExactly("a", large, "b");
  }

  @Test
  void fragmentsBecomeOneMessage() throws IOException {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    said.writeBytes(Bytes.ascii(UPGRADED));
    said.writeBytes(new byte[] {0x01, 1, 'a', 0x00, 1, 'b', (byte) 0x80, 1, 'c'});
    said.writeBytes(new byte[] {(byte) 0x81, 1, 'd'});
    assertThat(hear(Wire.webSocketText(), said.toByteArray(), 2, 2)).containsExactly("abc", "d");
  }

  @Test
  void linesInPiecesAreHeardWhole() throws IOException {
    assertThat(hear(Wire.lines(), Bytes.ascii("one\n\ntwo\nrest"), 3, 3))
        .containsExactly("one", "", "two");
  }

  @Test
  void aFramingOfOnesOwnIsHeardWhole() throws IOException {
    Framing lengthFirst = (in, from, to) -> 1 + in.get(from);
    byte[] said = {3, 'a', 'b', 'c', 0, 1, 'd'};
    assertThat(hear(Wire.own(lengthFirst), said, 2, 3))
        .containsExactly("\u0003abc", "\u0000", "\u0001d");
  }

  @Test
  void anHttpServerThatDoesNotUpgradeEndsTheRun() {
    assertThatThrownBy(
            () -> hear(Wire.webSocketText(), Bytes.ascii("HTTP/1.1 404 Not Found\r\n\r\n"), 9, 1))
        .isInstanceOf(BenchFailure.class)
        .hasMessageContaining("404");
  }

  @Test
  void aFrameThatPromisesTooMuchEndsTheRun() {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    said.writeBytes(Bytes.ascii(UPGRADED));
    said.writeBytes(new byte[] {(byte) 0x82, 127, 0, 0, 0, 1, 0, 0, 0, 0});
    assertThatThrownBy(() -> hear(Wire.webSocketText(), said.toByteArray(), 100, 1))
        .isInstanceOf(BenchFailure.class)
        .hasMessageContaining("4294967296");
  }
}
