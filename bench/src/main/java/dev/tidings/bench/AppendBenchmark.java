package dev.tidings.bench;

import dev.tidings.base.Clock;
import dev.tidings.base.Ids;
import dev.tidings.bench.process.Scratch;
import dev.tidings.embedded.RocksStore;
import dev.tidings.engine.Answer;
import dev.tidings.engine.Change;
import dev.tidings.engine.ConversationId;
import dev.tidings.engine.Engine;
import dev.tidings.engine.EngineLimits;
import dev.tidings.engine.Level;
import dev.tidings.engine.LogEngine;
import dev.tidings.engine.MemoryStore;
import dev.tidings.engine.Store;
import dev.tidings.engine.Ticket;
import dev.tidings.protocol.Payload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// What the writer's turn costs, without sockets: private messages of 96 bytes, each with a `cid`,
/// decided, kept and answered in batches. The result is the time of one message.
///
/// A store grows, so each iteration has a new one and a fixed number of messages.
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 10)
@Measurement(iterations = 10)
@Fork(1)
public class AppendBenchmark {
  private static final int MESSAGES = 20_000;
  private static final int CONVERSATIONS = 1_000;
  private static final int DATA_BYTES = 96;

  /// Where the batches go.
  public enum Kind {
    MEMORY,
    /// RocksDB, one sync per batch.
    DISK,
    /// RocksDB without waiting for the disk.
    DISK_UNSYNCED
  }

  @Param({"MEMORY", "DISK_UNSYNCED", "DISK"})
  private Kind store = Kind.MEMORY;

  /// Messages per batch.
  @Param({"1", "50", "1000"})
  private int batch;

  private final Payload data = Payload.of("\"" + "x".repeat(DATA_BYTES - 2) + "\"");
  private @Nullable Bed bed;
  private long sent;

  /// One engine on its store, driven by hand.
  private record Bed(LogEngine engine, Folder folder, Answers answers) {}

  /// The folder of a store, if it has one.
  private record Folder(@Nullable Path path) {
    void delete() throws IOException {
      if (path != null) {
        new Scratch(path, "").close();
      }
    }
  }

  /// Counts what was kept.
  private static final class Answers implements Ticket {
    private long kept;

    @Override
    public int lane() {
      return 0;
    }

    @Override
    public void on(Answer answer) {
      if (!(answer instanceof Answer.Appended)) {
        throw new IllegalStateException("not kept: " + answer);
      }
      kept++;
    }
  }

  @Setup(org.openjdk.jmh.annotations.Level.Iteration)
  public void open() throws IOException {
    Folder folder =
        new Folder(store == Kind.MEMORY ? null : Files.createTempDirectory(target(), "append-"));
    Store kept =
        folder.path() == null
            ? new MemoryStore()
            : RocksStore.open(folder.path(), RocksStore.Memory.DEFAULTS);
    LogEngine engine =
        new LogEngine(
            kept,
            Clock.system(),
            new Ids(new Random(1)),
            EngineLimits.DEFAULTS,
            store == Kind.DISK ? Level.DISK : Level.MEMORY,
            "",
            () -> {},
            Runnable::run);
    engine.start(
        List.of(
            new Engine.LaneDoor(
                Runnable::run, // at once, on the writer's thread
                (commit, committed, answers) ->
                    answers.forEach(each -> each.ticket().on(each.answer())))));
    bed = new Bed(engine, folder, new Answers());
    sent = 0;
  }

  /// On the disk of the checkout; the launcher says where that is.
  private static Path target() {
    return Path.of(System.getProperty("tidings.checkout", ""), "bench", "target");
  }

  @TearDown(org.openjdk.jmh.annotations.Level.Iteration)
  public void close() throws IOException {
    Bed made = bed();
    made.engine().close();
    made.folder().delete();
    if (made.answers().kept != sent) {
      throw new IllegalStateException(sent + " sent, " + made.answers().kept + " kept");
    }
  }

  private Bed bed() {
    if (bed == null) {
      throw new IllegalStateException("not set up");
    }
    return bed;
  }

  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public void append() {
    Bed made = bed();
    for (int i = 0; i < MESSAGES / batch; i++) {
      one(made);
    }
  }

  private void one(Bed made) {
    for (int i = 0; i < batch; i++) {
      long number = sent++;
      String author = "user" + number % CONVERSATIONS;
      made.engine()
          .submit(
              new Change.Append(
                  made.answers(),
                  ConversationId.between(author, "peer" + number % CONVERSATIONS),
                  author,
                  "cid-of-22-letters-" + number,
                  data,
                  false));
    }
    made.engine().drain();
  }
}
