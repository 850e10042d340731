package dev.tidings.bench.load;

import dev.tidings.bench.process.BenchFailure;
import java.nio.ByteBuffer;

/// Cuts what a server sent into WebSocket messages (RFC 6455 §5.2), where it was read: nothing is
/// copied but fragments, nothing is made.
final class WebSocketScanner {
  private static final int FIN = 0x80;
  private static final int RESERVED = 0x70;
  private static final int OPCODE = 0x0f;
  private static final int CONTINUATION = 0;
  private static final int TEXT = 1;
  private static final int BINARY = 2;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;
  private static final int LENGTH_IN_TWO_BYTES = 126;
  private static final int LENGTH_IN_EIGHT_BYTES = 127;
  private static final int MASKED = 0x80;
  private static final int CODE_BYTES = 2;
  private static final int NO_CODE = 1005;

  private WebSocketScanner() {}

  /// Where the frames go.
  interface Sink {
    void message(ByteBuffer in, int from, int to);

    /// A piece of a message that comes in several frames.
    void fragment(ByteBuffer in, int from, int to, boolean first, boolean last);

    void ping(ByteBuffer in, int from, int to);

    void closed(int code, String reason);

    /// Whether anything more is wanted.
    boolean isOpen();
  }

  /// Hands on all whole frames in [from, to).
  ///
  /// @return where the first unfinished one begins
  static int scan(Sink sink, ByteBuffer in, int from, int to) {
    int at = from;
    while (to - at >= 2 && sink.isOpen()) {
      int first = in.get(at);
      int second = in.get(at + 1);
      if ((second & MASKED) != 0 || (first & RESERVED) != 0) {
        throw new BenchFailure(
            "no frame of a server begins with 0x%02x%02x".formatted(first & 0xff, second & 0xff));
      }
      int head = 2;
      long length = second;
      if (length == LENGTH_IN_TWO_BYTES) {
        head += Short.BYTES;
        if (to - at < head) {
          break;
        }
        length = Short.reverseBytes(in.getShort(at + 2)) & 0xffff;
      } else if (length == LENGTH_IN_EIGHT_BYTES) {
        head += Long.BYTES;
        if (to - at < head) {
          break;
        }
        length = Long.reverseBytes(in.getLong(at + 2));
      }
      if (length < 0 || length > Wire.MESSAGE_BYTES_MAX) {
        throw new BenchFailure(
            "a frame of " + Long.toUnsignedString(length) + " bytes is not taken");
      }
      if (to - at - head < length) {
        break;
      }
      int body = at + head;
      at = body + (int) length;
      frame(sink, first, in, body, at);
    }
    return at;
  }

  private static void frame(Sink sink, int first, ByteBuffer in, int from, int to) {
    boolean last = (first & FIN) != 0;
    switch (first & OPCODE) {
      case TEXT, BINARY -> {
        if (last) {
          sink.message(in, from, to);
        } else {
          sink.fragment(in, from, to, true, false);
        }
      }
      case CONTINUATION -> sink.fragment(in, from, to, false, last);
      case PING -> sink.ping(in, from, to);
      case PONG -> {}
      case CLOSE -> {
        boolean coded = to - from >= CODE_BYTES;
        sink.closed(
            coded ? Short.reverseBytes(in.getShort(from)) & 0xffff : NO_CODE,
            coded ? Bytes.text(in, from + CODE_BYTES, to) : "");
      }
      default -> throw new BenchFailure("a frame has the opcode " + (first & OPCODE));
    }
  }

  /// A client's frame, masked as RFC 6455 §5.3 demands; `to` must have room for [#frameBytes].
  static void frame(int opcode, byte[] bytes, int length, int mask, ByteBuffer to) {
    to.put((byte) (FIN | opcode));
    if (length < LENGTH_IN_TWO_BYTES) {
      to.put((byte) (MASKED | length));
    } else if (length <= 0xffff) {
      to.put((byte) (MASKED | LENGTH_IN_TWO_BYTES)).put((byte) (length >> 8)).put((byte) length);
    } else {
      to.put((byte) (MASKED | LENGTH_IN_EIGHT_BYTES));
      for (int shift = Long.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
        to.put((byte) ((long) length >> shift));
      }
    }
    for (int i = 0; i < Integer.BYTES; i++) {
      to.put(maskByte(mask, i));
    }
    for (int i = 0; i < length; i++) {
      to.put((byte) (bytes[i] ^ maskByte(mask, i)));
    }
  }

  private static byte maskByte(int mask, int at) {
    return (byte) (mask >> (24 - 8 * (at & 3)));
  }

  /// An upper bound.
  static int frameBytes(int length) {
    return length + 2 + Long.BYTES + Integer.BYTES;
  }

  static int opcode(boolean binary) {
    return binary ? BINARY : TEXT;
  }

  static int pong() {
    return PONG;
  }
}
