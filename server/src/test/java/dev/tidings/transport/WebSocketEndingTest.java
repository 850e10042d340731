package dev.tidings.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The last bytes of a WebSocket. All frames of the client here have the mask 0, which changes
/// nothing.
class WebSocketEndingTest {
  private static final int PATIENCE_MILLIS = 20_000;

  private static final String HANDSHAKE =
      """
      GET / HTTP/1.1\r
      Host: localhost\r
      Connection: Upgrade\r
      Upgrade: websocket\r
      Sec-WebSocket-Version: 13\r
      Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r
      \r
      """;

  private EchoServer server;
  private Socket socket;

  @BeforeEach
  void shakeHands() throws IOException {
    server = new EchoServer(EchoServer.Conduct.RIGHT);
    URI url = URI.create(server.url());
    socket = new Socket(url.getHost(), url.getPort());
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.getOutputStream().write(HANDSHAKE.getBytes(StandardCharsets.US_ASCII));
    String answer = "";
    while (!answer.endsWith("\r\n\r\n")) {
      answer += new String(read(1), StandardCharsets.US_ASCII);
    }
    assertThat(answer).startsWith("HTTP/1.1 101 ");
  }

  @AfterEach
  void end() throws IOException {
    socket.close();
    server.close();
  }

  @Test
  void aCloseIsAnsweredWithItsCodeAndTheEndOfTheSocket() throws IOException {
    send("88 82 00000000 03e9"); // 1001, going away
    assertThat(rest()).isEqualTo("88 02 03 e9");
  }

  /// Whoever has said a close must not say another (RFC 6455 §5.5.1).
  @Test
  void theAnswerToOurCloseIsNotAnswered() throws IOException {
    send("81 81 00000000 ff"); // no UTF-8
    byte[] close = read(2);
    byte[] reason = read(close[1]);
    assertThat(HexFormat.of().formatHex(close, 0, 1)).isEqualTo("88");
    assertThat(HexFormat.of().formatHex(reason, 0, 2)).isEqualTo("03ef"); // 1007
    send("88 82 00000000 03ef");
    assertThat(rest()).isEmpty();
  }

  private void send(String hex) throws IOException {
    socket.getOutputStream().write(HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  private byte[] read(int count) throws IOException {
    byte[] bytes = socket.getInputStream().readNBytes(count);
    assertThat(bytes).hasSize(count);
    return bytes;
  }

  /// What comes until the server ends its side.
  private String rest() throws IOException {
    InputStream in = socket.getInputStream();
    return HexFormat.ofDelimiter(" ").formatHex(in.readAllBytes());
  }
}
