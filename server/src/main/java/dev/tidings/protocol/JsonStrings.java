package dev.tidings.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;

/// Tells what JSON strings say that a [JsonScanner] has found valid. Ranges include the quotes.
///
/// A string is no text if it has an escape for half a surrogate pair, for no UTF-8 spells it.
/// Reusable, so that unescaping makes no garbage; confined to one thread.
final class JsonStrings {
  private static final int NO_TEXT = -1;
  private static final int ESCAPE_BYTES_MAX = 6; // backslash, u and four digits

  private byte[] unescaped = new byte[Word.BYTES_MAX * ESCAPE_BYTES_MAX];

  /// The text of a string, or `null` if it is none or has more than `bytesMax` in UTF-8.
  @Nullable String text(byte[] bytes, int from, int to, int bytesMax) {
    int length = textLength(bytes, from, to, bytesMax);
    if (length == NO_TEXT) {
      return null;
    }
    boolean plain = length == to - from - 2; // every escape is longer than what it stands for
    return plain
        ? new String(bytes, from + 1, length, UTF_8)
        : new String(unescaped, 0, length, UTF_8);
  }

  /// Whether [#text] would answer.
  boolean isText(byte[] bytes, int from, int to, int bytesMax) {
    return textLength(bytes, from, to, bytesMax) != NO_TEXT;
  }

  /// The [Word] of a string.
  long word(byte[] bytes, int from, int to) {
    if (!hasEscape(bytes, from + 1, to - 1)) {
      return Word.of(bytes, from + 1, to - 1);
    }
    int length = textLength(bytes, from, to, Word.BYTES_MAX);
    return length == NO_TEXT || hasNul(length) ? Word.NONE : Word.of(unescaped, 0, length);
  }

  private boolean hasNul(int length) {
    for (int i = 0; i < length; i++) {
      if (unescaped[i] == 0) {
        return true;
      }
    }
    return false;
  }

  /// How many UTF-16 units a string has; 0 if it is no text.
  int countChars(byte[] bytes, int from, int to) {
    String text = text(bytes, from, to, Integer.MAX_VALUE);
    return text == null ? 0 : text.length();
  }

  /// How many bytes of UTF-8 a string has, or [#NO_TEXT]. If it has escapes, it is then in
  /// `unescaped`.
  private int textLength(byte[] bytes, int from, int to, int bytesMax) {
    int written = to - from - 2;
    if (written > (long) bytesMax * ESCAPE_BYTES_MAX) {
      return NO_TEXT;
    }
    int length = hasEscape(bytes, from + 1, to - 1) ? unescape(bytes, from + 1, to - 1) : written;
    return length > bytesMax ? NO_TEXT : length;
  }

  private static boolean hasEscape(byte[] bytes, int from, int to) {
    for (int p = from; p < to; p++) {
      if (bytes[p] == '\\') {
        return true;
      }
    }
    return false;
  }

  /// Puts the characters of a validated string into `unescaped`, in UTF-8, and answers how many
  /// bytes they are, or [#NO_TEXT]. They are never more than what was written.
  private int unescape(byte[] bytes, int from, int to) {
    if (unescaped.length < to - from) {
      unescaped = new byte[to - from];
    }
    int length = 0;
    int p = from;
    while (p < to) {
      byte b = bytes[p];
      if (b != '\\') {
        unescaped[length++] = b;
        p++;
      } else if (bytes[p + 1] != 'u') {
        unescaped[length++] = simpleEscape(bytes[p + 1]);
        p += 2;
      } else {
        int character = hexAt(bytes, p + 2);
        p += ESCAPE_BYTES_MAX;
        if (Character.isSurrogate((char) character)) {
          int low = Character.isHighSurrogate((char) character) ? lowSurrogateAt(bytes, p) : 0;
          if (low == 0) {
            return NO_TEXT;
          }
          character = Character.toCodePoint((char) character, (char) low);
          p += ESCAPE_BYTES_MAX;
        }
        length = putUtf8(character, length);
      }
    }
    return length;
  }

  /// The low surrogate that is escaped at `p`, or 0 if something else is there, such as the quote.
  private static int lowSurrogateAt(byte[] bytes, int p) {
    if (bytes[p] != '\\' || bytes[p + 1] != 'u') {
      return 0;
    }
    int character = hexAt(bytes, p + 2);
    return Character.isLowSurrogate((char) character) ? character : 0;
  }

  private static byte simpleEscape(byte letter) {
    return switch (letter) {
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      default -> letter; // quote, backslash and slash stand for themselves
    };
  }

  private static int hexAt(byte[] bytes, int from) {
    int number = 0;
    for (int p = from; p < from + 4; p++) {
      number = (number << 4) | Character.digit(bytes[p], 16);
    }
    return number;
  }

  private int putUtf8(int character, int at) {
    int length = at;
    if (character < 0x80) {
      unescaped[length++] = (byte) character;
    } else if (character < 0x800) {
      unescaped[length++] = (byte) (0xC0 | (character >> 6));
      unescaped[length++] = continuation(character);
    } else if (character < 0x10000) {
      unescaped[length++] = (byte) (0xE0 | (character >> 12));
      unescaped[length++] = continuation(character >> 6);
      unescaped[length++] = continuation(character);
    } else {
      unescaped[length++] = (byte) (0xF0 | (character >> 18));
      unescaped[length++] = continuation(character >> 12);
      unescaped[length++] = continuation(character >> 6);
      unescaped[length++] = continuation(character);
    }
    return length;
  }

  private static byte continuation(int bits) {
    return (byte) (0x80 | (bits & 0x3F));
  }
}
