package dev.tidings.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// The text of a script.
///
/// @param digest the name under which Redis knows it once it has run there
record Lua(String text, String digest) {
  static Lua of(String text) {
    try {
      byte[] sha1 = MessageDigest.getInstance("SHA-1").digest(text.getBytes(UTF_8));
      return new Lua(text, HexFormat.of().formatHex(sha1));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("no SHA-1", e);
    }
  }

  /// The same under another name.
  Lua marked(String mark) {
    return of(text + "-- " + mark + "\n");
  }
}
