package dev.tidings.bench.compare;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import tools.jackson.databind.ObjectMapper;

/// What one measurement gave: the line of the load generator, and what the comparison adds.
///
/// @param facts all of it, as it stands in the file of results
record Outcome(Map<String, Object> facts) {
  static final String SERVER = "server";
  static final String TRIAL = "trial";
  static final String ROUND = "round";

  private static final ObjectMapper JSON = new ObjectMapper();

  /// @param line of JSON
  static Outcome of(String line) {
    Map<?, ?> read = JSON.readValue(line, Map.class);
    Map<String, Object> facts = new LinkedHashMap<>();
    read.forEach((name, value) -> facts.put(String.valueOf(name), value));
    return new Outcome(facts);
  }

  /// As a line of JSON.
  String line() {
    return JSON.writeValueAsString(facts);
  }

  String server() {
    return word(SERVER);
  }

  String trial() {
    return word(TRIAL);
  }

  /// A fact as it is read.
  String word(String name) {
    return String.valueOf(facts.get(name));
  }

  /// Rounds repeat everything; ratios are taken within one.
  int round() {
    return facts.get(ROUND) instanceof Number number ? number.intValue() : 0;
  }

  /// @param path names, with dots between them
  OptionalDouble number(String path) {
    Object at = facts;
    for (String name : path.split("\\.", -1)) {
      at = at instanceof Map<?, ?> map ? map.get(name) : null;
    }
    return at instanceof Number number
        ? OptionalDouble.of(number.doubleValue())
        : OptionalDouble.empty();
  }

  /// For a cell of a table; a dash if it is not known.
  ///
  /// @param format for one number
  String cell(String path, String format) {
    OptionalDouble number = number(path);
    return number.isPresent() ? String.format(Locale.ROOT, format, number.getAsDouble()) : "–";
  }
}
