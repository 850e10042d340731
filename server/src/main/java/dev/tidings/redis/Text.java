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

  static long number(Object ascii) {
    return Long.parseLong(new String((byte[]) ascii, US_ASCII));
  }
}
