package dev.tidings.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidings.Checkout;
import dev.tidings.simulation.SimulatedStage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Plays every example of docs/protocol.md on a server: on real sockets, and where time has to pass
/// in the simulation.
class ExamplesTest {
  private static final String PAGE = page();
  private static final ServeOptions OPTIONS = ServeOptions.of(PAGE);

  private static String page() {
    try {
      return Files.readString(Checkout.root().resolve("docs/protocol.md"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<Scene> scenes() {
    return Scene.of(PAGE);
  }

  @ParameterizedTest
  @MethodSource("scenes")
  void theServerSaysWhatThePageSays(Scene scene, @TempDir Path data) throws IOException {
    play(scene, data);
  }

  private static void play(Scene scene, Path data) throws IOException {
    if (scene.needsTime()) {
      SimulatedStage.play(OPTIONS, stage -> Performance.play(scene, stage, Map.of()));
      return;
    }
    try (ServerStage stage = new ServerStage(data, OPTIONS)) {
      Performance.play(scene, stage, Map.of("KEY", stage.key()));
    }
  }

  /// A guard that cannot fail guards nothing: the same scenes with one thing wrong.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "1. In two lines | \"seq\":2,\"from\":\"bob\",\"data\":\"hello\" | \"seq\":2,\"from\":\"bob\",\"data\":\"hallo\"",
        "1. In two lines | \"data\":\"hello\",\"ts\":1767225600456 | \"data\":\"hello\",\"ts\":1767225600001",
        "1. In two lines | \"data\":\"hello\",\"ts\":1767225600456 | \"data\":\"hello\"",
        "5. Sending | \"level\":\"disk\",\"dup\":true | \"level\":\"disk\"",
        "5. Sending | `\"epoch\":\"k3f9zq\",\"seq\":4,` | `\"epoch\":\"another\",\"seq\":4,`",
        "5. Sending | \"code\":\"too_late\" | \"code\":\"forbidden\"",
        "Heartbeat | 4003 | 4000",
      })
  void anotherAnswerThanThatOfThePageIsNoticed(
      String title, String right, String wrong, @TempDir Path data) {
    assertThat(PAGE).contains(right);
    Scene scene =
        Scene.of(PAGE.replace(right, wrong)).stream()
            .filter(each -> each.title().equals(title))
            .findFirst()
            .orElseThrow();
    assertThatThrownBy(() -> play(scene, data))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("docs/protocol.md:");
  }

  @Test
  void whatThePageMayNotLeaveOutIsNoticed(@TempDir Path data) {
    Scene scene =
        Scene.of(
                """
                # Silence
                ```
                alice > {"op":"send","to":"g:nowhere","data":1}
                ```
                """)
            .getFirst();
    assertThatThrownBy(() -> play(scene, data))
        .hasMessageContaining("the page leaves out")
        .hasMessageContaining("not_found");
  }

  @Test
  void whatIsNoExampleIsNoticed() {
    assertThatThrownBy(() -> Scene.of("```\nalice: hi\n```"))
        .hasMessageContaining("docs/protocol.md:2");
  }
}
