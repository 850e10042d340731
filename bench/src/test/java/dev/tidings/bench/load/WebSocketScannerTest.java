package dev.tidings.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidings.bench.process.BenchFailure;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebSocketScannerTest {
  private static final int FINAL_TEXT = 0x81;
  private static final int FINAL_BINARY = 0x82;

  private final List<String> heard = new ArrayList<>();
  private boolean open = true;

  private final WebSocketScanner.Sink sink =
      new WebSocketScanner.Sink() {
        @Override
        public void message(ByteBuffer in, int from, int to) {
          heard.add(Bytes.text(in, from, to));
        }

        @Override
        public void fragment(ByteBuffer in, int from, int to, boolean first, boolean last) {
          heard.add((first ? "<" : "-") + Bytes.text(in, from, to) + (last ? ">" : "-"));
        }

        @Override
        public void ping(ByteBuffer in, int from, int to) {
          heard.add("ping " + Bytes.text(in, from, to));
        }

        @Override
        public void closed(int code, String reason) {
          heard.add("closed " + code + " " + reason);
          open = false;
        }

        @Override
        public boolean isOpen() {
          return open;
        }
      };

  private static byte[] frame(int first, String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int length = text.length();
    out.write(first);
    if (length < 126) {
      out.write(length);
    } else if (length <= 0xffff) {
      out.write(126);
      out.write(length >> 8);
      out.write(length);
    } else {
      out.write(127);
      out.writeBytes(new byte[] {0, 0, 0, 0});
      out.write(length >> 24);
      out.write(length >> 16);
      out.write(length >> 8);
      out.write(length);
    }
    out.writeBytes(Bytes.ascii(text));
    return out.toByteArray();
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static byte[] hex(String digits) {
    return java.util.HexFormat.of().parseHex(digits.replace(" ", ""));
  }

  /// At an odd place, with other bytes around.
  private int scan(byte[] bytes) {
    ByteBuffer in = ByteBuffer.allocateDirect(bytes.length + 6).order(ByteOrder.LITTLE_ENDIAN);
    in.put(3, bytes);
    return WebSocketScanner.scan(sink, in, 3, 3 + bytes.length) - 3;
  }

  @Test
  void manyFramesOfOneReadComeOneByOne() {
    byte[] bytes =
        joined(
            frame(FINAL_TEXT, "a"),
            frame(FINAL_TEXT, ""),
            frame(FINAL_BINARY, "b".repeat(125)),
            frame(FINAL_TEXT, "c".repeat(126)),
            frame(FINAL_TEXT, "d".repeat(70_000)));
    assertThat(scan(bytes)).isEqualTo(bytes.length);
    assertThat(heard)
        .containsExactly("a", "", "b".repeat(125), "c".repeat(126), "d".repeat(70_000));
  }

  @Test
  void aFrameThatIsNotWholeWaitsWhereverItIsSplit() {
    for (String text : List.of("x".repeat(5), "y".repeat(300), "z".repeat(66_000))) {
      byte[] bytes = joined(frame(FINAL_TEXT, "before"), frame(FINAL_TEXT, text));
      int second = 2 + "before".length();
      for (int length = second; length < bytes.length; length += length < 400 ? 1 : 9_973) {
        heard.clear();
        assertThat(scan(java.util.Arrays.copyOf(bytes, length))).isEqualTo(second);
        assertThat(heard).containsExactly("before");
      }
    }
  }

  @Test
  void fragmentsAndWhatComesBetweenThemAreTold() {
    byte[] bytes =
        joined(frame(0x01, "one"), frame(0x89, "hello"), frame(0x00, "two"), frame(0x80, "three"));
    assertThat(scan(bytes)).isEqualTo(bytes.length);
    assertThat(heard).containsExactly("<one-", "ping hello", "-two-", "-three>");
  }

  @Test
  void behindACloseNothingIsHeard() {
    byte[] bytes = joined(hex("88 04 0f a1 6f 6b"), frame(FINAL_TEXT, "late"));
    assertThat(scan(bytes)).isEqualTo(6);
    assertThat(heard).containsExactly("closed 4001 ok");
  }

  @Test
  void aCloseWithoutACodeIsOne() {
    scan(hex("8800"));
    assertThat(heard).containsExactly("closed 1005 ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "81 7f 80 00 00 00 00 00 00 00", // negative as a long
        "81 7f ff ff ff ff ff ff ff ff",
        "81 7f 00 00 00 00 7f ff ff ff", // below the maximum of an int
        "82 7f 00 00 00 00 01 00 00 01", // a byte too long
        "81 81 00 00 00 00 00", // masked
        "c1 00", // a reserved bit
        "83 00", // no such opcode
      })
  void framesThatNoServerShouldSendEndTheRun(String bytes) {
    assertThatThrownBy(() -> scan(hex(bytes))).isInstanceOf(BenchFailure.class);
  }

  @Test
  void theLongestMessageIsWaitedFor() {
    assertThat(scan(hex("82 7f 00 00 00 00 01 00 00 00"))).isZero();
    assertThat(heard).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 125, 126, 65_535, 65_536})
  void whatAClientSaysIsMasked(int length) {
    byte[] said = Bytes.ascii("s".repeat(length));
    ByteBuffer out = ByteBuffer.allocate(WebSocketScanner.frameBytes(length));
    WebSocketScanner.frame(WebSocketScanner.opcode(false), said, length, 0x12345678, out);
    out.flip();
    assertThat(out.get() & 0xff).isEqualTo(FINAL_TEXT);
    int second = out.get() & 0xff;
    assertThat(second & 0x80).isEqualTo(0x80);
    long declared =
        switch (second & 0x7f) {
          case 126 -> out.getShort() & 0xffff;
          case 127 -> out.getLong();
          default -> second & 0x7f;
        };
    assertThat(declared).isEqualTo(length);
    byte[] mask = new byte[4];
    out.get(mask);
    assertThat(mask).containsExactly(0x12, 0x34, 0x56, 0x78);
    assertThat(out.remaining()).isEqualTo(length);
    for (int i = 0; out.hasRemaining(); i++) {
      assertThat((char) (out.get() ^ mask[i & 3])).isEqualTo('s');
    }
  }
}
