package dev.tidings.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;

/// Whole control frames as a server sends them (RFC 6455 §5.5): unmasked, at most 125 bytes inside.
final class WebSocketFrames {
  private static final int CLOSE = 0x88;
  private static final int PONG = 0x8A;

  private WebSocketFrames() {}

  static ByteBuf close(ByteBufAllocator allocator, int code, String reason) {
    byte[] text = reason.getBytes(StandardCharsets.UTF_8);
    return allocator
        .buffer(4 + text.length)
        .writeByte(CLOSE)
        .writeByte(2 + text.length)
        .writeShort(code)
        .writeBytes(text);
  }

  /// A close without a code, the answer to one without a code.
  static ByteBuf close(ByteBufAllocator allocator) {
    return allocator.buffer(2).writeByte(CLOSE).writeByte(0);
  }

  static ByteBuf pong(ByteBufAllocator allocator, byte[] content, int from, int to) {
    return allocator
        .directBuffer(2 + to - from)
        .writeByte(PONG)
        .writeByte(to - from)
        .writeBytes(content, from, to - from);
  }
}
