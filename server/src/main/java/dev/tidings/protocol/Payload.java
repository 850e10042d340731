package dev.tidings.protocol;

import java.nio.charset.StandardCharsets;

/// The application's `data`: one JSON value, valid and of legal depth, passed on byte for byte.
///
/// Owns its array: nobody writes to it after construction.
public record Payload(byte[] json) {
  public int sizeBytes() {
    return json.length;
  }

  /// For tests and small tools: the payload that `json` spells. The text is not checked.
  public static Payload of(String json) {
    return new Payload(json.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return "Payload[" + json.length + " bytes]";
  }
}
