package dev.tidings.bench.load;

import dev.tidings.bench.process.BenchFailure;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// `tidings bench`: loads a server and says what it did.
@Command(
    name = "tidings bench",
    description =
        "Loads a Tidings server and says what it did: rates, latencies, what was lost or came"
            + " twice, and what it cost.",
    subcommands = {
      Fanout.class,
      Rooms.class,
      Private.class,
      Idle.class,
      Durable.class,
      Storm.class
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Nothing lost, nothing twice and all in order: exit code 0; else 1. Misused: 2.",
      "The server runs where you say (--url), or is started for the run (--start)."
    })
public final class LoadCommand {
  private final Map<String, Supplier<Dialect>> peers;

  private LoadCommand(Map<String, Supplier<Dialect>> peers) {
    this.peers = peers;
  }

  /// Runs one command.
  ///
  /// @param peers languages of other servers, for `--dialect`, by name
  /// @return its exit code
  public static int run(Map<String, Supplier<Dialect>> peers, String... args) {
    CommandLine commands = new CommandLine(new LoadCommand(Map.copyOf(peers)));
    commands.setOverwrittenOptionsAllowed(true); // the last one counts: bench/run sets some first
    commands.setExecutionExceptionHandler((failure, command, parsed) -> {
      if (failure instanceof BenchFailure) {
        command.getErr().println("tidings bench: " + failure.getMessage());
        return 1;
      }
      throw failure;
    });
    if (args.length == 0) {
      commands.usage(commands.getErr());
      return CommandLine.ExitCode.USAGE;
    }
    return commands.execute(args);
  }

  /// @return the dialect of a peer
  Dialect peer(String name) {
    Supplier<Dialect> peer = peers.get(name);
    if (peer == null) {
      throw new BenchFailure("--dialect " + name + ": none of tidings, " + peers.keySet());
    }
    return peer.get();
  }
}
