package dev.tidings.client.json;

import java.util.List;
import java.util.Map;

/// Writes values without spaces. Escapes only what RFC 8259 demands, and lone surrogates, which
/// have no place in UTF-8.
final class JsonWriter {
  private final StringBuilder out = new StringBuilder();

  private JsonWriter() {}

  static String write(Json value) {
    JsonWriter writer = new JsonWriter();
    writer.value(value);
    return writer.out.toString();
  }

  private void value(Json value) {
    switch (value) {
      case Json.Obj(Map<String, Json> members) -> object(members);
      case Json.Arr(List<Json> items) -> array(items);
      case Json.Str(String text) -> string(text);
      case Json.Num(String literal) -> out.append(literal);
      case Json.Bool(boolean truth) -> out.append(truth);
      case Json.Null() -> out.append("null");
      // A line feed in valid JSON can only stand between tokens; inside a unit it would end the
      // line.
      case Json.Raw raw -> out.append(raw.text().replace('\n', ' ').replace('\r', ' '));
    }
  }

  private void object(Map<String, Json> members) {
    out.append('{');
    String comma = "";
    for (Map.Entry<String, Json> member : members.entrySet()) {
      out.append(comma);
      string(member.getKey());
      out.append(':');
      value(member.getValue());
      comma = ",";
    }
    out.append('}');
  }

  private void array(List<Json> items) {
    out.append('[');
    String comma = "";
    for (Json item : items) {
      out.append(comma);
      value(item);
      comma = ",";
    }
    out.append(']');
  }

  private void string(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ' || isLoneSurrogate(text, i)) {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }

  private static boolean isLoneSurrogate(String text, int i) {
    char c = text.charAt(i);
    if (Character.isHighSurrogate(c)) {
      return i + 1 >= text.length() || !Character.isLowSurrogate(text.charAt(i + 1));
    }
    return Character.isLowSurrogate(c)
        && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
  }
}
