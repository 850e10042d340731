package dev.tidings.transport;

import static dev.tidings.running.WebSocketSpeaker.BINARY;
import static dev.tidings.running.WebSocketSpeaker.CLOSE;
import static dev.tidings.running.WebSocketSpeaker.CONTINUATION;
import static dev.tidings.running.WebSocketSpeaker.FINAL;
import static dev.tidings.running.WebSocketSpeaker.PING;
import static dev.tidings.running.WebSocketSpeaker.PONG;
import static dev.tidings.running.WebSocketSpeaker.TEXT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.running.RunningServer;
import dev.tidings.running.WebSocketSpeaker;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Frames that RFC 6455 does not allow, or that we do not take.
class BadFramesTest {
  @RegisterExtension static final RunningServer SERVER = RunningServer.inDevelopment();

  private static final byte[] PING_UNIT = "{\"op\":\"ping\",\"id\":1}".getBytes(UTF_8);

  private static WebSocketSpeaker mallory() {
    return SERVER.webSocket("mallory");
  }

  @Test
  void textThatIsNoUtf8IsClosed1007() {
    WebSocketSpeaker mallory = mallory();
    mallory.say(new byte[] {'{', '"', (byte) 0xC3, '"', '}'});
    mallory.assertClosed(1007);
  }

  @Test
  void textThatIsNoUtf8AcrossFragmentsIsClosed1007() {
    WebSocketSpeaker mallory = mallory();
    mallory.frame(TEXT, new byte[] {'{', '"', (byte) 0xE2, (byte) 0x82});
    mallory.frame(FINAL | CONTINUATION, new byte[] {'"', '}'});
    mallory.assertClosed(1007);
  }

  @Test
  void binaryFramesAreClosed1003() {
    WebSocketSpeaker mallory = mallory();
    mallory.frame(FINAL | BINARY, PING_UNIT);
    mallory.assertClosed(1003);
  }

  @Test
  void aGuestsBinaryFrameIsClosed1003() {
    WebSocketSpeaker guest = SERVER.webSocket();
    guest.frame(FINAL | BINARY, PING_UNIT);
    guest.assertClosed(1003);
  }

  @Test
  void framesWithoutAMaskAreClosed1002() {
    WebSocketSpeaker mallory = mallory();
    mallory.wire().write(WebSocketSpeaker.unmasked(FINAL | TEXT, PING_UNIT));
    mallory.assertClosed(1002);
  }

  /// Reserved bits, reserved opcodes, a continuation of nothing, control frames in pieces.
  @ParameterizedTest
  @ValueSource(
      ints = {
        FINAL | 0x40 | TEXT,
        FINAL | 0x20 | TEXT,
        FINAL | 0x10 | TEXT,
        FINAL | 0x3,
        FINAL | 0x7,
        FINAL | 0xB,
        FINAL | CONTINUATION,
        CONTINUATION,
        PING,
        PONG,
        CLOSE,
      })
  void framesThatTheRfcForbidsAreClosed1002(int first) {
    WebSocketSpeaker mallory = mallory();
    mallory.frame(first, "{}");
    mallory.assertClosed(1002);
  }

  @Test
  void aSecondMessageAmongFragmentsIsClosed1002() {
    WebSocketSpeaker mallory = mallory();
    mallory.frame(TEXT, "{\"op\":");
    mallory.frame(FINAL | TEXT, PING_UNIT);
    mallory.assertClosed(1002);
  }

  @Test
  void aControlFrameOver125BytesIsClosed1002() {
    WebSocketSpeaker mallory = mallory();
    mallory.frame(FINAL | PING, new byte[126]);
    mallory.assertClosed(1002);
  }

  @Test
  void aCloseWithHalfACodeIsClosed1002() {
    WebSocketSpeaker mallory = mallory();
    mallory.frame(FINAL | CLOSE, new byte[] {3});
    mallory.assertClosed(1002);
  }

  @Test
  void aMessageMayComeInPiecesWithPingsBetween() {
    WebSocketSpeaker mallory = mallory();
    mallory.frame(TEXT, "{\"op\":\"pi");
    mallory.frame(FINAL | PING, "are you there");
    mallory.frame(CONTINUATION, "");
    mallory.frame(CONTINUATION, "ng\",\"id");
    mallory.frame(FINAL | CONTINUATION, "\":9}");
    WebSocketSpeaker.Frame pong = mallory.frame();
    assertThat(pong.opcode()).isEqualTo(PONG);
    assertThat(pong.text()).isEqualTo("are you there");
    assertThat(mallory.next().number("id")).isEqualTo(9);
  }

  @Test
  void piecesThatGrowOverTheLimitAreToldSo() {
    WebSocketSpeaker mallory = mallory();
    mallory.frame(TEXT, "x".repeat(60 * 1024));
    mallory.frame(CONTINUATION, "x".repeat(4 * 1024)); // 64 KiB: not over it yet
    mallory.frame(CONTINUATION, "x");
    mallory.assertBye("too_large", 4502);
  }

  @Test
  void piecesWithoutEndCostNoMoreThanTheLimit() {
    WebSocketSpeaker mallory = mallory();
    byte[] piece = WebSocketSpeaker.bytes(CONTINUATION, new byte[1024]);
    mallory.frame(TEXT, new byte[0]);
    for (int i = 0; i < 65; i++) {
      mallory.wire().write(piece);
    }
    mallory.assertBye("too_large", 4502);
  }

  @Test
  void aFrameThatAnnouncesTooMuchIsNotWaitedFor() {
    WebSocketSpeaker mallory = mallory();
    // A text frame of 2^40 bytes, of which none ever comes.
    mallory.wire().write(new byte[] {(byte) (FINAL | TEXT), (byte) 0xFF, 0, 0, 1, 0, 0, 0, 0, 0});
    mallory.assertBye("too_large", 4502);
  }

  @Test
  void emptyMessagesAndEmptyLinesAreNothing() {
    WebSocketSpeaker mallory = mallory();
    mallory.frame(FINAL | TEXT, "");
    mallory.frame(FINAL | TEXT, "\n\r\n\n");
    mallory.frame(FINAL | PONG, "unasked");
    assertThat(mallory.ask("{\"op\":\"ping\",\"id\":4}").number("id")).isEqualTo(4);
  }

  @Test
  void whoClosesIsAnsweredWithHisCode() {
    WebSocketSpeaker alice = SERVER.webSocket("alice");
    alice.frame(FINAL | CLOSE, new byte[] {(byte) (4999 >> 8), (byte) 4999});
    WebSocketSpeaker.Frame close = alice.frame();
    assertThat(close.opcode()).isEqualTo(CLOSE);
    assertThat(close.closeCode()).isEqualTo(4999);
    alice.wire().assertEnds();
  }

  @Test
  void whoDiesInTheMidstOfAFrameIsForgotten() {
    WebSocketSpeaker alice = SERVER.webSocket("alice");
    byte[] whole = WebSocketSpeaker.bytes(FINAL | TEXT, PING_UNIT);
    alice.wire().write(Arrays.copyOf(whole, whole.length / 2));
    alice.wire().reset();
    assertThat(SERVER.webSocket("alice").ask("{\"op\":\"ping\",\"id\":1}").op()).isEqualTo("pong");
  }
}
