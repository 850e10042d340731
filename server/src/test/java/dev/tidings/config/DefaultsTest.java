package dev.tidings.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// An option is what the command line says, else the environment, else the file, else its built-in
/// default.
class DefaultsTest {
  @TempDir Path folder;

  @Command
  static final class Options {
    @Option(names = "--port", defaultValue = "8080")
    int port;

    @Option(names = "--keep-topics", split = ",")
    List<String> keepTopics = List.of();

    @Option(names = "--no-rate-limits", fallbackValue = "true")
    boolean noRateLimits;

    @Option(names = "--config")
    Path config = Path.of("");
  }

  private Path file(String content) throws IOException {
    return Files.writeString(folder.resolve("tidings.yaml"), content);
  }

  private static Options parsed(Map<String, String> environment, String... args) {
    Options options = new Options();
    new CommandLine(options)
        .setDefaultValueProvider(Defaults.of(List.of(args), environment))
        .parseArgs(args);
    return options;
  }

  @Test
  void theCommandLineComesBeforeTheEnvironmentAndThatBeforeTheFile() throws IOException {
    String file = file("port: 3\n").toString();
    Map<String, String> environment = Map.of("TIDINGS_PORT", "2");
    assertThat(parsed(environment, "--config", file, "--port", "1").port).isEqualTo(1);
    assertThat(parsed(environment, "--config", file).port).isEqualTo(2);
    assertThat(parsed(Map.of(), "--config", file).port).isEqualTo(3);
    assertThat(parsed(Map.of(), "--config=" + file).port).isEqualTo(3);
    assertThat(parsed(Map.of("TIDINGS_CONFIG", file)).port).isEqualTo(3);
    assertThat(parsed(Map.of()).port).isEqualTo(8080);
  }

  @Test
  void theFileNamedOnTheCommandLineComesBeforeThatOfTheEnvironment() throws IOException {
    Path other = Files.writeString(folder.resolve("other.yaml"), "port: 4\n");
    Map<String, String> environment = Map.of("TIDINGS_CONFIG", file("port: 3\n").toString());
    assertThat(parsed(environment, "--config", other.toString()).port).isEqualTo(4);
  }

  @Test
  void aFlagIsOnWhereverItIsSaid() throws IOException {
    String on = file("no-rate-limits: true\n").toString();
    assertThat(parsed(Map.of()).noRateLimits).isFalse();
    assertThat(parsed(Map.of(), "--no-rate-limits").noRateLimits).isTrue();
    assertThat(parsed(Map.of("TIDINGS_NO_RATE_LIMITS", "true")).noRateLimits).isTrue();
    assertThat(parsed(Map.of("TIDINGS_NO_RATE_LIMITS", "false")).noRateLimits).isFalse();
    assertThat(parsed(Map.of(), "--config", on).noRateLimits).isTrue();
    assertThat(parsed(Map.of("TIDINGS_NO_RATE_LIMITS", "false"), "--config", on).noRateLimits)
        .isFalse();
    // Said twice it is no less on.
    assertThat(parsed(Map.of("TIDINGS_NO_RATE_LIMITS", "true"), "--no-rate-limits").noRateLimits)
        .isTrue();
    assertThat(parsed(Map.of(), "--config", on, "--no-rate-limits").noRateLimits).isTrue();
  }

  @Test
  void aListMayStandAsOneOrWithCommas() throws IOException {
    String list = file("keep-topics:\n  - news.*\n  - alerts\n").toString();
    assertThat(parsed(Map.of(), "--config", list).keepTopics).containsExactly("news.*", "alerts");
    assertThat(parsed(Map.of("TIDINGS_KEEP_TOPICS", "a,b")).keepTopics).containsExactly("a", "b");
  }

  @Test
  void anEmptyFileSaysNothing() throws IOException {
    assertThat(parsed(Map.of(), "--config", file("# nothing\n").toString()).port).isEqualTo(8080);
  }

  @Test
  void aWordThatIsNoOptionIsRefused() throws IOException {
    Defaults defaults = Defaults.of(List.of("--config", file("prot: 1\n").toString()), Map.of());
    assertThatThrownBy(() -> defaults.refuseUnknown(List.of("port")))
        .isInstanceOf(ServerSettings.Refused.class)
        .hasMessageContaining("'prot'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "- 1\n- 2\n",
        "just text\n",
        "port: [1\n",
        "\tport: 1\n",
        "port:\n  a: 1\n",
        "port: 1\nport: 2\n"
      })
  void aFileThatIsNoTableOfOptionsIsRefused(String content) throws IOException {
    String file = file(content).toString();
    assertThatThrownBy(() -> Defaults.of(List.of("--config", file), Map.of()))
        .isInstanceOf(ServerSettings.Refused.class)
        .hasMessageContaining("--config " + file);
  }

  @Test
  void aFileThatIsNotThereIsRefused() {
    String file = folder.resolve("nowhere.yaml").toString();
    assertThatThrownBy(() -> Defaults.of(List.of("--config", file), Map.of()))
        .isInstanceOf(ServerSettings.Refused.class)
        .hasMessageContaining(file);
  }

  @ParameterizedTest
  @CsvSource({"port: null", "port:"})
  void anOptionWithoutValueIsRefused(String content) throws IOException {
    String file = file(content + "\n").toString();
    assertThatThrownBy(() -> Defaults.of(List.of("--config", file), Map.of()))
        .isInstanceOf(ServerSettings.Refused.class)
        .hasMessageContaining("'port'");
  }
}
