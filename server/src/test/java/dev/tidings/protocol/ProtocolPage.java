package dev.tidings.protocol;

import dev.tidings.page.Scene;
import dev.tidings.page.Step;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What docs/protocol.md says in a form that can be checked: the rows of its tables, its examples,
/// its list of words. Knows nothing of the code.
record ProtocolPage(String markdown) {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Pattern WORD = Pattern.compile("[a-z_]+");
  private static final Pattern BODY = Pattern.compile("'(\\{.*?\\})'");

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

  /// What clients say in the examples, on a line or in the body of a POST.
  List<String> requests() {
    return Stream.concat(
            scenes().flatMap(scene -> scene.says().stream()).map(Step.Says::text),
            commands().stream()
                .flatMap(command -> BODY.matcher(command).results())
                .map(body -> body.group(1)))
        .toList();
  }

  /// As [#requests], read; without those that are no JSON on purpose.
  List<JsonNode> said() {
    return requests().stream().flatMap(ProtocolPage::read).toList();
  }

  /// What the server says in the examples.
  List<JsonNode> heard() {
    return scenes()
        .flatMap(scene -> scene.hears().stream())
        .map(hears -> hears.text().replaceFirst("^data: ", ""))
        .flatMap(ProtocolPage::read)
        .toList();
  }

  /// What is run in a shell in the examples.
  List<String> commands() {
    return scenes().flatMap(scene -> scene.runs().stream()).map(Step.Runs::command).toList();
  }

  private Stream<Scene> scenes() {
    return Scene.of(markdown).stream();
  }

  private static Stream<JsonNode> read(String unit) {
    try {
      return unit.startsWith("{") ? Stream.of(JSON.readTree(unit)) : Stream.of();
    } catch (JacksonException e) {
      return Stream.of();
    }
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
