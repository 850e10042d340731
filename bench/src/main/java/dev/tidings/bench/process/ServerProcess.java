package dev.tidings.bench.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/// A server started as a user starts it: `./tidings serve`, on a port of its own.
///
/// The launcher becomes the server, so the process started here is the one that is measured. What
/// it says goes to a file beside its data. It ends with this process at the latest.
public final class ServerProcess implements AutoCloseable {
  private static final int END_SECONDS = 20;
  private static final int PORT_MIN = 10_000;
  private static final int PORT_MAX = 30_000;
  private static final int PORTS_TRIED_MAX = 100;
  private static final long TRY_AGAIN_NANOS = 500_000;
  private static final int LOG_LINES_SHOWN = 20;

  /// What may be told to the server beside its arguments: options of its virtual machine.
  private static final String JAVA_OPTIONS = "TIDINGS_JAVA_OPTS";

  private final Process process;
  private final int port;
  private final Path log;
  private final long startedNanos;
  private final Thread lastResort;

  private ServerProcess(Process process, int port, Path log, long startedNanos) {
    this.process = process;
    this.port = port;
    this.log = log;
    this.startedNanos = startedNanos;
    this.lastResort = Thread.ofPlatform().unstarted(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(lastResort);
  }

  /// How to start it.
  ///
  /// @param checkout where `./tidings` is
  /// @param core the core it is pinned to; empty: any
  /// @param options of `serve`, beside port and data
  public record Plan(Path checkout, OptionalInt core, List<String> options) {
    public Plan {
      options = List.copyOf(options);
    }

    private List<String> command(int port, Path data) {
      List<String> command = new ArrayList<>();
      core.ifPresent(core -> command.addAll(List.of("taskset", "-c", Integer.toString(core))));
      command.addAll(List.of(checkout.resolve("tidings").toString(), "serve"));
      command.addAll(List.of("--port", Integer.toString(port), "--data", data.toString()));
      command.addAll(options);
      return command;
    }
  }

  /// Starts a server; it may take a moment until it answers.
  ///
  /// @param data its folder, which may hold what an earlier one left
  public static ServerProcess start(Plan plan, Path data) {
    int port = freePort();
    List<String> command = plan.command(port, data);
    Path log = data.resolveSibling("server.log");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.startsWith("TIDINGS_") && !name.equals(JAVA_OPTIONS));
    try {
      long begin = System.nanoTime();
      return new ServerProcess(builder.start(), port, log, begin);
    } catch (IOException e) {
      throw new BenchFailure("cannot start " + command + ": " + e.getMessage(), e);
    }
  }

  /// The server is told its port, so that connecting can be tried before it says anything. Below
  /// the ports for outgoing connections: a try to connect to one of those, while nobody listens,
  /// may meet itself.
  public static int freePort() {
    for (int i = 0; i < PORTS_TRIED_MAX; i++) {
      int port = ThreadLocalRandom.current().nextInt(PORT_MIN, PORT_MAX + 1);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (IOException e) {
        // In use; another one is tried.
      }
    }
    throw new BenchFailure("no port is free between " + PORT_MIN + " and " + PORT_MAX);
  }

  public int port() {
    return port;
  }

  public InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  /// When the process was asked for, on the clock of [System#nanoTime()].
  public long startedNanos() {
    return startedNanos;
  }

  public Watched watched() {
    return new Watched(List.of(process.toHandle()));
  }

  /// Connects as soon as the server accepts.
  public LineClient connect(Duration limit) {
    long begin = System.nanoTime();
    while (System.nanoTime() - begin < limit.toNanos()) {
      if (!process.isAlive()) {
        throw new BenchFailure("the server ended:\n" + lastWords());
      }
      var client = LineClient.tryOpen(address());
      if (client.isPresent()) {
        return client.get();
      }
      LockSupport.parkNanos(TRY_AGAIN_NANOS);
    }
    throw new BenchFailure("the server accepts no connection:\n" + lastWords());
  }

  /// What it said last.
  public String lastWords() {
    try {
      List<String> lines = Files.readAllLines(log);
      return lines.stream()
          .skip(Math.max(0, lines.size() - LOG_LINES_SHOWN))
          .collect(Collectors.joining("\n"));
    } catch (IOException e) {
      return "(no log: " + e.getMessage() + ")";
    }
  }

  /// Ends it as a power cut would: SIGKILL.
  public void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  /// Asks it to end, and makes it after a while.
  @Override
  public void close() {
    process.destroy();
    if (!awaitEnd()) {
      kill();
    }
    Runtime.getRuntime().removeShutdownHook(lastResort);
  }

  private boolean awaitEnd() {
    try {
      return process.waitFor(END_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
