package dev.tidings.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.tidings.protocol.JsonScanner.Kind;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Compares [JsonScanner] with [JacksonReading] on any bytes: whether they are accepted, and then
/// every field of the object that has a [Word]: kind, text, integer, list and the value's range.
final class ScannerAgreement {
  private static final BigInteger INTEGER_MAX = BigInteger.valueOf(JsonScanner.INTEGER_MAX);

  private record Found(Kind kind, int from, int to) {}

  private final JsonScanner scanner = new JsonScanner(CommandDecoder.DEPTH_MAX);

  /// Throws [AssertionError] if the two disagree; else tells whether both accept.
  boolean check(byte[] json) {
    Map<Long, Found> found = new HashMap<>();
    scanner.start(json, 0, json.length);
    while (scanner.nextField()) {
      found.put(
          scanner.nameWord(), new Found(scanner.kind(), scanner.valueFrom(), scanner.valueTo()));
    }
    Optional<ObjectNode> object = JacksonReading.object(json);
    if (scanner.isWhole() != object.isPresent()) {
      fail(
          "Jackson %s, the scanner says '%s' at %d: %s",
          object.isPresent() ? "accepts" : "refuses",
          scanner.fault(),
          scanner.faultOffset(),
          show(json));
    }
    found.remove(Word.NONE); // several names may share it
    object.ifPresent(fields -> compare(json, found, fields));
    return object.isPresent();
  }

  private void compare(byte[] json, Map<Long, Found> found, ObjectNode fields) {
    int compared = 0;
    for (Map.Entry<String, JsonNode> field : fields.properties()) {
      long word = Word.of(field.getKey());
      if (word != Word.NONE) {
        Found value = found.get(word);
        assertThat(value != null && agree(json, value, field.getValue()))
            .as("field '%s' of %s", field.getKey(), show(json))
            .isTrue();
        compared++;
      }
    }
    assertThat(found).as("fields of %s", show(json)).hasSize(compared);
  }

  private boolean agree(byte[] json, Found found, JsonNode value) {
    int from = found.from();
    int to = found.to();
    boolean sameValue =
        switch (found.kind()) {
          case NULL -> value.isNull();
          case BOOLEAN -> value.isBoolean() && value.booleanValue() == (json[from] == 't');
          case DECIMAL -> value.isFloatingPointNumber();
          case INTEGER ->
              value.isIntegralNumber()
                  && sameInteger(scanner.integer(from, to), value.bigIntegerValue());
          case STRING -> value.isString() && sameText(from, to, value.stringValue());
          case ARRAY -> value.isArray() && sameTexts(from, to, value);
          case OBJECT -> value.isObject();
        };
    return sameValue && JacksonReading.value(json, from, to).equals(value);
  }

  private static boolean sameInteger(long ours, BigInteger theirs) {
    return theirs.abs().compareTo(INTEGER_MAX) > 0
        ? ours == JsonScanner.NO_INTEGER
        : ours == theirs.longValueExact();
  }

  private boolean sameText(int from, int to, String theirs) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(theirs)) { // half a surrogate pair
      return scanner.text(from, to, Integer.MAX_VALUE) == null
          && scanner.word(from, to) == Word.NONE;
    }
    int bytes = theirs.getBytes(StandardCharsets.UTF_8).length;
    return theirs.equals(scanner.text(from, to, bytes))
        && scanner.isText(from, to, bytes)
        && scanner.word(from, to) == Word.of(theirs)
        && (bytes == 0 || scanner.text(from, to, bytes - 1) == null);
  }

  private boolean sameTexts(int from, int to, JsonNode theirs) {
    List<String> texts = new ArrayList<>();
    for (JsonNode element : theirs) {
      boolean text =
          element.isString()
              && StandardCharsets.UTF_8.newEncoder().canEncode(element.stringValue());
      if (!text) {
        return scanner.texts(from, to, Integer.MAX_VALUE, Integer.MAX_VALUE) == null;
      }
      texts.add(element.stringValue());
    }
    return texts.equals(scanner.texts(from, to, texts.size(), Integer.MAX_VALUE))
        && (texts.isEmpty()
            || scanner.texts(from, to, texts.size() - 1, Integer.MAX_VALUE) == null);
  }

  /// As text where it is one, so that a failure can be read, and in hex, so that it can be
  /// repeated.
  private static String show(byte[] json) {
    return new String(json, StandardCharsets.UTF_8) + " = " + HexFormat.of().formatHex(json);
  }
}
