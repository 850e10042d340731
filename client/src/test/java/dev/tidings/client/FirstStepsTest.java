package dev.tidings.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.client.json.Json;
import dev.tidings.client.model.ClientListener;
import dev.tidings.client.model.ClientOptions;
import dev.tidings.client.model.Entry;
import dev.tidings.client.model.Sent;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// The sample in the documentation of [TidingsClient] is the code that stands here.
class FirstStepsTest {

  /// Compiled, never called: it names a server that is not there.
  static void sample() {
    URI server = URI.create("ws://localhost:8080/v1/ws");
    ClientListener listener =
        new ClientListener() {
          @Override
          public void onEntry(Entry entry) {
            entry.data().ifPresent(data -> IO.println(entry.in() + " " + data.text()));
          }
        };
    try (TidingsClient client =
        TidingsClient.connect(server, ClientOptions.ofUser("alice"), listener)) {
      Sent sent = client.send("u:bob", Json.of("hi")).join();
      IO.println("kept at level " + sent.level());
    }
  }

  @Test
  void theSampleInTheDocumentationCompiles() throws IOException {
    String source =
        Files.readString(Path.of("src/main/java/dev/tidings/client/TidingsClient.java"));
    String documented =
        source
            .lines()
            .dropWhile(line -> !line.equals("/// ```java"))
            .skip(1)
            .takeWhile(line -> !line.equals("/// ```"))
            .map(line -> line.substring(3).strip())
            .collect(Collectors.joining(" "));
    String compiled =
        Files.readString(Path.of("src/test/java/dev/tidings/client/FirstStepsTest.java"))
            .lines()
            .map(String::strip)
            .collect(Collectors.joining(" "));

    assertThat(documented).isNotEmpty();
    assertThat(compiled).contains(documented);
  }
}
