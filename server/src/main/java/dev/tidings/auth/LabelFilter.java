package dev.tidings.auth;

import dev.tidings.base.Patterns;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Which labels of a connection's token fit: each label that is named must have one of its values.
/// No label named: everybody fits.
///
/// @param values by label; a final `*` stands for any ending
public record LabelFilter(Map<String, List<String>> values) {
  public LabelFilter {
    values = Map.copyOf(values);
  }

  /// What a text such as `platform:ios|android+version:3.*` says. One with a `+`, `|` or `:` in a
  /// name, or a `+` or `|` in a value, cannot be written.
  ///
  /// @throws IllegalArgumentException saying what is wrong with it
  public static LabelFilter parse(String text) {
    Map<String, List<String>> values = new HashMap<>();
    for (String term : text.split("\\+", -1)) {
      int colon = term.indexOf(':');
      if (colon < 1 || colon == term.length() - 1) {
        throw new IllegalArgumentException("'" + term + "' is not written label:value");
      }
      List<String> wanted = List.of(term.substring(colon + 1).split("\\|", -1));
      if (wanted.stream().anyMatch(String::isEmpty)) {
        throw new IllegalArgumentException("an empty value fits nobody");
      }
      if (values.put(term.substring(0, colon), wanted) != null) {
        throw new IllegalArgumentException("a label twice: write label:one|other");
      }
    }
    return new LabelFilter(values);
  }

  /// The text that [#parse] understands, labels in the order of the alphabet.
  public String text() {
    return new TreeMap<>(values)
        .entrySet().stream()
            .map(wanted -> wanted.getKey() + ":" + String.join("|", wanted.getValue()))
            .collect(Collectors.joining("+"));
  }

  public boolean fits(Map<String, String> labels) {
    for (Map.Entry<String, List<String>> wanted : values.entrySet()) {
      String value = labels.get(wanted.getKey());
      if (value == null || wanted.getValue().stream().noneMatch(one -> Patterns.fits(one, value))) {
        return false;
      }
    }
    return true;
  }
}
