package dev.tidings.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// A short text as one number, so that names are compared and looked up ([WordMap]) without making
/// strings: its up to eight bytes of UTF-8, the first one lowest, zeros behind.
final class Word {
  /// For a text that does not fit. As bytes, all 0xFF, it is no UTF-8, so no text has this word.
  static final long NONE = -1L;

  /// The longest text that has a word.
  static final int BYTES_MAX = 8;

  private static final VarHandle EIGHT_BYTES =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Word() {}

  /// The word of `text`, or [#NONE] if it is too long or has a NUL.
  static long of(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    return text.indexOf('\0') >= 0 ? NONE : of(bytes, 0, bytes.length);
  }

  /// The word of the text that `bytes` hold from `from` to `to`, or [#NONE] if it is too long. It
  /// must not have a NUL: `op` with one behind it would pass for `op`.
  static long of(byte[] bytes, int from, int to) {
    int length = to - from;
    if (length > BYTES_MAX) {
      return NONE;
    }
    if (length == 0) {
      return 0;
    }
    if (from + BYTES_MAX <= bytes.length) {
      long eight = (long) EIGHT_BYTES.get(bytes, from);
      return eight & (-1L >>> (Long.SIZE - length * Byte.SIZE));
    }
    long word = 0;
    for (int p = to - 1; p >= from; p--) {
      word = (word << Byte.SIZE) | (bytes[p] & 0xFF);
    }
    return word;
  }
}
