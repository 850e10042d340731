package dev.tidings.protocol;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Strict UTF-8 (The Unicode Standard, table 3-7): no overlong form, no encoded surrogate, nothing
/// above U+10FFFF.
public final class Utf8 {
  private static final long NOT_ASCII = 0x8080808080808080L;
  private static final VarHandle EIGHT_BYTES =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Utf8() {}

  /// Whether the bytes from `from` (inclusive) to `to` (exclusive) are whole characters.
  public static boolean isValid(byte[] bytes, int from, int to) {
    int p = from;
    while (p < to) {
      if (p <= to - Long.BYTES && ((long) EIGHT_BYTES.get(bytes, p) & NOT_ASCII) == 0) {
        p += Long.BYTES;
      } else if (bytes[p] >= 0) {
        p++;
      } else {
        int length = multibyteLength(bytes, p, to);
        if (length == 0) {
          return false;
        }
        p += length;
      }
    }
    return true;
  }

  /// The length of the character of two to four bytes at `from`, or 0 if there is none before `to`.
  static int multibyteLength(byte[] bytes, int from, int to) {
    int lead = bytes[from] & 0xFF;
    if (lead < 0xC2 || lead > 0xF4) {
      return 0;
    }
    int length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (to - from < length) {
      return 0;
    }
    int second = bytes[from + 1] & 0xFF;
    int lowest = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    int highest = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (second < lowest || second > highest) {
      return 0;
    }
    for (int i = 2; i < length; i++) {
      if ((bytes[from + i] & 0xC0) != 0x80) {
        return 0;
      }
    }
    return length;
  }
}
