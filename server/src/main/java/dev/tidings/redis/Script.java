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
  COMMIT,
  TAKE,
  PASS,
  ENTRIES,
  ORDERED,
  LEASE,
  TELL;

  private final String text;
  private final String digest;

  Script() {
    String name = "/redis/" + name().toLowerCase(Locale.ROOT) + ".lua";
    try (InputStream in = Script.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + name);
      }
      byte[] bytes = in.readAllBytes();
      String own = new String(bytes, StandardCharsets.UTF_8);
      int begin = own.indexOf('\n') + 1; // behind the line that says what language it is
      text = own.substring(0, begin) + Format.FIRST + own.substring(begin);
      digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(text()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("no SHA-1", e);
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
