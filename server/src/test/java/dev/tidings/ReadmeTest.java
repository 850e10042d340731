package dev.tidings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.config.Defaults;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.OptionSpec;

/// Keeps the tables of the README and the command line in agreement.
class ReadmeTest {
  private static final Pattern OPTION =
      Pattern.compile("\\| `(--[a-z-]+)` \\| `(TIDINGS_[A-Z_]+)` \\| ([^|]*)\\| .+ \\|");
  private static final Pattern COMMAND =
      Pattern.compile("\\| `\\./tidings ([a-z-]+)[^|]*` \\| .+ \\|");

  private record Row(String option, String environment, String builtIn) {}

  @Test
  void optionsOfServeAreThoseOfTheReadme() throws IOException {
    List<Row> written =
        OPTION
            .matcher(readme())
            .results()
            .map(row -> new Row(row.group(1), row.group(2), row.group(3).strip()))
            .toList();
    List<Row> known =
        new CommandLine(new Serve())
            .getCommandSpec().options().stream()
                .filter(option -> !option.usageHelp() && !option.versionHelp())
                .map(option -> new Row(option.longestName(), variableOf(option), builtInOf(option)))
                .toList();
    assertThat(written).containsExactlyInAnyOrderElementsOf(known);
  }

  private static String variableOf(OptionSpec option) {
    String variable =
        "TIDINGS_" + option.longestName().substring(2).toUpperCase(Locale.ROOT).replace('-', '_');
    Defaults set = Defaults.of(List.of(), Map.of(variable, ""));
    return set.defaultValue(option) == null ? "" : variable;
  }

  private static String builtInOf(OptionSpec option) {
    if (option.arity().max() == 0) {
      return "false";
    }
    return option.defaultValue() == null ? "" : option.defaultValue();
  }

  @Test
  void commandsAreThoseOfTheReadme() throws IOException {
    Stream<String> known =
        Arrays.stream(Main.class.getAnnotation(Command.class).subcommands())
            .map(command -> command.getAnnotation(Command.class).name());
    // The last two are the launcher's: they start a module that does not ship.
    assertThat(Files.readString(Checkout.root().resolve("tidings")))
        .contains("\n  bench)", "\n  cluster-demo)");
    assertThat(COMMAND.matcher(readme()).results().map(row -> row.group(1)))
        .containsExactlyElementsOf(
            Stream.concat(known, Stream.of("bench", "cluster-demo")).toList());
  }

  private static String readme() throws IOException {
    return Files.readString(Checkout.root().resolve("README.md"));
  }
}
