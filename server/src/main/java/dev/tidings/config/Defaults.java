package dev.tidings.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/// What an option is when the command line does not say: the environment (`--no-rate-limits` is
/// `TIDINGS_NO_RATE_LIMITS`), then the file that `--config` names (`no-rate-limits`), then its
/// built-in default. One table of options serves all three.
public final class Defaults implements IDefaultValueProvider {
  private static final String PREFIX = "TIDINGS_";

  private final Map<String, String> environment;
  private final Map<String, Object> file;

  private Defaults(Map<String, String> environment, Map<String, Object> file) {
    this.environment = environment;
    this.file = file;
  }

  /// @param args the command line, searched for `--config`
  /// @throws ServerSettings.Refused if the file cannot be read
  public static Defaults of(List<String> args, Map<String, String> environment) {
    Optional<String> named = named(args);
    String path = named.orElse(environment.getOrDefault(PREFIX + "CONFIG", ""));
    return new Defaults(environment, path.isEmpty() ? Map.of() : ConfigFile.read(Path.of(path)));
  }

  private static Optional<String> named(List<String> args) {
    for (int i = 0; i < args.size(); i++) {
      if (args.get(i).startsWith("--config=")) {
        return Optional.of(args.get(i).substring("--config=".length()));
      }
      if (args.get(i).equals("--config") && i + 1 < args.size()) {
        return Optional.of(args.get(i + 1));
      }
    }
    return Optional.empty();
  }

  /// Refuses a file with words that are no options, for a misspelt limit must not go unnoticed.
  ///
  /// @param options all option names without dashes
  public void refuseUnknown(List<String> options) {
    for (String key : file.keySet()) {
      if (!options.contains(key)) {
        throw new ServerSettings.Refused(
            "the file of --config has '" + key + "', which is no option of serve");
      }
    }
  }

  @Override
  public @Nullable String defaultValue(ArgSpec arg) {
    if (!(arg instanceof OptionSpec option)) {
      return null;
    }
    String name = option.longestName().replaceFirst("^--", "");
    String variable = PREFIX + name.toUpperCase(Locale.ROOT).replace('-', '_');
    String fromEnvironment = environment.get(variable);
    return fromEnvironment != null ? fromEnvironment : fromFile(name);
  }

  private @Nullable String fromFile(String name) {
    Object value = file.get(name);
    if (value instanceof List<?> several) {
      return several.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
    return value == null ? null : String.valueOf(value);
  }
}
