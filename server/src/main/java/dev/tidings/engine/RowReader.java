package dev.tidings.engine;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Reads back what a [RowWriter] wrote, in the same order. A row that ends early or counts beyond
/// its end throws: the store is damaged and must not be believed.
final class RowReader {
  private final byte[] bytes;
  private int at;

  RowReader(byte[] bytes) {
    this.bytes = bytes;
  }

  boolean isAtEnd() {
    return at == bytes.length;
  }

  RowReader skip(int count) {
    at += count;
    return this;
  }

  int octet() {
    return bytes[at++] & 0xFF;
  }

  long sorted32() {
    long value = 0;
    for (int i = 0; i < 4; i++) {
      value = value << 8 | (bytes[at++] & 0xFF);
    }
    return value;
  }

  long sorted64() {
    long value = 0;
    for (int i = 0; i < 8; i++) {
      value = value << 8 | (bytes[at++] & 0xFF);
    }
    return value;
  }

  long number() {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = bytes[at++];
      value |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }

  String counted() {
    int count = (int) number();
    if (count > bytes.length - at) {
      throw new IllegalStateException("damaged row: text of " + count + " bytes at " + at);
    }
    String value = new String(bytes, at, count, StandardCharsets.UTF_8);
    at += count;
    return value;
  }

  byte[] countedBytes() {
    return bytes((int) number());
  }

  byte[] bytes(int count) {
    if (count < 0 || count > bytes.length - at) {
      throw new IllegalStateException("damaged row: " + count + " bytes at " + at);
    }
    byte[] value = Arrays.copyOfRange(bytes, at, at + count);
    at += count;
    return value;
  }

  byte[] rest() {
    byte[] value = Arrays.copyOfRange(bytes, at, bytes.length);
    at = bytes.length;
    return value;
  }
}
