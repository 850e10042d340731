package dev.tidings.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/// `bench/run`: measures a server that it starts itself.
@Command(
    name = "bench/run",
    description = "Starts a server as a user would, on one core, and measures it from another.",
    subcommands = {Durable.class, Idle.class, Startup.class, Restart.class},
    mixinStandardHelpOptions = true)
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
