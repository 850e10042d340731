package dev.tidings.testbed.redis;

import dev.tidings.testbed.TestbedFailure;
import dev.tidings.testbed.process.Owned;
import dev.tidings.testbed.process.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// One Redis in a process of its own, on a port that it keeps over restarts.
///
/// Its folder holds redis.conf and what it writes; closing kills it and deletes the folder. Called
/// by the test's thread.
public final class RedisProcess implements AutoCloseable {
  private static final int TRIES_MAX = 5;

  /// What the program is to be, and what it says once it can be used.
  private record Kind(Pattern ready, List<String> options) {
    static final Kind REDIS = new Kind(Pattern.compile("Ready to accept connections"), List.of());
    static final Kind SENTINEL = new Kind(Pattern.compile("\\+monitor "), List.of("--sentinel"));
  }

  private final Kind kind;
  private final RedisSettings settings;
  private final Path folder;
  private final int port;
  private Owned process;

  private RedisProcess(Kind kind, RedisSettings settings, Path folder, int port, Owned process) {
    this.kind = kind;
    this.settings = settings;
    this.folder = folder;
    this.port = port;
    this.process = process;
  }

  /// Starts one on a free port; it answers when this returns.
  public static RedisProcess start(RedisSettings settings) {
    return start(Kind.REDIS, settings);
  }

  /// Starts a Sentinel with what `settings` say.
  static RedisProcess startSentinel(RedisSettings settings) {
    return start(Kind.SENTINEL, settings);
  }

  private static RedisProcess start(Kind kind, RedisSettings settings) {
    for (int i = 0; i < TRIES_MAX; i++) {
      int port = Ports.free();
      Path folder = newFolder();
      write(folder, settings.text(port, folder));
      Owned process = launch(kind, folder);
      if (process.awaitReady()) {
        return new RedisProcess(kind, settings, folder, port, process);
      }
      delete(folder);
      boolean taken = process.lastWords().stream().anyMatch(line -> line.contains("in use"));
      if (!taken) {
        throw new TestbedFailure("Redis did not start: " + process.lastWords());
      }
    }
    throw new TestbedFailure("every port was taken by somebody else");
  }

  private static Owned launch(Kind kind, Path folder) {
    RedisPrograms programs = RedisPrograms.find();
    ProcessBuilder builder = programs.command(programs.server(), configuration(folder).toString());
    builder.command().addAll(kind.options);
    return Owned.start(builder, kind.ready);
  }

  private static Path configuration(Path folder) {
    return folder.resolve("redis.conf");
  }

  static Path newFolder() {
    try {
      return Files.createTempDirectory("redis");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Path folder, String text) {
    try {
      Files.writeString(configuration(folder), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return port;
  }

  public InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  /// `redis://127.0.0.1:…`, with the user and his password where it wants one; `rediss` inside TLS.
  public String uri() {
    return uri(port);
  }

  /// As [#uri()] of somebody in between, who passes on what is said.
  public String uri(int otherPort) {
    String host = settings.tls().isPresent() ? "localhost" : "127.0.0.1";
    return (settings.tls().isPresent() ? "rediss" : "redis")
        + "://"
        + settings.userInfo()
        + host
        + ":"
        + otherPort;
  }

  /// Where it writes.
  public Path folder() {
    return folder;
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /// The last lines of its log, oldest first.
  public List<String> log() {
    return process.lastWords();
  }

  /// Connects, and logs in where that is needed.
  public RedisConnection connect() {
    RedisConnection connection = RedisConnection.to(address(), settings.trusting());
    settings.login().ifPresent(login -> connection.text("AUTH", login.user(), login.password()));
    return connection;
  }

  /// Asks one thing over a connection of its own.
  public RedisReply ask(String... command) {
    try (RedisConnection connection = connect()) {
      return connection.ask(command);
    }
  }

  /// Changes a setting while it runs: `CONFIG SET`. A restart forgets it.
  public void configure(String directive, String value) {
    ask("CONFIG", "SET", directive, value);
  }

  /// SIGSTOP: it is frozen, connections stay open and even new ones are taken, and nothing is
  /// answered.
  public void pause() {
    process.pause();
  }

  /// It goes on as if nothing had happened.
  public void resume() {
    process.resume();
  }

  /// SIGKILL; returns when it is gone. Its folder stays.
  public void kill() {
    process.kill();
  }

  /// SIGTERM: it saves what it is to save and goes; returns when it is gone.
  public void stop() {
    process.terminate();
  }

  /// Starts it again on the same port with what is in its folder, after a [#kill()] or [#stop()];
  /// it answers when this returns.
  public void start() {
    if (process.isAlive()) {
      throw new TestbedFailure("Redis still runs on port " + port);
    }
    process = launch(kind, folder);
    if (!process.awaitReady()) {
      throw new TestbedFailure("Redis did not start again: " + process.lastWords());
    }
  }

  /// As [#start()], but with nothing: all that it kept is deleted, its settings are those of the
  /// beginning.
  public void startEmpty() {
    delete(folder);
    try {
      Files.createDirectory(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    write(folder, settings.text(port, folder));
    start();
  }

  /// Harmless when repeated.
  @Override
  public void close() {
    process.close();
    if (Files.isDirectory(folder)) {
      delete(folder);
    }
  }
}
