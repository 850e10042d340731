package dev.tidings;

import java.nio.file.Files;
import java.nio.file.Path;

/// The project's own files, for tests that hold documents and code to each other.
public final class Checkout {
  private Checkout() {}

  /// The project's folder, whether the tests were started there or in a module.
  public static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.exists(folder.resolve("ARCHITECTURE.md"))) {
      folder = folder.getParent();
    }
    if (folder == null) {
      throw new IllegalStateException("no ARCHITECTURE.md in this folder or above it");
    }
    return folder;
  }
}
