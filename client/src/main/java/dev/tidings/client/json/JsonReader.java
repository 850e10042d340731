package dev.tidings.client.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads one text from left to right, by the grammar of RFC 8259 and nothing beside it.
final class JsonReader {
  private static final int DEPTH_MAX = 64;

  /// The member whose value belongs to the application: checked, but kept as written.
  private static final String PAYLOAD = "data";

  private final String text;
  private final boolean keepsPayload;
  private int at;

  private JsonReader(String text, boolean keepsPayload) {
    this.text = text;
    this.keepsPayload = keepsPayload;
  }

  static Json parse(String text) {
    return new JsonReader(text, false).whole();
  }

  static Json.Obj parseUnit(String line) {
    if (new JsonReader(line, true).whole() instanceof Json.Obj unit) {
      return unit;
    }
    throw new JsonException("not an object", 0);
  }

  static void checkNumber(String literal) {
    JsonReader reader = new JsonReader(literal, false);
    reader.number();
    if (reader.at != literal.length()) {
      throw reader.wrong("something behind the number");
    }
  }

  private Json whole() {
    skipBlanks();
    Json value = value(0);
    skipBlanks();
    if (at != text.length()) {
      throw wrong("something behind the value");
    }
    return value;
  }

  private Json value(int depth) {
    if (depth > DEPTH_MAX) {
      throw wrong("nested too deep");
    }
    char first = peek();
    return switch (first) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case '"' -> new Json.Str(string());
      case 't' -> literal("true", new Json.Bool(true));
      case 'f' -> literal("false", new Json.Bool(false));
      case 'n' -> literal("null", new Json.Null());
      default -> new Json.Num(number());
    };
  }

  private Json object(int depth) {
    Map<String, Json> members = new LinkedHashMap<>();
    at++;
    skipBlanks();
    if (taken('}')) {
      return new Json.Obj(members);
    }
    do {
      skipBlanks();
      if (peek() != '"') {
        throw wrong("a name expected");
      }
      String name = string();
      skipBlanks();
      expect(':');
      skipBlanks();
      members.put(name, keepsPayload && name.equals(PAYLOAD) ? payload(depth) : value(depth + 1));
      skipBlanks();
    } while (taken(','));
    expect('}');
    return new Json.Obj(members);
  }

  private Json payload(int depth) {
    int start = at;
    Json value = value(depth + 1);
    return value instanceof Json.Null ? value : new Json.Raw(text.substring(start, at));
  }

  private Json array(int depth) {
    List<Json> items = new ArrayList<>();
    at++;
    skipBlanks();
    if (taken(']')) {
      return new Json.Arr(items);
    }
    do {
      skipBlanks();
      items.add(value(depth + 1));
      skipBlanks();
    } while (taken(','));
    expect(']');
    return new Json.Arr(items);
  }

  private String string() {
    int start = ++at;
    while (peek() != '"' && text.charAt(at) != '\\') {
      plain();
    }
    if (taken('"')) {
      return text.substring(start, at - 1);
    }
    StringBuilder out = new StringBuilder(text.substring(start, at));
    while (!taken('"')) {
      out.append(taken('\\') ? escaped() : plain());
    }
    return out.toString();
  }

  private char plain() {
    char c = peek();
    if (c < ' ') {
      throw wrong("a control character in a string");
    }
    at++;
    return c;
  }

  private char escaped() {
    char c = peek();
    at++;
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> hex();
      default -> throw wrong("an unknown escape");
    };
  }

  private char hex() {
    int code = 0;
    for (int i = 0; i < 4; i++) {
      char c = peek();
      int digit = c < 128 ? Character.digit(c, 16) : -1;
      if (digit < 0) {
        throw wrong("four hex digits expected");
      }
      code = code * 16 + digit;
      at++;
    }
    return (char) code;
  }

  private String number() {
    int start = at;
    taken('-');
    if (!taken('0')) {
      digits();
    }
    if (taken('.')) {
      digits();
    }
    if (taken('e') || taken('E')) {
      if (!taken('+')) {
        taken('-');
      }
      digits();
    }
    return text.substring(start, at);
  }

  private void digits() {
    int start = at;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    if (at == start) {
      throw wrong("a digit expected");
    }
  }

  private Json literal(String word, Json value) {
    if (!text.startsWith(word, at)) {
      throw wrong("a value expected");
    }
    at += word.length();
    return value;
  }

  private void skipBlanks() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private char peek() {
    if (at >= text.length()) {
      throw wrong("ends too early");
    }
    return text.charAt(at);
  }

  private boolean taken(char c) {
    if (at < text.length() && text.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  private void expect(char c) {
    if (!taken(c)) {
      throw wrong("'" + c + "' expected");
    }
  }

  private JsonException wrong(String what) {
    return new JsonException(what, at);
  }
}
