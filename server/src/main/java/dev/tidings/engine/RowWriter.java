package dev.tidings.engine;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Writes the bytes of one key or value. Numbers in keys are big-endian, so that they sort; numbers
/// in values take as few bytes as they need.
final class RowWriter {
  private byte[] bytes;
  private int length;

  RowWriter(int initialBytes) {
    this.bytes = new byte[initialBytes];
  }

  RowWriter octet(int value) {
    room(1);
    bytes[length++] = (byte) value;
    return this;
  }

  /// The lower half of `value`, which fits unsigned.
  RowWriter sorted32(long value) {
    room(4);
    for (int shift = 24; shift >= 0; shift -= 8) {
      bytes[length++] = (byte) (value >> shift);
    }
    return this;
  }

  RowWriter sorted64(long value) {
    room(8);
    for (int shift = 56; shift >= 0; shift -= 8) {
      bytes[length++] = (byte) (value >> shift);
    }
    return this;
  }

  /// A number of at least 0, seven bits to the byte, the lowest first.
  RowWriter number(long value) {
    room(10);
    long rest = value;
    while (rest > 0x7F) {
      bytes[length++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[length++] = (byte) rest;
    return this;
  }

  /// Text without its length: for the end of a key, or before [#octet].
  RowWriter text(String value) {
    return rest(value.getBytes(StandardCharsets.UTF_8));
  }

  /// Text behind its length.
  RowWriter counted(String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    return number(utf8.length).rest(utf8);
  }

  /// Bytes behind their count.
  RowWriter counted(byte[] value) {
    return number(value.length).rest(value);
  }

  RowWriter rest(byte[] value) {
    room(value.length);
    System.arraycopy(value, 0, bytes, length, value.length);
    length += value.length;
    return this;
  }

  byte[] done() {
    return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
  }

  private void room(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }
}
