package dev.tidings.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

/// Words and numbers as Redis takes them.
final class Text {
  private Text() {}

  static byte[] ascii(long number) {
    return Long.toString(number).getBytes(US_ASCII);
  }

  static byte[] utf8(String text) {
    return text.getBytes(UTF_8);
  }

  /// The one before the first blank.
  static long leadingNumber(byte[] ascii) {
    return Long.parseLong(new String(ascii, US_ASCII).split(" ", 2)[0]);
  }

  static long number(Object ascii) {
    return Long.parseLong(new String((byte[]) ascii, US_ASCII));
  }

  /// A number as the engine's rows hold it: seven bits an octet, the lowest first.
  static long counted(byte[] row) {
    long value = 0;
    for (int i = 0; i < row.length; i++) {
      value |= (long) (row[i] & 0x7F) << (7 * i);
    }
    return value;
  }
}
