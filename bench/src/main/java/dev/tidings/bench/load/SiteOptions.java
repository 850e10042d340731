package dev.tidings.bench.load;

import dev.tidings.auth.Tokens;
import dev.tidings.base.Clock;
import dev.tidings.bench.process.BenchFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.Option;

/// The options of every workload: which server, as whom.
final class SiteOptions {
  private static final long TOKEN_SECONDS = 24 * 3600;
  private static final int RUN_LETTERS = 36;
  private static final int RUN_LENGTH = 6;

  @Option(
      names = "--url",
      defaultValue = "ws://localhost:8080/v1/ws",
      description =
          "Where the server is: ws://host:port/v1/ws or tcp://host:port (default: ${DEFAULT-VALUE}).")
  String url = "";

  @Option(
      names = "--start",
      description =
          "Start a server for the run, with --no-rate-limits, on a free port and with a new data"
              + " folder, and end it afterwards. With --url tcp://… it is spoken to in lines.")
  boolean start;

  @Option(
      names = "--server-core",
      paramLabel = "<core>",
      description = "With --start: pin the server to this core (taskset). Pin the load likewise.")
  int serverCore = -1;

  @Option(
      names = "--serve",
      paramLabel = "<option>",
      description =
          "With --start: a further option for the server, for example --serve=--durability=memory;"
              + " may be repeated.")
  List<String> serve = List.of();

  @Option(
      names = "--data-under",
      description = "With --start: where the data folder is made (default: bench/target).")
  Path dataUnder = checkout().resolve("bench/target");

  @Option(
      names = "--server-pid",
      split = ",",
      paramLabel = "<pid>",
      description =
          "The processes to measure. Default: the one started, or who listens on the port of --url"
              + " on this machine. 0: none.")
  List<Long> serverPids = List.of();

  @Option(
      names = "--key",
      description =
          "The server's key: each connection gets a token of its own. Without key and tokens names"
              + " are given, as development mode believes them.")
  String key = "";

  @Option(
      names = "--token",
      description =
          "A token instead; may be repeated, connections take them in turn. A server allows a user"
              + " 20 connections.")
  List<String> tokens = List.of();

  @Option(names = "--tokens", description = "A file with tokens, one per line.")
  Path tokensFile = Path.of("");

  @Option(
      names = "--dialect",
      defaultValue = "tidings",
      hidden = true,
      description = "The language of the server, for comparing with others.")
  String dialect = "tidings";

  /// The launcher says where it stands.
  static Path checkout() {
    return Path.of(System.getProperty("tidings.checkout", "")).toAbsolutePath();
  }

  boolean isTidings() {
    return dialect.equals("tidings");
  }

  /// A name for what belongs to this run.
  static String newRun() {
    StringBuilder run = new StringBuilder();
    for (int i = 0; i < RUN_LENGTH; i++) {
      run.append(Character.forDigit(ThreadLocalRandom.current().nextInt(RUN_LETTERS), RUN_LETTERS));
    }
    return run.toString();
  }

  Identities identities(String run) {
    Identities.Names names = new Identities.Names(run);
    List<String> all = new ArrayList<>(tokens);
    if (!tokensFile.toString().isEmpty()) {
      try {
        Files.readAllLines(tokensFile).stream()
            .map(String::strip)
            .filter(line -> !line.isEmpty())
            .forEach(all::add);
      } catch (IOException e) {
        throw new BenchFailure("--tokens " + tokensFile + ": " + e.getMessage(), e);
      }
    }
    if (!all.isEmpty()) {
      return new Identities.Given(all);
    }
    if (key.isEmpty()) {
      return names;
    }
    try {
      return new Identities.Signed(
          names, new Tokens(key), Clock.system().epochMillis(), TOKEN_SECONDS);
    } catch (IllegalArgumentException e) {
      throw new BenchFailure("--key: " + e.getMessage(), e);
    }
  }
}
