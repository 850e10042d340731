package dev.tidings.bench.compare;

import dev.tidings.bench.process.BenchFailure;
import dev.tidings.bench.process.Scratch;
import dev.tidings.bench.process.ServerProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// A contender that runs, pinned to its cores, on a port and with a folder of its own. Every
/// launcher becomes the server, so the process started here is the one that is measured.
final class Running implements AutoCloseable {
  private static final Duration START_MAX = Duration.ofSeconds(60);
  private static final Duration END_MAX = Duration.ofSeconds(10);
  private static final long TRY_AGAIN_NANOS = 20_000_000;
  private static final int LOG_LINES_SHOWN = 15;

  private final Process process;
  private final int port;
  private final Path log;
  private final Scratch scratch;
  private final String command;
  private final Thread lastResort;

  private Running(Process process, int port, Path log, Scratch scratch, String command) {
    this.process = process;
    this.port = port;
    this.log = log;
    this.scratch = scratch;
    this.command = command;
    this.lastResort = Thread.ofPlatform().unstarted(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(lastResort);
  }

  /// Starts it and returns when it accepts connections.
  ///
  /// @param cores as `taskset` wants them; empty: any
  /// @param under where its folder is made
  /// @throws BenchFailure if it does not
  static Running start(Contender contender, Path checkout, String cores, Path under) {
    Scratch scratch = Scratch.under(under);
    Path folder = scratch.folder().resolve(contender.dialect());
    int port = ServerProcess.freePort();
    List<String> command = new ArrayList<>();
    if (!cores.isEmpty()) {
      command.addAll(List.of("taskset", "-c", cores));
    }
    command.addAll(contender.command(checkout, port, folder));
    String shown =
        String.join(" ", command)
            .replace(folder.toString(), "FOLDER")
            .replace(checkout.toString(), ".")
            .replace(Integer.toString(port), "PORT");
    Path log = scratch.folder().resolve("server.log");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.to(log.toFile()));
    builder.environment().keySet().removeIf(Running::isOption);
    try {
      Files.createDirectory(folder);
      Running running = new Running(builder.start(), port, log, scratch, shown);
      try {
        running.awaitAccepting();
      } catch (BenchFailure e) {
        running.close();
        throw e;
      }
      return running;
    } catch (IOException e) {
      throw new BenchFailure("cannot start " + shown + ": " + e.getMessage(), e);
    }
  }

  /// Of Tidings, and would make it another one than a user gets; those for its virtual machine
  /// stay.
  private static boolean isOption(String variable) {
    return variable.startsWith("TIDINGS_") && !variable.equals("TIDINGS_JAVA_OPTS");
  }

  private void awaitAccepting() {
    long endNanos = System.nanoTime() + START_MAX.toNanos();
    while (System.nanoTime() < endNanos) {
      if (!process.isAlive()) {
        throw new BenchFailure("the server ended:\n" + lastWords());
      }
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return;
      } catch (IOException e) {
        LockSupport.parkNanos(TRY_AGAIN_NANOS);
      }
    }
    throw new BenchFailure("the server accepts no connection:\n" + lastWords());
  }

  int port() {
    return port;
  }

  long pid() {
    return process.pid();
  }

  /// What it was started with, without the paths of this machine.
  String command() {
    return command;
  }

  /// How many files and sockets it has open.
  long openFiles() {
    try (Stream<Path> files = Files.list(Path.of("/proc", Long.toString(pid()), "fd"))) {
      return files.count();
    } catch (IOException e) {
      throw new BenchFailure("the server ended:\n" + lastWords(), e);
    }
  }

  private String lastWords() {
    try {
      List<String> lines = Files.readAllLines(log);
      return String.join(
          "\n", lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size()));
    } catch (IOException e) {
      return "(no log: " + e.getMessage() + ")";
    }
  }

  /// Asks it to end, makes it after a while, and removes what it left.
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(END_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().removeShutdownHook(lastResort);
    scratch.close();
  }
}
