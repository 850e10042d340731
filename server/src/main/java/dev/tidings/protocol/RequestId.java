package dev.tidings.protocol;

import java.nio.charset.StandardCharsets;

/// The `id` that a client gave a request, kept as the JSON text that it wrote (a string of up to 64
/// bytes or an integer of up to 2^53−1), so that the answer repeats it to the letter.
public record RequestId(String json) {
  /// The request carried no `id`.
  public static final RequestId NONE = new RequestId("");

  /// Whether the request carried no `id`.
  public boolean isNone() {
    return json.isEmpty();
  }

  /// The JSON text in UTF-8.
  public byte[] bytes() {
    return json.getBytes(StandardCharsets.UTF_8);
  }
}
