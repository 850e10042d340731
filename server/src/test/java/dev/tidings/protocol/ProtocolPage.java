package dev.tidings.protocol;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// What docs/protocol.md says in a form that can be checked: the rows of its tables, its examples,
/// its list of words. Knows nothing of the code.
record ProtocolPage(String markdown) {
  private static final Pattern WORD = Pattern.compile("[a-z_]+");

  /// The cells of each row of the table under this header row; empty if there is no such table.
  List<List<String>> table(String header) {
    return markdown
        .lines()
        .dropWhile(line -> !line.equals(header))
        .skip(2)
        .takeWhile(line -> line.startsWith("|"))
        .map(ProtocolPage::cells)
        .toList();
  }

  private static List<String> cells(String row) {
    return Pattern.compile("\\|")
        .splitAsStream(row.substring(1))
        .map(cell -> unquoted(cell.strip()))
        .toList();
  }

  private static String unquoted(String cell) {
    return cell.matches("`[^`]*`") ? cell.substring(1, cell.length() - 1) : cell;
  }

  /// The examples of one side, `C` or `S`, each put together on one line: an example begins with
  /// the letter, and indented lines below go on with it.
  List<String> examples(char side) {
    var examples = new ArrayList<String>();
    boolean inBlock = false;
    boolean inExample = false;
    for (String line : markdown.lines().toList()) {
      if (line.startsWith("```")) {
        inBlock = !inBlock;
        inExample = false;
      } else if (inBlock && line.startsWith("   ") && inExample) {
        examples.add(examples.removeLast() + line.strip());
      } else {
        inExample = inBlock && line.startsWith(side + " ");
        if (inExample) {
          examples.add(line.substring(2));
        }
      }
    }
    return examples;
  }

  /// The ops that the page lists for one side, `Client` or `Server`.
  Set<String> vocabulary(String side) {
    return markdown
        .lines()
        .filter(line -> line.startsWith("* " + side + ": `"))
        .flatMap(line -> WORD.matcher(line.substring(line.indexOf('`'))).results())
        .map(MatchResult::group)
        .collect(LinkedHashSet::new, Set::add, Set::addAll);
  }
}
