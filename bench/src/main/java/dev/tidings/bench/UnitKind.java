package dev.tidings.bench;

/// What the server says, told from the first letters: `op` comes first (docs/protocol.md §16).
enum UnitKind {
  OK,
  MSG,
  WELCOME,
  PING,
  /// Nothing that a healthy run hears.
  OTHER;

  private static final byte[] BEGIN = LoadConnection.ascii("{\"op\":\"");

  static UnitKind of(byte[] bytes, int from, int to) {
    int at = from + BEGIN.length;
    if (to - at < 4) {
      return OTHER;
    }
    for (int i = 0; i < BEGIN.length; i++) {
      if (bytes[from + i] != BEGIN[i]) {
        return OTHER;
      }
    }
    return switch (bytes[at]) {
      case 'o' -> bytes[at + 1] == 'k' ? OK : OTHER;
      case 'm' -> bytes[at + 1] == 's' ? MSG : OTHER;
      case 'w' -> WELCOME;
      case 'p' -> bytes[at + 1] == 'i' ? PING : OTHER;
      default -> OTHER;
    };
  }
}
