package dev.tidings.search;

/// The texts in a payload: all strings of a JSON value but the names of fields, each on a line. The
/// JSON is known to be legal.
final class Texts {
  private final byte[] json;
  private final StringBuilder texts;
  private int at;

  private Texts(byte[] json) {
    this.json = json;
    this.texts = new StringBuilder(json.length);
  }

  static String of(byte[] json) {
    Texts reader = new Texts(json);
    reader.read();
    return reader.texts.toString();
  }

  private void read() {
    while (at < json.length) {
      if (json[at++] == '"') {
        int from = texts.length();
        string();
        if (isName()) {
          texts.setLength(from);
        } else {
          texts.append('\n');
        }
      }
    }
  }

  /// Whether the string that was just read is a field's name.
  private boolean isName() {
    int next = at;
    while (next < json.length && json[next] <= ' ' && json[next] >= 0) {
      next++;
    }
    return next < json.length && json[next] == ':';
  }

  /// Reads behind the opening quote, up to behind the closing one.
  private void string() {
    while (true) {
      int octet = json[at++] & 0xFF;
      if (octet == '"') {
        return;
      }
      if (octet == '\\') {
        escape(json[at++]);
      } else if (octet < 0x80) {
        texts.append((char) octet);
      } else if (octet < 0xE0) {
        texts.append((char) ((octet & 0x1F) << 6 | rest()));
      } else if (octet < 0xF0) {
        texts.append((char) ((octet & 0x0F) << 12 | rest() << 6 | rest()));
      } else {
        texts.appendCodePoint((octet & 0x07) << 18 | rest() << 12 | rest() << 6 | rest());
      }
    }
  }

  private int rest() {
    return json[at++] & 0x3F;
  }

  private void escape(byte letter) {
    switch (letter) {
      case 'u' -> {
        int unit = 0;
        for (int i = 0; i < 4; i++) {
          unit = unit << 4 | Character.digit(json[at++], 16);
        }
        texts.append((char) unit);
      }
      case 'n', 'r', 't', 'b', 'f' -> texts.append(' ');
      default -> texts.append((char) letter);
    }
  }
}
