package dev.tidings.bench;

import dev.tidings.bench.process.Scratch;
import dev.tidings.bench.process.ServerProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
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

  /// The launcher says where it stands.
  Path checkout() {
    return Path.of(System.getProperty("tidings.checkout", "")).toAbsolutePath();
  }

  Path results() {
    return results;
  }

  /// A new folder for one server.
  Scratch scratch() {
    return Scratch.under(dataUnder);
  }

  /// The server of a run: pinned, the product's defaults but for its limits of rate and `options`.
  ServerProcess start(Scratch scratch, String... options) {
    return start(scratch.data(), options);
  }

  /// As [#start(Scratch, String...)], with a folder of its own for one of several servers.
  ServerProcess start(Path data, String... options) {
    List<String> all = Stream.concat(Stream.of("--no-rate-limits"), Stream.of(options)).toList();
    return ServerProcess.start(
        new ServerProcess.Plan(checkout(), OptionalInt.of(serverCore), all), data);
  }
}
