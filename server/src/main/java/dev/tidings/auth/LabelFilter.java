package dev.tidings.auth;

import dev.tidings.base.Patterns;
import java.util.List;
import java.util.Map;

/// Which labels of a connection's token fit: each label that is named must have one of its values.
/// No label named: everybody fits.
///
/// @param values by label; a final `*` stands for any ending
public record LabelFilter(Map<String, List<String>> values) {
  public LabelFilter {
    values = Map.copyOf(values);
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
