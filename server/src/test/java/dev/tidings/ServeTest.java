package dev.tidings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.running.LineSpeaker;
import dev.tidings.running.ServeProcess;
import dev.tidings.running.Wire;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `tidings serve` as an operator sees it.
class ServeTest {
  private static final int ENDED_BY_SIGTERM = 128 + 15;

  @TempDir Path data;

  @Test
  void itGreetsWithWhatToPasteAndEndsInOrder() throws Exception {
    try (ServeProcess serve = ServeProcess.start(data, 0)) {
      String greeting = String.join("\n", serve.greeting());
      int port = serve.port();
      assertThat(greeting)
          .contains("data in " + data.toAbsolutePath(), "level disk")
          .contains("http://localhost:" + port + "/ ", "ws://localhost:" + port + "/v1/ws ")
          .contains("nc localhost " + port);
      String auth = only(Pattern.compile("^ +(\\{.*\\})$", Pattern.MULTILINE), greeting);
      String key = only(Pattern.compile("^Development key: (\\S+)$", Pattern.MULTILINE), greeting);
      assertThat(Files.readString(data.resolve("development.key")).strip()).isEqualTo(key);
      String curl = only(Pattern.compile("^ +(curl .*)$", Pattern.MULTILINE), greeting);

      Thread ending;
      try (LineSpeaker alice = new LineSpeaker(Wire.to(serve.address()))) {
        assertThat(alice.ask(auth).text("user")).isEqualTo("alice");
        Process pasted = new ProcessBuilder("sh", "-c", curl + " >/dev/null 2>&1").start();
        if (pasted.waitFor() == 0) { // else there is no curl here
          assertThat(alice.next("msg").text("data")).isEqualTo("hello alice");
        }

        ending = Thread.ofVirtual().start(serve::terminate);
        alice.assertBye("draining", 4000);
      }
      ending.join();
      assertThat(serve.terminate()).isEqualTo(ENDED_BY_SIGTERM);
    }
  }

  private static String only(Pattern pattern, String text) {
    List<String> found = pattern.matcher(text).results().map(each -> each.group(1)).toList();
    assertThat(found).as(pattern + " in " + text).hasSize(1);
    return found.getFirst();
  }
}
