package dev.tidings.simulation;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The clients' own reading and writing of units, which shares nothing with the server's.
final class Json {
  private static final JsonMapper MAPPER = new JsonMapper();

  private Json() {}

  static JsonNode read(String unit) {
    return MAPPER.readTree(unit);
  }

  static ObjectNode unit(String op) {
    return MAPPER.createObjectNode().put("op", op);
  }

  static String text(JsonNode unit, String field) {
    return unit.path(field).asString("");
  }

  static long number(JsonNode unit, String field) {
    return unit.path(field).asLong(0);
  }

  static List<String> texts(JsonNode unit, String field) {
    List<String> texts = new ArrayList<>();
    unit.path(field).forEach(text -> texts.add(text.asString()));
    return texts;
  }
}
