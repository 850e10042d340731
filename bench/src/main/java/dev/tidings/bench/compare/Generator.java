package dev.tidings.bench.compare;

import dev.tidings.bench.process.BenchFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// One run of the load generator, in a process of its own: begun in the same state for every
/// server, on the core on which this process is.
final class Generator implements AutoCloseable {
  private static final int END_MINUTES_MAX = 10;

  private final List<String> load;
  private final Process process;
  private final Path result;
  private final Path words;

  private Generator(List<String> load, Process process, Path result, Path words) {
    this.load = load;
    this.process = process;
    this.result = result;
    this.words = words;
  }

  /// @param load the command and its options
  /// @param niceness 0 for what is measured; more for what may wait
  static Generator start(Contender contender, Running server, List<String> load, int niceness) {
    try {
      Path result = Files.createTempFile("tidings-compare", ".json");
      Path words = Files.createTempFile("tidings-compare", ".log");
      List<String> command = new ArrayList<>(List.of("nice", "-n", Integer.toString(niceness)));
      command.add(ProcessHandle.current().info().command().orElseThrow());
      command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
      command.addAll(List.of("-cp", System.getProperty("java.class.path")));
      command.add(PeerLoad.class.getName());
      command.addAll(load);
      command.addAll(List.of("--dialect", contender.dialect()));
      command.addAll(List.of("--url", contender.url(server.port())));
      command.addAll(List.of("--server-pid", Long.toString(server.pid())));
      command.addAll(List.of("--json", result.toString()));
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.to(words.toFile()))
              .start();
      return new Generator(List.copyOf(load), process, result, words);
    } catch (IOException e) {
      throw new BenchFailure("cannot start the load generator: " + e.getMessage(), e);
    }
  }

  boolean isRunning() {
    return process.isAlive();
  }

  /// Waits for its end.
  ///
  /// @return its line, and `load`, what it was told
  Map<String, Object> await() {
    try {
      if (!process.waitFor(END_MINUTES_MAX, TimeUnit.MINUTES)) {
        throw new BenchFailure("the load generator does not end: " + load);
      }
      List<String> lines = Files.readAllLines(result);
      if (lines.isEmpty()) {
        throw new BenchFailure(
            String.join(" ", load) + ":\n" + String.join("\n", Files.readAllLines(words)));
      }
      Map<String, Object> facts = new LinkedHashMap<>(Outcome.of(lines.getFirst()).facts());
      facts.put("command", "tidings bench " + String.join(" ", load));
      facts.put("clean", process.exitValue() == 0);
      return facts;
    } catch (IOException e) {
      throw new BenchFailure("the load generator left no result: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchFailure("interrupted", e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      Files.deleteIfExists(result);
      Files.deleteIfExists(words);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
