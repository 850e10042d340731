package dev.tidings.transport;

import dev.tidings.protocol.JsonWriter;
import dev.tidings.session.Frame;
import dev.tidings.transport.SocketConnection.Form;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// A frame as bytes, in a form that serves WebSockets and lines at once: the head of a text frame
/// (RFC 6455 §5.2), the units, a line feed. A WebSocket takes all but the line feed, a line all but
/// the head. The events of a stream are made of it when the first stream of the lane wants them. So
/// each frame is encoded once per form, whoever reads it.
///
/// Confined to the lane, so who holds it is counted without a fence: the maker, and the tick for
/// each socket that is to have it.
public final class ByteFrame implements Frame {
  private static final int FINAL_TEXT = 0x81;
  private static final int TWO_BYTE_LENGTH = 126;
  private static final int EIGHT_BYTE_LENGTH = 127;

  private final ByteBuf bytes;

  /// Where the bytes are; 0 if this cannot be told.
  private final long address;

  private final int headBytes;
  private final int unitBytes;
  private final int endBytes;
  private int holders = 1;

  /// The same units as events of a stream, once somebody wanted them.
  private @Nullable ByteFrame events;

  private ByteFrame(ByteBuf bytes, int headBytes, int unitBytes, int endBytes) {
    this.bytes = bytes;
    this.address = bytes.hasMemoryAddress() ? bytes.memoryAddress() : 0;
    this.headBytes = headBytes;
    this.unitBytes = unitBytes;
    this.endBytes = endBytes;
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
    return new ByteFrame(bytes, headBytes, length, 1);
  }

  /// Bytes that are whole already and the same in any form. Takes `bytes` over.
  static ByteFrame ready(ByteBuf bytes) {
    return new ByteFrame(bytes, 0, bytes.readableBytes(), 0);
  }

  private boolean isReady() {
    return endBytes == 0;
  }

  /// The frame whose bytes a socket of this form gets.
  private ByteFrame as(Form form) {
    if (form != Form.EVENT || isReady()) {
      return this;
    }
    ByteFrame made = events;
    if (made == null) {
      made = ready(EventBytes.of(bytes, headBytes, unitBytes));
      events = made;
    }
    return made;
  }

  private int from(Form form) {
    return form == Form.TEXT ? 0 : headBytes;
  }

  private int to(Form form) {
    return headBytes + unitBytes + (form == Form.TEXT ? 0 : endBytes);
  }

  /// What a socket of this form gets, in bytes.
  int length(Form form) {
    return as(form).ownLength(form);
  }

  private int ownLength(Form form) {
    return to(form) - from(form);
  }

  /// Writes it to a socket; answers how many bytes were taken.
  int write(Form form, Descriptor socket) throws IOException {
    return as(form).writeOwn(form, socket);
  }

  private int writeOwn(Form form, Descriptor socket) throws IOException {
    return address != 0
        ? socket.write(address, from(form), to(form))
        : socket.write(bytes.nioBuffer(from(form), ownLength(form)));
  }

  /// Puts a copy behind the position of `target`, which has room for it.
  void copy(Form form, ByteBuffer target) {
    as(form).copyOwn(form, target);
  }

  private void copyOwn(Form form, ByteBuffer target) {
    int limit = target.limit();
    target.limit(target.position() + ownLength(form));
    bytes.getBytes(from(form), target);
    target.limit(limit);
  }

  /// All but the first `skipped` bytes, for one socket's queue, which releases it.
  ByteBuf slice(Form form, int skipped) {
    ByteFrame own = as(form);
    return own.bytes.retainedSlice(own.from(form) + skipped, own.ownLength(form) - skipped);
  }

  void retain() {
    holders++;
  }

  @Override
  public int sizeBytes() {
    return unitBytes;
  }

  @Override
  public void release() {
    if (--holders == 0) {
      bytes.release();
      if (events != null) {
        events.release();
      }
    }
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
