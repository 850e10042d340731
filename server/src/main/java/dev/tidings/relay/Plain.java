package dev.tidings.relay;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Text as it may be shown on a terminal: on one line, and without anything that moves the cursor,
/// changes colours or turns the direction of writing.
final class Plain {
  /// A line longer than this is refused; what comes from the topic is cut.
  static final int LINE_BYTES_MAX = 4096;

  private Plain() {}

  /// What the bytes say, or empty if they are no UTF-8.
  static Optional<String> text(byte[] bytes) {
    try {
      return Optional.of(
          harmless(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString()));
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  /// A line as everybody reads it, who says it first.
  static String line(String author, String text) {
    String plain = harmless(text);
    if (plain.length() > LINE_BYTES_MAX) {
      plain = plain.substring(0, LINE_BYTES_MAX) + "…";
    }
    return author + ": " + plain;
  }

  /// The text with `?` for every control character, and a blank for what would begin a line.
  static String harmless(String text) {
    StringBuilder plain = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\t' || c == '\n' || c == '\r' || c == '\u2028' || c == '\u2029') {
        plain.append(' ');
      } else if (Character.isISOControl(c) || turns(c)) {
        plain.append('?');
      } else {
        plain.append(c);
      }
    }
    return plain.toString();
  }

  /// Marks that change the direction of what follows (Unicode Annex 9 §2).
  private static boolean turns(char c) {
    return (c >= '\u202a' && c <= '\u202e') || (c >= '\u2066' && c <= '\u2069');
  }
}
