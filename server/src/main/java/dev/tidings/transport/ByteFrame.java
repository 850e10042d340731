package dev.tidings.transport;

import dev.tidings.protocol.JsonWriter;
import dev.tidings.session.Frame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/// A frame as bytes, in a form that serves both transports at once: the head of a WebSocket text
/// frame (RFC 6455 §5.2), the units, a line feed. A WebSocket takes all but the line feed, a line
/// all but the head; so each frame is encoded once, whoever reads it.
public final class ByteFrame implements Frame {
  private static final int FINAL_TEXT = 0x81;
  private static final int TWO_BYTE_LENGTH = 126;
  private static final int EIGHT_BYTE_LENGTH = 127;

  private final ByteBuf bytes;
  private final int headBytes;
  private final int unitBytes;

  private ByteFrame(ByteBuf bytes, int headBytes, int unitBytes) {
    this.bytes = bytes;
    this.headBytes = headBytes;
    this.unitBytes = unitBytes;
  }

  static ByteFrame of(JsonWriter units, ByteBufAllocator allocator) {
    int length = units.length();
    int headBytes = length < TWO_BYTE_LENGTH ? 2 : length < 0x10000 ? 4 : 10;
    ByteBuf bytes = allocator.directBuffer(headBytes + length + 1);
    bytes.writeByte(FINAL_TEXT);
    switch (headBytes) {
      case 2 -> bytes.writeByte(length);
      case 4 -> bytes.writeByte(TWO_BYTE_LENGTH).writeShort(length);
      default -> bytes.writeByte(EIGHT_BYTE_LENGTH).writeLong(length);
    }
    bytes.writeBytes(units.array(), 0, length).writeByte('\n');
    return new ByteFrame(bytes, headBytes, length);
  }

  /// For one WebSocket; the socket releases it.
  ByteBuf asText() {
    return bytes.retainedDuplicate().setIndex(0, headBytes + unitBytes);
  }

  /// For one line socket; the socket releases it.
  ByteBuf asLine() {
    return bytes.retainedDuplicate().setIndex(headBytes, headBytes + unitBytes + 1);
  }

  @Override
  public int sizeBytes() {
    return unitBytes;
  }

  @Override
  public void release() {
    bytes.release();
  }

  /// The frame behind the port's type; there is no other in this process.
  static ByteFrame of(Frame frame) {
    return (ByteFrame) frame;
  }

  /// The units alone, for a reply that is no frame at all.
  public static byte[] units(Frame frame) {
    ByteFrame own = of(frame);
    byte[] units = new byte[own.unitBytes];
    own.bytes.getBytes(own.headBytes, units);
    return units;
  }
}
