package dev.tidings.running;

import dev.tidings.testbed.process.Warden;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `tidings serve` in a process of its own, so that it can be killed.
public final class ServeProcess implements AutoCloseable {
  private static final Pattern PORT = Pattern.compile("Tidings answers on port (\\d+), .*");
  private static final int PATIENCE_SECONDS = 30;

  private final Process process;
  private final List<String> greeting;
  private final int port;

  private ServeProcess(Process process, List<String> greeting, int port) {
    this.process = process;
    this.greeting = greeting;
    this.port = port;
  }

  /// Starts it with these options, and returns once it answers.
  public static ServeProcess start(Path data, int port, String... options) {
    return startOther("dev.tidings.Main", data, port, options);
  }

  /// Starts another main class that takes the options of `serve` and greets as that does.
  public static ServeProcess startOther(String mainClass, Path data, int port, String... options) {
    List<String> command = new ArrayList<>(launcher(mainClass));
    command.addAll(List.of("serve", "--data", data.toString(), "--port", String.valueOf(port)));
    command.addAll(List.of(options));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("TIDINGS_"));
    try {
      Process process =
          Warden.watch(builder.redirectError(ProcessBuilder.Redirect.INHERIT).start());
      return greeted(process);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The words of a command that stand before `serve`.
  public static List<String> launcher(String mainClass) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-XX:TieredStopAtLevel=1", // it lives for seconds
        "-cp",
        System.getProperty("java.class.path"),
        mainClass);
  }

  /// Reads up to the line to paste that stands last.
  private static ServeProcess greeted(Process process) throws IOException {
    List<String> greeting = new ArrayList<>();
    int port = 0;
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    String line;
    do {
      line = out.readLine();
      if (line == null) {
        throw new EOFException("it did not start, but said " + greeting);
      }
      greeting.add(line);
      Matcher found = PORT.matcher(line);
      if (found.matches()) {
        port = Integer.parseInt(found.group(1));
      }
    } while (!line.contains("curl ") && !line.contains("./tidings token"));
    return new ServeProcess(process, greeting, port);
  }

  /// What it printed.
  public List<String> greeting() {
    return greeting;
  }

  public int port() {
    return port;
  }

  public InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  /// Where the clients connect.
  public URI lines() {
    return URI.create("tcp://127.0.0.1:" + port);
  }

  public URI webSocket() {
    return URI.create("ws://127.0.0.1:" + port + "/v1/ws");
  }

  /// SIGKILL; returns when it is gone.
  public void kill() {
    process.destroyForcibly();
    end();
  }

  /// SIGTERM; returns when it is gone, with its exit code.
  public int terminate() {
    process.destroy();
    return end();
  }

  private int end() {
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException("it did not end");
      }
      Warden.forget(process);
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    kill();
  }
}
