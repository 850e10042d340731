package dev.tidings.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/// A folder for the time of a run.
///
/// @param fileSystem its kind, `ext4` for example
record Scratch(Path folder, String fileSystem) implements AutoCloseable {
  /// Where the server is to keep its data.
  Path data() {
    return folder.resolve("data");
  }

  @Override
  public void close() {
    try (var found = Files.walk(folder)) {
      List<Path> deepestFirst = found.sorted(Comparator.reverseOrder()).toList();
      for (Path path : deepestFirst) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
