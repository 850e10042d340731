package dev.tidings.testbed.drive;

import dev.tidings.testbed.TestbedFailure;
import dev.tidings.testbed.process.Owned;
import dev.tidings.testbed.process.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Several nodes of one server, in processes of their own. Each node keeps its port over restarts,
/// so clients may know the addresses of all.
///
/// Closing kills all of them and deletes what they wrote; harmless when repeated. Called by any
/// thread, but no node by two at once.
public final class Nodes implements AutoCloseable {
  private static final Pattern READY = Pattern.compile("Tidings answers on port ");

  /// What may be told to a node beside its arguments: options of its virtual machine.
  private static final String JAVA_OPTIONS = "TIDINGS_JAVA_OPTS";

  private static final Duration ANSWER = Duration.ofSeconds(2);
  private static final int OK = 200;

  private final HttpClient http = HttpClient.newHttpClient();
  private final List<String> launcher;
  private final List<String> redis;
  private final IntFunction<List<String>> options;
  private final Path folder = newFolder();
  private final List<Integer> ports = new ArrayList<>();
  private final List<Owned> processes = new ArrayList<>();
  private volatile boolean closed;

  private Nodes(List<String> launcher, List<String> redis, IntFunction<List<String>> options) {
    this.launcher = List.copyOf(launcher);
    this.redis = List.copyOf(redis);
    this.options = options;
  }

  /// Starts a node for each way to Redis; all of them answer when this returns.
  ///
  /// @param launcher the words of a command that stand before `serve`
  /// @param redis URIs of one Redis, which the caller has started, as each node knows it
  /// @param options of `serve` for the node of a number, beside its port, its folder and Redis
  /// @throws TestbedFailure if a node does not start
  public static Nodes start(
      List<String> launcher, List<String> redis, IntFunction<List<String>> options) {
    Nodes nodes = new Nodes(launcher, redis, options);
    try {
      for (int i = 0; i < redis.size(); i++) {
        nodes.ports.add(Ports.free());
        nodes.processes.add(nodes.launch(i));
      }
      for (int i = 0; i < redis.size(); i++) {
        nodes.awaitReady(i);
      }
      return nodes;
    } catch (RuntimeException e) {
      nodes.close();
      throw e;
    }
  }

  private Owned launch(int node) {
    List<String> command = new ArrayList<>(launcher);
    command.addAll(List.of("serve", "--port", String.valueOf(ports.get(node))));
    command.addAll(List.of("--data", folder.resolve("node-" + node).toString()));
    command.addAll(List.of("--redis", redis.get(node)));
    command.addAll(options.apply(node));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.startsWith("TIDINGS_") && !name.equals(JAVA_OPTIONS));
    return Owned.start(builder, READY);
  }

  private void awaitReady(int node) {
    if (!processes.get(node).awaitReady()) {
      throw new TestbedFailure(
          "node " + node + " did not start: " + processes.get(node).lastWords());
    }
  }

  public int count() {
    return processes.size();
  }

  /// Where the nodes are found by lines of JSON, in their order.
  public List<URI> lines() {
    return ports.stream().map(port -> URI.create("tcp://127.0.0.1:" + port)).toList();
  }

  /// Where the nodes are found by WebSocket, in their order.
  public List<URI> webSockets() {
    return ports.stream().map(port -> URI.create("ws://127.0.0.1:" + port + "/v1/ws")).toList();
  }

  /// Whether a node says that it is ready for clients.
  public boolean isReady(int node) {
    URI uri = URI.create("http://127.0.0.1:" + ports.get(node) + "/readyz");
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(ANSWER).build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == OK;
    } catch (IOException e) {
      return false; // it is frozen, or not there
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TestbedFailure("interrupted", e);
    }
  }

  public long pid(int node) {
    return processes.get(node).pid();
  }

  /// The last lines that a node said, oldest first.
  public List<String> said(int node) {
    return processes.get(node).lastWords();
  }

  /// SIGSTOP: it does nothing any more, and its connections stay open.
  public void pause(int node) {
    processes.get(node).pause();
  }

  /// SIGCONT: it goes on, and knows nothing of the time in between.
  public void resume(int node) {
    processes.get(node).resume();
  }

  /// SIGTERM; returns when it is gone.
  public void terminate(int node) {
    processes.get(node).terminate();
  }

  /// SIGKILL; returns when it is gone.
  public void kill(int node) {
    processes.get(node).kill();
  }

  /// Starts it again on its port, after [#terminate(int)] or [#kill(int)]; it answers when this
  /// returns.
  public void start(int node) {
    if (!closed) {
      processes.set(node, launch(node));
      awaitReady(node);
    }
  }

  @Override
  public void close() {
    closed = true;
    List.copyOf(processes).forEach(Owned::close);
    http.close();
    if (Files.isDirectory(folder)) {
      delete(folder);
    }
  }

  private static Path newFolder() {
    try {
      return Files.createTempDirectory("nodes");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
