package dev.tidings.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The measure for [JsonScanner]: what Jackson makes of the same bytes, with its default settings
/// but for the depth, if they are strictly valid UTF-8.
final class JacksonReading {
  private static final JsonMapper MAPPER =
      new JsonMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder().maxNestingDepth(CommandDecoder.DEPTH_MAX).build())
              .build());

  /// Jackson tells a hexadecimal digit by the low byte of any character, so that U+0663, an Arabic
  /// three, counts as `c`. Its parser of bytes does not, and neither does anyone else. As a legal
  /// text has backslashes in escapes alone, looking for such a digit needs no parser.
  private static final Pattern FOREIGN_HEX_DIGIT =
      Pattern.compile("(?<!\\\\)(?:\\\\{2})*+\\\\u[0-9A-Fa-f]{0,3}[^\\x00-\\x7F]");

  private JacksonReading() {}

  /// The object that `json` spells, or empty if Jackson refuses it or reads something else.
  static Optional<ObjectNode> object(byte[] json) {
    try {
      String text = strictUtf8(json);
      if (FOREIGN_HEX_DIGIT.matcher(text).find()) {
        return Optional.empty();
      }
      return value(text.toCharArray()) instanceof ObjectNode object
          ? Optional.of(object)
          : Optional.empty();
    } catch (CharacterCodingException | JacksonException e) {
      return Optional.empty();
    }
  }

  /// The value that `json` spells, which must be one.
  static JsonNode value(byte[] json, int from, int to) {
    return value(new String(json, from, to - from, StandardCharsets.UTF_8).toCharArray());
  }

  // Characters in an array and not a String, because a String of more than 32,768 is read in pieces
  // and then numbers of about 1000 digits are judged by where the pieces meet.
  private static JsonNode value(char[] text) {
    try (JsonParser parser = MAPPER.createParser(text)) {
      JsonNode value = parser.readValueAsTree();
      if (parser.nextToken() != null) {
        return MAPPER.missingNode();
      }
      return value == null ? MAPPER.missingNode() : value;
    }
  }

  private static String strictUtf8(byte[] bytes) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }
}
