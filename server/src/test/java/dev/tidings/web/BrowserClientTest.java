package dev.tidings.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Runs the stories of `tidings.js`, which are written in its own language and need nothing but
/// Node 20 or newer. A machine without Node can still build and test the server, and is told what
/// it left out.
class BrowserClientTest {
  private static final Path STORIES = Path.of("src", "test", "js");
  private static final int NODE_FEATURE_MIN = 20;
  private static final long SECONDS_MAX = 120;

  @TempDir Path scratch;

  @Test
  void storiesOfTheBrowserClientPass() throws Exception {
    assumeTrue(
        nodeFeature() >= NODE_FEATURE_MIN,
        "NOT TESTED: the browser client, for there is no Node 20 or newer as `node` on the PATH");
    Run run = node(command());
    assertThat(run.ended()).as("ended within %s s; so far: %s", SECONDS_MAX, run.text()).isTrue();
    assertThat(run.exit()).as(run.text()).isZero();
    // A runner that found no story is content too, so count them.
    assertThat(run.text()).containsPattern("(?m)^# pass [1-9]\\d+$").contains("# fail 0");
  }

  private static List<String> command() throws IOException {
    List<String> command = new ArrayList<>(List.of("--test", "--test-reporter=tap"));
    try (var files = Files.list(STORIES)) {
      files
          .map(Path::toString)
          .filter(name -> name.endsWith(".test.mjs"))
          .sorted()
          .forEach(command::add);
    }
    return command;
  }

  /// 0 without Node.
  private int nodeFeature() throws InterruptedException {
    try {
      String version = node(List.of("--version")).text().strip();
      return Integer.parseInt(version.substring(1, version.indexOf('.')));
    } catch (IOException _) {
      return 0;
    }
  }

  /// Output goes to a file: a pipe that nobody reads would stop the process, and reading one cannot
  /// be bounded in time.
  private Run node(List<String> arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("node"));
    command.addAll(arguments);
    Path output = Files.createTempFile(scratch, "node", ".txt");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean ended = process.waitFor(SECONDS_MAX, TimeUnit.SECONDS);
    if (!ended) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    return new Run(ended, ended ? process.exitValue() : -1, Files.readString(output));
  }

  private record Run(boolean ended, int exit, String text) {}
}
