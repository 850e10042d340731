package dev.tidings;

import dev.tidings.config.Defaults;
import dev.tidings.config.ServerSettings;
import dev.tidings.engine.Store;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.OptionSpec;

/// The command line.
@Command(
    name = "tidings",
    description = "Message push and instant messaging: one process, one port, nothing else needed.",
    mixinStandardHelpOptions = true,
    version = "0.1.0",
    subcommands = {
      Serve.class,
      Listen.class,
      Send.class,
      Token.class,
      Admin.class,
      Export.class,
      Import.class,
      Erase.class,
      Doctor.class
    },
    footer = {
      "",
      "In a checkout also: ./tidings bench, which loads a server and says what it did, and",
      "./tidings cluster-demo, which kills one of several nodes under load."
    })
public final class Main {
  private Main() {}

  /// Runs one command and ends with its exit code: 0 done, 1 failed, 2 misused.
  public static void main(String[] args) {
    int code = run(args);
    if (code != 0) {
      System.exit(code);
    }
  }

  static int run(String... args) {
    CommandLine main = new CommandLine(new Main());
    main.setCaseInsensitiveEnumValuesAllowed(true);
    main.setExecutionExceptionHandler((failure, command, parsed) -> {
      command.getErr().println("tidings: " + inWords(failure));
      return failure instanceof ServerSettings.Refused ? 2 : 1;
    });
    try {
      Defaults defaults = Defaults.of(List.of(args), System.getenv());
      defaults.refuseUnknown(optionsOf(new CommandLine(new Serve())));
      main.getSubcommands().values().forEach(command -> command.setDefaultValueProvider(defaults));
    } catch (ServerSettings.Refused e) {
      main.getErr().println("tidings: " + e.getMessage());
      return 2;
    }
    if (args.length == 0) {
      main.usage(main.getErr());
      return 2;
    }
    return main.execute(args);
  }

  private static List<String> optionsOf(CommandLine command) {
    return command.getCommandSpec().options().stream()
        .map(OptionSpec::longestName)
        .map(name -> name.replaceFirst("^--", ""))
        .toList();
  }

  /// What an operator can act on needs no stack trace.
  private static String inWords(Exception failure) throws Exception {
    return switch (failure) {
      case ServerSettings.Refused refused -> String.valueOf(refused.getMessage());
      case Store.StoreException store -> String.valueOf(store.getMessage());
      case UncheckedIOException io -> String.valueOf(io.getMessage());
      case IOException io -> String.valueOf(io.getMessage());
      default -> throw failure;
    };
  }
}
