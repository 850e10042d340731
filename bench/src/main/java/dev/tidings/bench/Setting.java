package dev.tidings.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/// What every run is told: filled in by the command line.
final class Setting {
  @Option(
      names = "--server-core",
      defaultValue = "0",
      description = "The core for the server; the load's is chosen by the launcher, LOAD_CORE.")
  private int serverCore;

  @Option(
      names = "--data-under",
      description =
          "Where the folder for the server's data is made and removed again; must be on a real"
              + " disk. Default: bench/target.")
  private Path dataUnder = checkout().resolve("bench/target");

  @Option(
      names = "--results",
      description = "The folder whose files the results are appended to. Default: bench/results.")
  private Path results = checkout().resolve("bench/results");

  int serverCore() {
    return serverCore;
  }

  /// The launcher says where it stands.
  Path checkout() {
    return Path.of(System.getProperty("tidings.checkout", "")).toAbsolutePath();
  }

  Path results() {
    return results;
  }

  /// A new folder for one server.
  Scratch scratch() {
    try {
      Files.createDirectories(dataUnder);
      String kind = Files.getFileStore(dataUnder).type();
      if (kind.equals("tmpfs")) {
        throw new BenchFailure(dataUnder + " is in memory; --data-under must name a disk");
      }
      return new Scratch(Files.createTempDirectory(dataUnder, "run-"), kind);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
