package dev.tidings.transport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The fuzzing client of the Autobahn test suite, in a JVM of its own: it is Python on Jython, out
/// of the jars that the Maven profile `autobahn` puts into a folder. The Maven plugin which those
/// jars are is not used as one: it loads the server into Maven's own JVM, which may be older than
/// our code.
final class FuzzingClient {
  private static final long MINUTES_MAX = 15;

  /// How long it waits for an answer. Its own second is too short on a busy machine.
  private static final int PATIENCE_SECONDS = 5;

  /// How long it waits for the end of the socket after the last word. Less than our server lingers,
  /// so that a socket which ends by that alone is found out.
  private static final double PARTING_SECONDS = 1.5;

  private static final String START =
      """
      import sys
      from autobahntestsuite import wstest
      sys.argv = ['wstest', '-m', 'fuzzingclient', '-s', 'spec.json']
      wstest.run()
      """;

  /// A server to be examined.
  ///
  /// @param name lower-case letters; the reports carry it in their file names
  /// @param skipped pattern of cases that are not for this one, `""` if all are
  record Examinee(String name, String url, String skipped) {}

  private final Path jars;
  private final Path folder;

  /// @param jars the folder with the client and its Jython
  /// @param folder where it writes; reports of an earlier run are removed
  FuzzingClient(Path jars, Path folder) {
    this.jars = jars;
    this.folder = folder;
  }

  /// Runs the cases that match `cases` (`*` for anything) against each server, one at a time.
  ///
  /// @return the folder with its reports
  /// @throws IllegalStateException if it did not come to its end in time
  Path run(List<String> cases, List<Examinee> examinees) throws IOException, InterruptedException {
    Path reports = folder.resolve("reports");
    clear(reports);
    Files.writeString(folder.resolve("spec.json"), spec(cases, examinees));
    Path log = folder.resolve("log.txt");
    Process client =
        new ProcessBuilder(command())
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    boolean ended = client.waitFor(MINUTES_MAX, TimeUnit.MINUTES);
    client.destroyForcibly();
    if (!ended || client.exitValue() != 0) {
      throw new IllegalStateException("the fuzzing client did not end well, see " + log);
    }
    return reports;
  }

  /// A report that is left over would count as a case that ran.
  private static void clear(Path reports) throws IOException {
    Files.createDirectories(reports);
    try (Stream<Path> old = Files.list(reports)) {
      for (Path report : old.toList()) {
        Files.delete(report);
      }
    }
  }

  private static String spec(List<String> cases, List<Examinee> examinees) {
    ObjectNode spec = JsonMapper.shared().createObjectNode().put("outdir", "reports");
    spec.putObject("options")
        .put("failByDrop", false)
        .put("openHandshakeTimeout", PATIENCE_SECONDS)
        .put("closeHandshakeTimeout", PATIENCE_SECONDS)
        .put("serverConnectionDropTimeout", PARTING_SECONDS);
    ArrayNode wanted = spec.putArray("cases");
    cases.forEach(wanted::add);
    ArrayNode servers = spec.putArray("servers");
    ObjectNode skipped = spec.putObject("exclude-agent-cases");
    for (Examinee examinee : examinees) {
      servers.addObject().put("agent", examinee.name()).put("url", examinee.url());
      skipped.putArray(examinee.name()).add(examinee.skipped());
    }
    return spec.toString();
  }

  /// Jython is of 2017, and Java 25 warns of two things that it does.
  private List<String> command() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-Dpython.cachedir.skip=true",
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-cp",
        classPath(),
        "org.python.util.jython",
        "-c",
        START);
  }

  private String classPath() {
    try (Stream<Path> files = Files.list(jars)) {
      return files
          .map(file -> file.toAbsolutePath().toString())
          .filter(name -> name.endsWith(".jar"))
          .collect(Collectors.joining(System.getProperty("path.separator")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
