package dev.tidings.client.json;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One JSON value. Immutable, so it may be shared between threads.
///
/// Numbers keep their literal and [Raw] keeps the whole text of a value: a payload passes through
/// the client unchanged, whatever its spacing, escapes or precision.
public sealed interface Json {

  /// Members in the order of their first appearance; of repeated keys the last value wins.
  record Obj(Map<String, Json> members) implements Json, Members {
    public Obj {
      members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
    }
  }

  /// The elements of an array, in order.
  record Arr(List<Json> items) implements Json {
    public Arr {
      items = List.copyOf(items);
    }
  }

  /// A string, unescaped. May hold lone surrogates if the other side sent them as escapes.
  record Str(String value) implements Json {}

  /// A number as it was written; [Members#number] reads whole numbers of 64 bits.
  record Num(String literal) implements Json {
    public Num {
      JsonReader.checkNumber(literal);
    }
  }

  /// `true` or `false`.
  record Bool(boolean value) implements Json {}

  /// The literal `null`. On the wire it means the same as absent.
  record Null() implements Json {}

  /// A value known to be valid JSON and kept as written.
  final class Raw implements Json {
    private final String text;

    Raw(String text) {
      this.text = text;
    }

    /// The parsed value. Parses on each call.
    public Json value() {
      return JsonReader.parse(text);
    }

    @Override
    public String text() {
      return text;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Raw raw && raw.text.equals(text);
    }

    @Override
    public int hashCode() {
      return text.hashCode();
    }

    @Override
    public String toString() {
      return "Raw[" + text + "]";
    }
  }

  /// The JSON text. Of a [Raw] value as it was written; of all others on one line.
  default String text() {
    return JsonWriter.write(this);
  }

  /// Parses one complete value. Nesting deeper than 64 is refused.
  ///
  /// @throws JsonException if the text is not exactly one JSON value
  static Json parse(String text) {
    return JsonReader.parse(text);
  }

  /// Checks that the text is one complete value and keeps it as written.
  ///
  /// @throws JsonException if the text is not exactly one JSON value
  static Raw raw(String text) {
    JsonReader.parse(text);
    return new Raw(text);
  }

  /// Parses one unit of the wire: an object whose members named `data` stay [Raw].
  ///
  /// @throws JsonException if the line is not exactly one JSON object
  static Obj parseUnit(String line) {
    return JsonReader.parseUnit(line);
  }

  /// A string value.
  static Json of(String value) {
    return new Str(value);
  }

  /// A whole number.
  static Json of(long value) {
    return new Num(Long.toString(value));
  }

  /// `true` or `false`.
  static Json of(boolean value) {
    return new Bool(value);
  }

  /// An array of strings.
  static Json of(List<String> values) {
    return new Arr(values.stream().map(Json::of).toList());
  }

  /// Starts an object.
  static ObjBuilder object() {
    return new ObjBuilder();
  }
}
