package dev.tidings.page;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The line of the page that says with which options the server of its examples runs.
///
/// @param options by name, without dashes
public record ServeOptions(Map<String, String> options) {
  private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");

  static ServeOptions of(String markdown) {
    String command =
        markdown
            .replace("\\\n", " ")
            .lines()
            .filter(line -> line.startsWith("./tidings serve "))
            .findFirst()
            .orElseThrow(() -> new AssertionError("the page says of no server"));
    List<String> words = words(command);
    Map<String, String> options = new HashMap<>();
    for (int i = 2; i + 1 < words.size(); i += 2) {
      options.put(words.get(i).substring(2), words.get(i + 1));
    }
    return new ServeOptions(options);
  }

  /// The words of a command, `'` around those with blanks.
  static List<String> words(String command) {
    List<String> words = new ArrayList<>();
    Matcher word = WORD.matcher(command);
    while (word.find()) {
      words.add(word.group(1) == null ? word.group(2) : word.group(1));
    }
    return words;
  }

  /// What an option says, `""` if it is not there.
  public String text(String option) {
    return options.getOrDefault(option, "");
  }

  /// What an option lists, with commas between.
  public List<String> list(String option) {
    return text(option).isEmpty() ? List.of() : List.of(text(option).split(","));
  }
}
