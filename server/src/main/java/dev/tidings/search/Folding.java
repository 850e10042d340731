package dev.tidings.search;

import java.text.Normalizer;
import java.util.Locale;

/// Makes alike what people take for the same when they search: width of letters, capitals, accents,
/// vowel marks of Arabic and Hebrew. Said and sought text go through it alike.
final class Folding {
  private Folding() {}

  static String of(String text) {
    if (isPlain(text)) {
      return apart(text.toLowerCase(Locale.ROOT));
    }
    String wide = Normalizer.normalize(text, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
    String apart = Normalizer.normalize(wide, Normalizer.Form.NFD);
    StringBuilder left = new StringBuilder(apart.length());
    for (int i = 0; i < apart.length(); i++) {
      char each = apart.charAt(i);
      if (!isAccent(each)) {
        left.append(each);
      }
    }
    return apart(Normalizer.normalize(left, Normalizer.Form.NFC));
  }

  /// Parts of addresses and of names in programs are words: what joins them becomes a hyphen.
  private static String apart(String text) {
    return text.replace('.', '-').replace(':', '-').replace('_', '-');
  }

  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }

  /// Marks without which a word is the same word. Others are letters: the voice marks of kana, the
  /// vowels of Indic and Thai.
  private static boolean isAccent(char mark) {
    return (mark >= 0x0300 && mark <= 0x036F) // of Latin, Greek, Cyrillic
        || (mark >= 0x064B && mark <= 0x0655) // of Arabic: harakat, hamza and madda
        || mark == 0x0670
        || mark == 0x0640 // tatweel
        || (mark >= 0x0591
            && mark <= 0x05C7
            && mark != 0x05BE
            && mark != 0x05C0
            && mark != 0x05C3
            && mark != 0x05C6); // of Hebrew: niqqud and cantillation
  }
}
