package dev.tidings.bench.load;

import java.util.Locale;

/// Numbers in words, the same in every country.
final class Words {
  private Words() {}

  /// As [String#format], with commas in thousands and a point before decimals.
  @SuppressWarnings("AnnotateFormatMethod") // would need a library of annotations just for this
  static String of(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
