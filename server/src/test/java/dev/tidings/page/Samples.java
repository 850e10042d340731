package dev.tidings.page;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What of an example stands for something that is another one each time: times, epochs, cursors,
/// names of connections. All else must be just so.
///
/// A sample that comes again stands for the same again; another epoch or connection stands for
/// another one; and a later time is never an earlier one.
final class Samples {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Pattern COUNTED = Pattern.compile("\"([\\d,]+) × (.)\"");
  private static final Pattern VARIABLE = Pattern.compile("\\$([A-Z][A-Z_]*)");

  private static final List<String> TIMES = List.of("ts", "exp", "before");

  /// Of which two samples are two different ones.
  private static final List<String> UNIQUE = List.of("epoch", "conn");

  private static final List<String> OPAQUE = List.of("epoch", "conn", "cursor", "next", "since");

  /// What the application says: nothing in it is a sample.
  private static final String PAYLOAD = "data";

  /// In a list: more of the kind, which are not shown.
  private static final String MORE = "…";

  private final Map<String, String> texts = new LinkedHashMap<>();
  private final TreeMap<Long, Long> times = new TreeMap<>();
  private final Map<String, String> variables = new HashMap<>();

  /// `$name` stands for this from now on.
  void set(String name, String value) {
    variables.put(name, value);
  }

  Map<String, String> variables() {
    return variables;
  }

  /// What the page has somebody say, with the real ones for the samples.
  String filled(String example) {
    String filled = expanded(example);
    for (String sample : longestFirst()) {
      filled = filled.replace(sample, texts.getOrDefault(sample, ""));
    }
    for (Map.Entry<Long, Long> time : times.entrySet()) {
      filled = filled.replace("" + time.getKey(), "" + time.getValue());
    }
    return VARIABLE
        .matcher(filled)
        .replaceAll(found ->
            Matcher.quoteReplacement(variables.getOrDefault(found.group(1), found.group())));
  }

  /// For one may be the beginning of another.
  private List<String> longestFirst() {
    return texts.keySet().stream()
        .sorted(Comparator.comparingInt(String::length).reversed())
        .toList();
  }

  /// What the server said, with the samples for the real ones as far as they are known: for whoever
  /// writes the page.
  String unfilled(String real) {
    String unfilled = real;
    for (Map.Entry<String, String> text : texts.entrySet()) {
      unfilled = unfilled.replace(text.getValue(), text.getKey());
    }
    for (Map.Entry<Long, Long> time : times.entrySet()) {
      unfilled = unfilled.replace("" + time.getValue(), "" + time.getKey());
    }
    return unfilled;
  }

  /// Why `real` is not what the page shows; empty if it is, and then its samples are known. A line
  /// may have text before the unit, or instead of one.
  Optional<String> differs(String page, String real) {
    int brace = page.indexOf('{');
    int there = real.indexOf('{');
    if (page.startsWith("id: ") && real.startsWith("id: ") && !page.equals("id: stop")) {
      return bound("cursor", page.substring(4), real.substring(4));
    }
    if (brace < 0 || there < 0 || !page.substring(0, brace).equals(real.substring(0, there))) {
      return page.equals(real) ? Optional.empty() : Optional.of("it is another text");
    }
    return differs(
        "", "", JSON.readTree(expanded(page.substring(brace))), read(real.substring(there)));
  }

  private static JsonNode read(String unit) {
    try {
      return JSON.readTree(unit);
    } catch (JacksonException e) {
      throw new AssertionError("no JSON: " + unit, e);
    }
  }

  private static String expanded(String page) {
    return COUNTED
        .matcher(page)
        .replaceAll(found ->
            Matcher.quoteReplacement(
                "\""
                    + found.group(2).repeat(Integer.parseInt(found.group(1).replace(",", "")))
                    + "\""));
  }

  private Optional<String> differs(String path, String name, JsonNode page, JsonNode real) {
    if (page.isObject() && real.isObject()) {
      List<String> ours = new ArrayList<>(page.propertyNames());
      List<String> theirs = new ArrayList<>(real.propertyNames());
      if (!ours.equals(theirs)) {
        return Optional.of(path + " has the fields " + theirs + " and not " + ours);
      }
      for (String field : ours) {
        Optional<String> fault =
            field.equals(PAYLOAD) && !real.path("kind").asString("").equals("info")
                ? same(path + "/" + field, page.get(field), real.get(field))
                : differs(path + "/" + field, field, page.get(field), real.get(field));
        if (fault.isPresent()) {
          return fault;
        }
      }
      return Optional.empty();
    }
    boolean more = page.isArray() && page.path(page.size() - 1).asString("").equals(MORE);
    int shown = more ? page.size() - 1 : page.size();
    if (page.isArray() && real.isArray() && (more ? real.size() > shown : real.size() == shown)) {
      for (int i = 0; i < shown; i++) {
        Optional<String> fault = differs(path + "/" + i, name, page.get(i), real.get(i));
        if (fault.isPresent()) {
          return fault;
        }
      }
      return Optional.empty();
    }
    if (TIMES.contains(name) && page.isIntegralNumber() && real.isIntegralNumber()) {
      return time(path, page.asLong(), real.asLong());
    }
    if (OPAQUE.contains(name) && page.isString() && real.isString() && !page.asString().isEmpty()) {
      return bound(name, page.asString(), real.asString());
    }
    return same(path, page, real);
  }

  private static Optional<String> same(String path, JsonNode page, JsonNode real) {
    return page.equals(real)
        ? Optional.empty()
        : Optional.of(path + " is " + real + " and not " + page);
  }

  private Optional<String> time(String path, long page, long real) {
    Long before = times.putIfAbsent(page, real);
    Map.Entry<Long, Long> lower = times.lowerEntry(page);
    Map.Entry<Long, Long> higher = times.higherEntry(page);
    boolean fits =
        (before == null || before == real)
            && (lower == null || lower.getValue() <= real)
            && (higher == null || higher.getValue() >= real);
    return fits
        ? Optional.empty()
        : Optional.of(path + " is " + real + ", which " + page + " cannot stand for: " + times);
  }

  private Optional<String> bound(String kind, String page, String real) {
    String before = texts.get(page);
    if (before != null) {
      return before.equals(real)
          ? Optional.empty()
          : Optional.of(kind + " is " + real + ", but " + page + " stands for " + before);
    }
    if (UNIQUE.contains(kind) && texts.containsValue(real)) {
      return Optional.of(kind + " is " + real + ", for which another sample stands than " + page);
    }
    texts.put(page, real);
    return Optional.empty();
  }
}
