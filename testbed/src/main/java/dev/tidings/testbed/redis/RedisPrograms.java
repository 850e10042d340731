package dev.tidings.testbed.redis;

import dev.tidings.testbed.TestbedFailure;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The programs of a Redis from version 7 on, or of a Valkey: those on the PATH, else those of the
/// distribution's packages, unpacked below `target` without being root (or where the system
/// property `tidings.redis` says).
///
/// @param server `redis-server` or `valkey-server`
/// @param libraries a folder that its libraries are found in; empty: where the system looks anyway
/// @param version as it says itself, for example `7.0.15`
public record RedisPrograms(Path server, Optional<Path> libraries, String version) {
  private static final int MAJOR_MIN = 7;

  /// `Redis server v=7.0.15 sha=…`, `Valkey server v=8.0.1 sha=…`
  private static final Pattern VERSION = Pattern.compile(".* server v=((\\d+)\\S*) .*");

  private static final Path UNPACKED = Path.of(System.getProperty("tidings.redis", "target/redis"));

  private static final List<String> NAMES = List.of("redis-server", "valkey-server");
  private static final int SECONDS_MAX = 120;

  /// What was found, or why nothing was. Looked for once in each Java virtual machine.
  private static final Found FOUND = look();

  private record Found(Optional<RedisPrograms> programs, String words) {}

  /// The programs.
  ///
  /// @throws TestbedFailure if there are none
  public static RedisPrograms find() {
    return FOUND.programs().orElseThrow(() -> new TestbedFailure(FOUND.words()));
  }

  /// Why there are none; empty if there are.
  public static Optional<String> missing() {
    return FOUND.programs().isPresent() ? Optional.empty() : Optional.of(FOUND.words());
  }

  private static Found look() {
    String path = System.getenv().getOrDefault("PATH", "");
    List<Path> folders = Stream.of(path.split(File.pathSeparator)).map(Path::of).toList();
    Optional<RedisPrograms> onPath = in(folders, Optional.empty());
    if (onPath.isPresent()) {
      return new Found(onPath, "");
    }
    String words = "no redis-server or valkey-server from version " + MAJOR_MIN + " on the PATH";
    try {
      Optional<RedisPrograms> unpacked = unpack(UNPACKED.toAbsolutePath());
      return new Found(unpacked, words + ", nor in the distribution's package");
    } catch (IOException e) {
      return new Found(Optional.empty(), words + ", nor its package: " + e.getMessage());
    }
  }

  /// The first that is new enough.
  private static Optional<RedisPrograms> in(List<Path> folders, Optional<Path> libraries) {
    return NAMES.stream()
        .flatMap(name -> folders.stream().map(folder -> folder.resolve(name)))
        .filter(Files::isExecutable)
        .flatMap(file -> newEnough(file, libraries).stream())
        .findFirst();
  }

  private static Optional<RedisPrograms> newEnough(Path server, Optional<Path> libraries) {
    RedisPrograms unknown = new RedisPrograms(server, libraries, "");
    try {
      Matcher said = VERSION.matcher(said(unknown.command(server, "--version")).strip());
      return said.matches() && Integer.parseInt(said.group(2)) >= MAJOR_MIN
          ? Optional.of(new RedisPrograms(server, libraries, said.group(1)))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // for another kind of processor, or without its libraries
    }
  }

  /// A process of one of the programs, not yet started.
  ProcessBuilder command(Path program, String... arguments) {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    libraries.ifPresent(folder -> builder.environment().put("LD_LIBRARY_PATH", folder.toString()));
    return builder;
  }

  /// A program that came with the server: `cli` or `benchmark`.
  public ProcessBuilder tool(String name, String... arguments) {
    String server = this.server.getFileName().toString();
    String tool = server.substring(0, server.indexOf('-') + 1) + name;
    return command(this.server.resolveSibling(tool), arguments);
  }

  /// Whether this is from that version on, for example 7.2.
  public boolean isFrom(int major, int minor) {
    String[] parts = version.split("\\.", -1);
    int first = Integer.parseInt(parts[0]);
    return first > major || (first == major && Integer.parseInt(parts[1]) >= minor);
  }

  // ---- Unpacking
  // ----------------------------------------------------------------------------------

  /// Debian and its like: which packages are needed apt says itself, with lists of our own; none of
  /// them is installed.
  private static Optional<RedisPrograms> unpack(Path folder) throws IOException {
    Path root = folder.resolve("root");
    Optional<RedisPrograms> before = unpacked(root);
    if (before.isPresent()) {
      return before;
    }
    Path archives = folder.resolve("cache/archives");
    Files.createDirectories(folder.resolve("lists/partial"));
    Files.createDirectories(archives.resolve("partial"));
    Files.createDirectories(root);
    said(apt(folder, "update"));
    List<String> packages = packages(folder);
    ProcessBuilder download = apt(folder, "download");
    download.command().addAll(packages);
    said(download.directory(archives.toFile()));
    try (Stream<Path> files = Files.list(archives)) {
      for (Path file : files.filter(each -> each.toString().endsWith(".deb")).toList()) {
        said(new ProcessBuilder("dpkg-deb", "-x", file.toString(), root.toString()));
      }
    }
    return unpacked(root);
  }

  private static ProcessBuilder apt(Path folder, String... command) {
    List<String> words = new ArrayList<>(List.of("apt-get", "-qq"));
    for (String option :
        List.of(
            "Dir::State::Lists=" + folder.resolve("lists"),
            "Dir::Cache=" + folder.resolve("cache"),
            "APT::Sandbox::User=",
            "Debug::NoLocking=1")) {
      words.addAll(List.of("-o", option));
    }
    words.addAll(List.of(command));
    return new ProcessBuilder(words);
  }

  /// Both halves of Redis, and what of their needs this machine lacks.
  private static List<String> packages(Path folder) throws IOException {
    ProcessBuilder rehearsal =
        apt(folder, "-s", "--reinstall", "--no-install-recommends", "install");
    rehearsal.command().addAll(List.of("redis-server", "redis-tools"));
    return said(rehearsal)
        .lines()
        .filter(line -> line.startsWith("Inst "))
        .map(line -> line.split(" ", -1)[1])
        .toList();
  }

  private static Optional<RedisPrograms> unpacked(Path root) throws IOException {
    return in(List.of(root.resolve("usr/bin")), libraries(root.resolve("usr/lib")));
  }

  /// Where the unpacked libraries are, if this machine lacked some.
  private static Optional<Path> libraries(Path root) throws IOException {
    if (!Files.isDirectory(root)) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.walk(root, 2)) {
      return files
          .filter(file -> file.getFileName().toString().contains(".so"))
          .map(Path::getParent)
          .findFirst();
    }
  }

  /// Runs it to its end.
  ///
  /// @throws IOException if it failed or took too long, with what it said
  private static String said(ProcessBuilder builder) throws IOException {
    Path output = Files.createTempFile("said", ".txt");
    try {
      Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
      if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException(builder.command().getFirst() + " takes too long");
      }
      String text = Files.readString(output, StandardCharsets.UTF_8);
      if (process.exitValue() != 0) {
        throw new IOException(builder.command().getFirst() + " says " + text.strip());
      }
      return text;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TestbedFailure("interrupted", e);
    } finally {
      Files.deleteIfExists(output);
    }
  }
}
