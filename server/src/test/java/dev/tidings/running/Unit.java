package dev.tidings.running;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One unit as it came, readable by field.
public record Unit(String line, JsonNode node) {
  private static final JsonMapper JSON = new JsonMapper();

  /// Reads a line, which must be JSON.
  public Unit(String line) {
    this(line, JSON.readTree(line));
  }

  public String op() {
    return text("op");
  }

  /// The text of a field, `""` if it is not there.
  public String text(String field) {
    return node.path(field).asString("");
  }

  /// The number of a field, -1 if it is not there.
  public long number(String field) {
    return node.path(field).asLong(-1);
  }

  public boolean has(String field) {
    return node.has(field);
  }

  /// The JSON of a field, `""` if it is not there.
  public String json(String field) {
    JsonNode value = node.path(field);
    return value.isMissingNode() ? "" : value.toString();
  }

  @Override
  public String toString() {
    return line;
  }
}
