package dev.tidings.http;

import dev.tidings.protocol.JsonScanner;
import dev.tidings.protocol.JsonWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// `POST /v1/send/{address}`: a shorthand that is spelt out as the `send` it stands for.
final class SendUnit {
  /// What a post says; texts are `""` where it says nothing.
  ///
  /// @param json whether it calls its body JSON
  record Post(String to, String cid, String as, boolean json, byte[] body) {}

  private static final int DEPTH_MAX = 32;

  private SendUnit() {}

  /// The unit, or empty if the body is not what it is said to be. Addresses and ids are checked by
  /// whoever reads the unit.
  static Optional<byte[]> of(Post post) {
    JsonWriter unit = new JsonWriter(128 + post.body().length);
    unit.beginObject().name("op").plain("send").name("to").string(post.to());
    if (!post.cid().isEmpty()) {
      unit.name("cid").string(post.cid());
    }
    if (!post.as().isEmpty()) {
      unit.name("as").string(post.as());
    }
    unit.name("data");
    if (post.json()) {
      if (!isOneValue(post.body())) {
        return Optional.empty();
      }
      unit.raw(withoutLineEnds(post.body()));
    } else {
      Optional<String> text = text(post.body());
      if (text.isEmpty()) {
        return Optional.empty();
      }
      unit.string(text.get());
    }
    return Optional.of(unit.endObject().toBytes());
  }

  /// Whether the bytes are one JSON value and nothing else, so that they cannot bring fields of
  /// their own into the unit.
  private static boolean isOneValue(byte[] body) {
    byte[] wrapped = new byte[body.length + 6];
    byte[] head = "{\"a\":".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(head, 0, wrapped, 0, head.length);
    System.arraycopy(body, 0, wrapped, head.length, body.length);
    wrapped[wrapped.length - 1] = '}';
    JsonScanner scanner = new JsonScanner(DEPTH_MAX);
    scanner.start(wrapped, 0, wrapped.length);
    int fields = 0;
    while (scanner.nextField()) {
      fields++;
    }
    return scanner.isWhole() && fields == 1;
  }

  /// Between tokens a line end is as good as a blank, and a unit stands on one line.
  private static byte[] withoutLineEnds(byte[] json) {
    byte[] flat = json.clone();
    for (int i = 0; i < flat.length; i++) {
      if (flat[i] == '\n' || flat[i] == '\r') {
        flat[i] = ' ';
      }
    }
    return flat;
  }

  private static Optional<String> text(byte[] body) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
