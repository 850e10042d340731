package dev.tidings.running;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/// Speaks WebSocket frame by frame (RFC 6455 §5.2), so that it can also speak it wrongly.
public final class WebSocketSpeaker extends Speaker {
  public static final int CONTINUATION = 0x0;
  public static final int TEXT = 0x1;
  public static final int BINARY = 0x2;
  public static final int CLOSE = 0x8;
  public static final int PING = 0x9;
  public static final int PONG = 0xA;

  public static final int FINAL = 0x80;

  private static final byte[] MASK = {0x12, 0x34, 0x56, 0x78};

  /// One frame from the server.
  public record Frame(int opcode, boolean last, byte[] content) {
    public String text() {
      return new String(content, StandardCharsets.UTF_8);
    }

    /// The code of a close frame, 1005 where it has none (RFC 6455 §7.4.1).
    public int closeCode() {
      return content.length < 2 ? 1005 : ((content[0] & 0xFF) << 8) | (content[1] & 0xFF);
    }
  }

  private final Wire wire;
  private final Deque<Unit> units = new ArrayDeque<>();

  private WebSocketSpeaker(Wire wire) {
    this.wire = wire;
  }

  /// Speaks on, where HTTP has shaken hands.
  public static WebSocketSpeaker after(HttpSpeaker handshake) {
    return new WebSocketSpeaker(handshake.wire());
  }

  @Override
  public WebSocketSpeaker as(String user) {
    super.as(user);
    return this;
  }

  @Override
  public void say(String text) {
    say(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void say(byte[] text) {
    frame(FINAL | TEXT, text);
  }

  /// Writes one masked frame; `first` is its first byte, flags and opcode.
  public void frame(int first, byte[] content) {
    wire.write(bytes(first, content));
  }

  public void frame(int first, String content) {
    frame(first, content.getBytes(StandardCharsets.UTF_8));
  }

  /// The bytes of one masked frame.
  public static byte[] bytes(int first, byte[] content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(content.length + 14);
    head(bytes, first, 0x80, content.length);
    bytes.writeBytes(MASK);
    for (int i = 0; i < content.length; i++) {
      bytes.write(content[i] ^ MASK[i % MASK.length]);
    }
    return bytes.toByteArray();
  }

  /// The bytes of a frame that is not masked, as a client must never send it.
  public static byte[] unmasked(int first, byte[] content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(content.length + 10);
    head(bytes, first, 0, content.length);
    bytes.writeBytes(content);
    return bytes.toByteArray();
  }

  private static void head(ByteArrayOutputStream bytes, int first, int masked, int length) {
    bytes.write(first);
    if (length < 126) {
      bytes.write(masked | length);
    } else if (length < 0x10000) {
      bytes.write(masked | 126);
      bytes.write(length >> 8);
      bytes.write(length);
    } else {
      bytes.write(masked | 127);
      for (int shift = 56; shift >= 0; shift -= 8) {
        bytes.write((int) ((long) length >> shift));
      }
    }
  }

  /// The next frame, which must not be masked.
  public Frame frame() {
    byte[] head = wire.read(2);
    int second = head[1] & 0xFF;
    assertThat(second & 0x80).as("a server does not mask").isZero();
    long length =
        switch (second) {
          case 126 -> number(wire.read(2));
          case 127 -> number(wire.read(8));
          default -> second;
        };
    assertThat(head[0] & 0x70).as("reserved bits").isZero();
    return new Frame(head[0] & 0x0F, (head[0] & FINAL) != 0, wire.read((int) length));
  }

  private static long number(byte[] bytes) {
    long number = 0;
    for (byte each : bytes) {
      number = (number << 8) | (each & 0xFF);
    }
    return number;
  }

  @Override
  protected Unit hear() {
    while (units.isEmpty()) {
      Frame frame = frame();
      assertThat(frame.opcode()).as("a text frame, not " + frame.text()).isEqualTo(TEXT);
      frame.text().lines().map(Unit::new).forEach(units::add);
    }
    return units.remove();
  }

  @Override
  protected void assertEnded(int code) {
    assertThat(units).as("what was said beside").isEmpty();
    assertClosed(code);
  }

  /// A close frame with this code comes; we answer it as RFC 6455 §5.5.1 asks, and the server ends.
  public void assertClosed(int code) {
    Frame close = frame();
    assertThat(close.opcode()).as(close.text()).isEqualTo(CLOSE);
    assertThat(close.closeCode()).isEqualTo(code);
    frame(FINAL | CLOSE, close.content());
    wire.assertEnds();
  }

  @Override
  public Wire wire() {
    return wire;
  }
}
