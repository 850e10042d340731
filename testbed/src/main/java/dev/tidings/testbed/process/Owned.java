package dev.tidings.testbed.process;

import dev.tidings.testbed.TestbedFailure;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// A process of ours: what it says is read, its last lines are kept, it can be frozen and killed,
/// and it does not outlive us ([Warden]).
///
/// Called by any thread.
public final class Owned implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /// So much of what it said last is remembered.
  private static final int LINES_MAX = 200;

  private final Process process;
  private final Deque<String> said = new ArrayDeque<>();
  private final CountDownLatch readyOrEnded = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean ready;

  private Owned(Process process) {
    this.process = process;
  }

  /// Starts a program.
  ///
  /// @param ready what it says in a line once it can be used
  public static Owned start(ProcessBuilder builder, Pattern ready) {
    try {
      Process process = Warden.watch(builder.redirectErrorStream(true).start());
      Owned owned = new Owned(process);
      Thread.ofVirtual().name("words of " + process.pid()).start(() -> owned.listen(ready));
      return owned;
    } catch (IOException e) {
      throw new TestbedFailure("cannot start " + builder.command().getFirst(), e);
    }
  }

  private void listen(Pattern sign) {
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        hear(line);
        if (sign.matcher(line).find()) {
          ready = true;
          readyOrEnded.countDown();
        }
      }
    } catch (IOException e) {
      hear("(" + e.getMessage() + ")"); // the pipe of one that was killed may break
    }
    readyOrEnded.countDown();
    ended.countDown();
  }

  private void hear(String line) {
    synchronized (said) {
      if (said.size() == LINES_MAX) {
        said.removeFirst();
      }
      said.addLast(line);
    }
  }

  /// Waits until it can be used; `false` if it ended instead.
  public boolean awaitReady() {
    await(readyOrEnded, "ready");
    return ready;
  }

  private void await(CountDownLatch latch, String what) {
    try {
      if (!latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new TestbedFailure("not " + what + " within " + PATIENCE + ": " + lastWords());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TestbedFailure("interrupted", e);
    }
  }

  /// The last lines it said, oldest first.
  public List<String> lastWords() {
    synchronized (said) {
      return List.copyOf(said);
    }
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /// SIGSTOP: it does nothing any more, and its sockets stay open. Returns once it stands still.
  public void pause() {
    signal("STOP");
    Until.holds("process " + pid() + " stands still", PATIENCE, () -> state() == 'T');
  }

  /// SIGCONT.
  public void resume() {
    signal("CONT");
    Until.holds("process " + pid() + " goes on", PATIENCE, () -> state() != 'T');
  }

  private void signal(String name) {
    try {
      Process kill =
          new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid()).inheritIO().start();
      if (kill.waitFor() != 0) {
        throw new TestbedFailure("process " + process.pid() + " takes no " + name);
      }
    } catch (IOException e) {
      throw new TestbedFailure("no shell to send " + name, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TestbedFailure("interrupted", e);
    }
  }

  /// The letter that Linux gives the state of a process; `X` of one that is gone.
  private char state() {
    try {
      String line = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
      return line.charAt(line.lastIndexOf(')') + 2); // the name before it may hold anything
    } catch (NoSuchFileException e) {
      return 'X';
    } catch (IOException e) {
      throw new TestbedFailure("cannot look at process " + process.pid(), e);
    }
  }

  /// SIGTERM; returns when it is gone.
  public void terminate() {
    process.toHandle().destroy(); // by its handle: what it says last is still to be read
    awaitEnd();
  }

  /// SIGKILL; returns when it is gone. Harmless when it is.
  public void kill() {
    process.toHandle().destroyForcibly(); // by its handle, as above
    awaitEnd();
  }

  private void awaitEnd() {
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new TestbedFailure("process " + process.pid() + " does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TestbedFailure("interrupted", e);
    }
    Warden.forget(process);
    await(ended, "silent");
  }

  @Override
  public void close() {
    kill();
  }
}
