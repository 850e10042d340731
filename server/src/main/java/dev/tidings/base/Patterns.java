package dev.tidings.base;

/// Patterns as operators and tokens write them: a text that is meant exactly, or, with a final `*`,
/// whatever begins with it.
public final class Patterns {
  private Patterns() {}

  public static boolean isOpen(String pattern) {
    return pattern.endsWith("*");
  }

  /// `pattern` without the final `*`.
  public static String beginning(String pattern) {
    return isOpen(pattern) ? pattern.substring(0, pattern.length() - 1) : pattern;
  }

  public static boolean fits(String pattern, String text) {
    return fits(pattern, "", text);
  }

  /// Whether `head` followed by `tail` fits, without joining them.
  public static boolean fits(String pattern, String head, String tail) {
    int length = isOpen(pattern) ? pattern.length() - 1 : pattern.length();
    int whole = head.length() + tail.length();
    if (isOpen(pattern) ? whole < length : whole != length) {
      return false;
    }
    int inHead = Math.min(length, head.length());
    return pattern.regionMatches(0, head, 0, inHead)
        && pattern.regionMatches(inHead, tail, 0, length - inHead);
  }
}
