package dev.tidings.bench.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/// A folder for the time of a run.
///
/// @param fileSystem its kind, `ext4` for example
public record Scratch(Path folder, String fileSystem) implements AutoCloseable {
  /// A new folder below `under`, which must be on a real disk.
  public static Scratch under(Path under) {
    try {
      Files.createDirectories(under);
      String kind = kindOf(under);
      if (kind.equals("tmpfs")) {
        throw new BenchFailure(under + " is in memory; --data-under must name a disk");
      }
      return new Scratch(Files.createTempDirectory(under, "run-"), kind);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The kind of file system that `folder` is on.
  public static String kindOf(Path folder) {
    try {
      return Files.getFileStore(folder).type();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Where the server is to keep its data.
  public Path data() {
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
