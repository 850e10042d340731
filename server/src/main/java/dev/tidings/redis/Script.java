package dev.tidings.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/// What Redis runs for us, each as one atomic step. The texts are resources beside this package.
enum Script {
  COMMIT("steps"),
  FILL("steps"),
  TAKE,
  PASS,
  ENTRIES,
  ORDERED,
  LEASE,
  TELL;

  private final String text;
  private final String digest;

  /// @param before what stands between the first line, which says how to run it, and the rest
  Script(String... before) {
    String own = resource(name().toLowerCase(Locale.ROOT));
    int rest = own.indexOf('\n') + 1;
    StringBuilder all = new StringBuilder(own.substring(0, rest)).append(Format.FIRST);
    for (String each : before) {
      all.append(resource(each));
    }
    text = all.append(own, rest, own.length()).toString();
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      digest = HexFormat.of().formatHex(sha1.digest(text()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("no SHA-1", e);
    }
  }

  private static String resource(String name) {
    try (InputStream in = Script.class.getResourceAsStream("/redis/" + name + ".lua")) {
      if (in == null) {
        throw new IllegalStateException("no script " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  final byte[] text() {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// The name under which Redis knows it.
  String digest() {
    return digest;
  }
}
