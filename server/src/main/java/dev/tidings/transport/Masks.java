package dev.tidings.transport;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Takes the mask off what a client sends (RFC 6455 §5.3), eight bytes at a time.
final class Masks {
  private static final VarHandle EIGHT_BYTES =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private Masks() {}

  /// Applies `mask`, its first byte highest, to the first `length` bytes.
  static void apply(int mask, byte[] bytes, int length) {
    long twice = (long) mask << Integer.SIZE | (mask & 0xFFFFFFFFL);
    int at = 0;
    for (; at <= length - Long.BYTES; at += Long.BYTES) {
      EIGHT_BYTES.set(bytes, at, (long) EIGHT_BYTES.get(bytes, at) ^ twice);
    }
    for (; at < length; at++) {
      bytes[at] ^= (byte) (mask >> (Integer.SIZE - Byte.SIZE * (1 + (at & 3))));
    }
  }
}
