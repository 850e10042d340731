package dev.tidings.bench.load;

import dev.tidings.bench.process.BenchFailure;
import dev.tidings.bench.process.Scratch;
import dev.tidings.bench.process.ServerProcess;
import dev.tidings.bench.process.Watched;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// The server of a run, there already or started for it, and who we are to it.
final class Site implements AutoCloseable {
  private static final Duration START_MAX = Duration.ofSeconds(60);
  private static final int TRY_MILLIS = 5_000;

  private final Target target;
  private final Watched server;
  private final String run = SiteOptions.newRun();
  private final Identities identities;
  private final @Nullable Scratch scratch;
  private final @Nullable ServerProcess process;

  private Site(
      SiteOptions options,
      Target target,
      Watched server,
      @Nullable Scratch scratch,
      @Nullable ServerProcess process) {
    this.target = target;
    this.server = server;
    this.identities = options.identities(run);
    this.scratch = scratch;
    this.process = process;
  }

  /// @throws BenchFailure if there is no server
  static Site open(SiteOptions options) {
    if (options.start) {
      return started(options);
    }
    Target target = Target.of(options.url);
    try (Socket socket = new Socket()) {
      socket.connect(target.address(), TRY_MILLIS);
    } catch (IOException e) {
      throw new BenchFailure(
          "nobody answers at %s (%s). Start a server (./tidings serve --no-rate-limits), say where"
                  .formatted(options.url, e.getMessage())
              + " it is (--url), or let one be started (--start).",
          e);
    }
    return new Site(options, target, watched(options, target), null, null);
  }

  private static Watched watched(SiteOptions options, Target target) {
    if (options.serverPids.equals(List.of(0L))) {
      return Watched.NONE;
    }
    if (!options.serverPids.isEmpty()) {
      return Watched.of(options.serverPids);
    }
    return target.isLocal() ? Watched.listeningOn(target.address().getPort()) : Watched.NONE;
  }

  private static Site started(SiteOptions options) {
    List<String> serve = new ArrayList<>(List.of("--no-rate-limits"));
    if (!options.key.isEmpty()) {
      serve.add("--key=" + options.key);
    }
    serve.addAll(options.serve);
    OptionalInt core =
        options.serverCore < 0 ? OptionalInt.empty() : OptionalInt.of(options.serverCore);
    Scratch scratch = Scratch.under(options.dataUnder);
    ServerProcess process =
        ServerProcess.start(
            new ServerProcess.Plan(SiteOptions.checkout(), core, serve), scratch.data());
    try {
      process.connect(START_MAX).close();
      String scheme = options.url.startsWith("tcp:") ? "tcp://localhost:" : "ws://localhost:";
      Target target = Target.of(scheme + process.port() + "/v1/ws");
      return new Site(options, target, process.watched(), scratch, process);
    } catch (BenchFailure e) {
      process.close();
      scratch.close();
      throw e;
    }
  }

  Target target() {
    return target;
  }

  Watched server() {
    return server;
  }

  /// Distinguishes what belongs to this run.
  String run() {
    return run;
  }

  Identities identities() {
    return identities;
  }

  /// Where the server that was started for the run keeps its data; `""` if none was.
  Path folder() {
    return scratch == null ? Path.of("") : scratch.folder();
  }

  @Override
  public void close() {
    if (process != null) {
      process.close();
    }
    if (scratch != null) {
      scratch.close();
    }
  }
}
