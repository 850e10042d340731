package dev.tidings.bench.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Looking at bytes where they were read, eight at a time. Buffers are little-endian, as those that
/// a [Dialect] is given.
public final class Bytes {
  private static final long ONES = 0x0101_0101_0101_0101L;
  private static final long HIGHS = 0x8080_8080_8080_8080L;

  private Bytes() {}

  /// @return -1 if `wanted` is not in [from, to)
  public static int indexOf(ByteBuffer in, int from, int to, byte wanted) {
    long pattern = (wanted & 0xffL) * ONES;
    int at = from;
    for (; at + Long.BYTES <= to; at += Long.BYTES) {
      long zeroWhereEqual = in.getLong(at) ^ pattern;
      long found = (zeroWhereEqual - ONES) & ~zeroWhereEqual & HIGHS;
      if (found != 0) {
        return at + (Long.numberOfTrailingZeros(found) >>> 3);
      }
    }
    for (; at < to; at++) {
      if (in.get(at) == wanted) {
        return at;
      }
    }
    return -1;
  }

  /// @return -1 if `wanted` is not in [from, to)
  public static int indexOf(ByteBuffer in, int from, int to, byte[] wanted) {
    for (int at = from; at <= to - wanted.length; at++) {
      if (startsWith(in, at, to, wanted)) {
        return at;
      }
    }
    return -1;
  }

  public static boolean startsWith(ByteBuffer in, int from, int to, byte[] beginning) {
    if (to - from < beginning.length) {
      return false;
    }
    for (int i = 0; i < beginning.length; i++) {
      if (in.get(from + i) != beginning[i]) {
        return false;
      }
    }
    return true;
  }

  public static boolean endsWith(ByteBuffer in, int from, int to, byte[] end) {
    return to - from >= end.length && startsWith(in, to - end.length, to, end);
  }

  /// The digits from `from` on as a number.
  public static long number(ByteBuffer in, int from, int to) {
    long number = 0;
    for (int at = from; at < to && in.get(at) >= '0' && in.get(at) <= '9'; at++) {
      number = number * 10 + in.get(at) - '0';
    }
    return number;
  }

  /// For people, and for what happens seldom.
  public static String text(ByteBuffer in, int from, int to) {
    byte[] bytes = new byte[to - from];
    in.get(from, bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
