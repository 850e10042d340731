package dev.tidings.config;

import dev.tidings.auth.Tokens;
import dev.tidings.base.Ids;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;

/// The key of development mode: made at the first start, kept beside the data so that pasted lines
/// and tokens work after a restart, readable by its owner only.
public final class DevelopmentKey {
  private static final String FILE = "development.key";
  private static final int LENGTH = 48;

  private DevelopmentKey() {}

  /// The key in the folder `data`, made now if there is none.
  ///
  /// @throws ServerSettings.Refused if there is one that is too short to be safe
  /// @throws UncheckedIOException if it can neither be read nor made
  public static String findOrMake(Path data) {
    Path file = data.resolve(FILE);
    try {
      if (Files.exists(file)) {
        return longEnough(Files.readString(file).strip(), file);
      }
      Files.createDirectories(data);
      String key = new Ids(new SecureRandom()).name(LENGTH);
      Path fresh = Files.createTempFile(data, FILE, ".new");
      if (Files.getFileStore(data).supportsFileAttributeView("posix")) {
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-------"));
      }
      Files.write(fresh, (key + "\n").getBytes(StandardCharsets.US_ASCII));
      Files.move(fresh, file);
      return key;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot keep the development key in " + data, e);
    }
  }

  private static String longEnough(String key, Path file) {
    if (key.length() < Tokens.KEY_BYTES_MIN) {
      throw new ServerSettings.Refused(
          file + " is too short to be a key; remove it, and a new one is made");
    }
    return key;
  }
}
