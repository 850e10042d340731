package dev.tidings.bench;

import dev.tidings.bench.compare.Compare;
import dev.tidings.bench.process.BenchFailure;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// `bench/run`: measures a server that it starts itself.
@Command(
    name = "bench/run",
    description = "Starts a server as a user would, on one core, and measures it from another.",
    subcommands = {
      Startup.class,
      Restart.class,
      Sync.class,
      BigGroup.class,
      Slow.class,
      Nodes.class,
      Rolling.class,
      Compare.class
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Also: durable, idle: as ./tidings bench, with a server started on a core of its own and the",
      "figures appended to bench/results. jmh: micro-benchmarks. load: ./tidings bench itself."
    })
final class Bench {
  private Bench() {}

  public static void main(String[] args) {
    CommandLine commands = new CommandLine(new Bench());
    commands.setExecutionExceptionHandler((failure, command, parsed) -> {
      if (failure instanceof BenchFailure) {
        command.getErr().println("bench: " + failure.getMessage());
      } else {
        failure.printStackTrace(command.getErr());
      }
      return 1;
    });
    System.exit(commands.execute(args));
  }
}
