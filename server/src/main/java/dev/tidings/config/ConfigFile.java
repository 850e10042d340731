package dev.tidings.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// The file of `--config`: YAML, one option per key, without the dashes.
final class ConfigFile {
  private static final YAMLMapper YAML =
      YAMLMapper.builder().enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY).build();

  private ConfigFile() {}

  /// @throws ServerSettings.Refused naming the file and what is wrong with it
  static Map<String, Object> read(Path path) {
    if (!Files.isReadable(path)) {
      throw new ServerSettings.Refused("--config " + path + ": there is no such file to read");
    }
    JsonNode content;
    try {
      content = YAML.readTree(path.toFile());
    } catch (JacksonException e) {
      throw new ServerSettings.Refused("--config " + path + ": " + e.getOriginalMessage());
    }
    if (content.isMissingNode() || content.isNull()) {
      return Map.of();
    }
    if (!content.isObject()) {
      throw new ServerSettings.Refused("--config " + path + ": 'option: value' lines are expected");
    }
    Map<String, Object> options = new LinkedHashMap<>();
    content.forEachEntry((key, value) -> options.put(key, checked(path, key, value)));
    return options;
  }

  private static Object checked(Path path, String key, JsonNode value) {
    if (value.isObject() || value.isNull()) {
      throw new ServerSettings.Refused(
          "--config " + path + ": '" + key + "' must have one value or a list");
    }
    return value.isArray()
        ? value.valueStream().map(JsonNode::asString).toList()
        : value.asString();
  }
}
