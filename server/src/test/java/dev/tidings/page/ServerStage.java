package dev.tidings.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tidings.Ran;
import dev.tidings.Server;
import dev.tidings.config.ConversationSettings;
import dev.tidings.config.Network;
import dev.tidings.config.ServerSettings;
import dev.tidings.engine.Level;
import dev.tidings.running.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A server in development mode on real sockets, with real shells beside it.
final class ServerStage implements Stage, AutoCloseable {
  private static final int PATIENCE_SECONDS = 20;
  private static final String END = "\u0004";

  private record Shell(Optional<Process> process, LinkedBlockingQueue<String> lines) {}

  private final Path data;
  private final Server server;
  private final int drainSeconds;
  private final Map<String, Wire> wires = new HashMap<>();
  private final Map<String, Shell> shells = new HashMap<>();
  private final List<Process> running = new ArrayList<>();

  ServerStage(Path data, ServeOptions options) throws IOException {
    this.data = data;
    this.drainSeconds = Integer.parseInt(options.text("drain"));
    this.server =
        new Server(
            new ServerSettings(
                ServerSettings.address("127.0.0.1", 0),
                data,
                /* key= */ "",
                Level.DISK,
                /* rateLimits= */ true,
                options.list("keep-topics"),
                /* lanes= */ 2,
                ConversationSettings.parse(
                        options.list("retention"),
                        options.list("channels"),
                        options.list("topic-policies"))
                    .withSearch(options.text("search").equals("on")),
                Network.DEFAULTS
                    .withDrain(drainSeconds)
                    .withRelay(ServerSettings.address("127.0.0.1", 0)),
                Optional.empty()));
  }

  String key() {
    return server.key();
  }

  @Override
  public void opens(String who, boolean relay) {
    wires.put(who, Wire.to(relay ? server.relayAddress().orElseThrow() : server.address()));
  }

  @Override
  public String auth(String who) {
    return who.equals("server")
        ? "{\"op\":\"auth\",\"token\":\"" + server.key() + "\"}"
        : "{\"op\":\"auth\",\"user\":\"" + who.replaceFirst("-.*", "") + "\"}";
  }

  @Override
  public void says(String who, String line) {
    wire(who).write(line + "\n");
  }

  private Wire wire(String who) {
    return Objects.requireNonNull(wires.get(who), who + " is not connected");
  }

  @Override
  public String hears(String who) {
    Shell shell = shells.get(who);
    if (shell == null) {
      return wire(who).line();
    }
    try {
      String line = shell.lines().poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (line == null || line.equals(END)) {
        shell.lines().add(END);
        throw new AssertionError("nothing more is printed");
      }
      return line;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void ended(String who, int code) {
    wire(who).assertEnds(); // on a line only `bye` has the code
  }

  @Override
  public void runs(String who, String command) {
    if (command.startsWith("./tidings ")) {
      LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();
      output(command).lines().forEach(lines::add);
      lines.add(END);
      shells.put(who, new Shell(Optional.empty(), lines));
      return;
    }
    String here =
        command
            .replace("localhost:8080", "127.0.0.1:" + server.address().getPort())
            .replaceAll("\\bcurl ", "curl -sS ");
    try {
      ProcessBuilder builder = new ProcessBuilder("sh", "-c", here).redirectErrorStream(true);
      builder.environment().put("KEY", server.key());
      Process process = builder.start();
      running.add(process);
      LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();
      shells.put(who, new Shell(Optional.of(process), lines));
      Thread.ofVirtual()
          .start(() -> {
            try {
              process.inputReader().lines().filter(line -> !line.isBlank()).forEach(lines::add);
            } catch (UncheckedIOException e) {
              // it was ended
            }
            lines.add(END);
          });
      boolean waits = command.contains("curl -N ") || command.contains("wait=");
      if (!waits && !process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("does not come to an end: " + here);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String output(String command) {
    List<String> words = new ArrayList<>(ServeOptions.words(command));
    assertThat(words.removeFirst()).isEqualTo("./tidings");
    words.addAll(List.of("--data", data.toString()));
    if (words.getFirst().equals("admin")) {
      words.addAll(List.of("--server", "http://127.0.0.1:" + server.address().getPort()));
    }
    Ran ran = Ran.of(words.toArray(String[]::new));
    assertThat(ran.code()).as(ran.err()).isZero();
    return ran.out().strip(); // the log goes elsewhere
  }

  @Override
  public void leaves(String who) {
    Shell shell = shells.remove(who);
    if (shell != null) {
      shell.process().ifPresent(Process::destroy);
      return;
    }
    Wire wire = wire(who);
    wire.endOurSide();
    wire.readToEnd(); // the server has noticed, and ends its side
    wire.close();
  }

  @Override
  public void readsNoFurther(String who) {
    throw new AssertionError("only where time is virtual");
  }

  @Override
  public void readsOn(String who) {
    throw new AssertionError("only where time is virtual");
  }

  @Override
  public void waits(long seconds) {
    throw new AssertionError("only where time is virtual");
  }

  @Override
  public void end() {
    Thread.ofPlatform().start(server::close);
  }

  @Override
  public void until(Attempt attempt) {
    await().atMost(Duration.ofSeconds(PATIENCE_SECONDS)).until(attempt::succeeds);
  }

  @Override
  public void close() {
    running.forEach(Process::destroyForcibly);
    wires.values().forEach(Wire::close);
    server.close();
  }
}
