package dev.tidings.protocol;

import dev.tidings.page.Scene;
import dev.tidings.page.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What docs/protocol.md says in a form that can be checked: the rows of its tables, its examples,
/// its list of words. Knows nothing of the code.
record ProtocolPage(String markdown) {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Pattern WORD = Pattern.compile("[a-z_]+");
  private static final Pattern BODY = Pattern.compile("'(\\{.*?\\})'");
  private static final Pattern ORDER = Pattern.compile("/tidings admin (\\w+)");
  private static final Pattern FOLLOWS = Pattern.compile("[?&]sub=([^&' ]+)");
  private static final Pattern QUOTED = Pattern.compile("`([a-z.]+)`");

  /// Paths that stand for a request.
  private static final Map<String, String> ASKS = Map.of("/v1/poll", "sync", "/v1/send", "send");

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
    return answered().stream().map(Heard::json).toList();
  }

  /// A unit of the server in an example.
  ///
  /// @param unit its `op`; of an `ok` also what it answers: `ok send`, `ok group info`
  record Heard(String unit, JsonNode json) {}

  /// As [#heard], with what is answered.
  List<Heard> answered() {
    List<Heard> all = new ArrayList<>();
    scenes()
        .forEach(scene -> {
          Map<String, String> asked = new HashMap<>(); // by terminal and id
          for (Step step : scene.steps()) {
            switch (step) {
              case Step.Says says ->
                  read(says.text()).forEach(unit -> asked.put(key(says, unit), word(unit)));
              case Step.Runs runs -> asked.putAll(asked(runs));
              case Step.Hears hears ->
                  read(hears.text().replaceFirst("^data: ", ""))
                      .map(unit -> new Heard(unit(unit, asked.get(key(hears, unit))), unit))
                      .forEach(all::add);
              case Step.Presses _, Step.Waits _, Step.Moment _ -> {}
            }
          }
        });
    return all;
  }

  private static String key(Step step, JsonNode unit) {
    return step.who() + " " + unit.path("id");
  }

  /// The words of [CommandDecoder#vocabulary].
  private static String word(JsonNode request) {
    String op = request.path("op").asString("");
    return request.has("do") ? op + " " + request.path("do").asString("") : op;
  }

  private static String unit(JsonNode unit, @Nullable String asked) {
    String op = unit.path("op").asString("");
    return op.equals("ok") ? "ok " + asked : op;
  }

  /// What a command asks for by its path, its body or its words.
  private static Map<String, String> asked(Step.Runs runs) {
    Map<String, String> asked = new HashMap<>();
    ASKS.forEach((text, word) -> {
      if (runs.command().contains(text)) {
        asked.put(runs.who() + " ", word);
      }
    });
    ORDER
        .matcher(runs.command())
        .results()
        .forEach(order -> asked.put(runs.who() + " ", "admin " + order.group(1)));
    FOLLOWS
        .matcher(runs.command())
        .results()
        .forEach(address -> asked.put(runs.who() + " \"" + address.group(1) + "\"", "sub"));
    BODY.matcher(runs.command())
        .results()
        .flatMap(body -> read(body.group(1)))
        .filter(body -> body.has("op")) // else what is sent, not how
        .forEach(unit -> asked.put(key(runs, unit), word(unit)));
    return asked;
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

  /// What stands between backticks in a cell, in order.
  static List<String> quoted(String cell) {
    return QUOTED.matcher(cell).results().map(found -> found.group(1)).toList();
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
