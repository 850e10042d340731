package dev.tidings.web;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Programs of this machine that the stories need.
final class Programs {
  private Programs() {}

  /// The first of `names` that is on the PATH.
  ///
  /// @throws IllegalStateException if none is: a story left out must not look like a success
  static Path find(String... names) {
    List<String> folders = List.of(System.getenv("PATH").split(File.pathSeparator));
    return Stream.of(names)
        .flatMap(name -> folders.stream().map(folder -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(
            () -> new IllegalStateException("not on the PATH: " + String.join(" or ", names)));
  }
}
