package dev.tidings.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tidings.auth.KeyAuthenticator;
import dev.tidings.base.Clock;
import dev.tidings.base.Ids;
import dev.tidings.base.Lane;
import dev.tidings.engine.Answer;
import dev.tidings.engine.Change;
import dev.tidings.engine.Committed;
import dev.tidings.engine.ConversationId;
import dev.tidings.engine.Engine;
import dev.tidings.engine.EngineLimits;
import dev.tidings.engine.Level;
import dev.tidings.engine.LogEngine;
import dev.tidings.engine.MemoryStore;
import dev.tidings.engine.Ticket;
import dev.tidings.hub.Hub;
import dev.tidings.hub.HubSettings;
import dev.tidings.hub.Neighbours;
import dev.tidings.presence.OnlineUsers;
import dev.tidings.protocol.Command.GroupPatch;
import dev.tidings.protocol.Payload;
import dev.tidings.session.Session;
import dev.tidings.transport.LaneSockets;
import java.util.ArrayDeque;
import java.util.ArrayList;
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
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What the core of a lane spends on handing one entry of 128 bytes to 1,000 readers: from the
/// commit to the connections, which are none. The result is the time of one delivery.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class HubBenchmark {
  private static final int READERS = 1_000;
  private static final int DATA_BYTES = 128;
  private static final String KEY = "a key of at least thirty-two bytes, for nobody";

  private final Turns lane = new Turns();
  private final List<Nobody> readers = new ArrayList<>();
  private List<Committed> entry = List.of();
  private long commit;
  private @Nullable Hub hub;

  /// A lane that is run by hand.
  private static final class Turns implements Lane {
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();

    @Override
    public void execute(Runnable task) {
      tasks.add(task);
    }

    @Override
    public Cancel schedule(Runnable task, long delayMillis) {
      return () -> {}; // time stands still
    }

    void run() {
      for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
        task.run();
      }
    }
  }

  private record Quiet() implements Ticket {
    @Override
    public int lane() {
      return 0;
    }

    @Override
    public void on(Answer answer) {
      if (answer instanceof Answer.Refused) {
        throw new IllegalStateException(answer.toString());
      }
    }
  }

  @Setup
  public void gather() {
    LogEngine engine =
        new LogEngine(
            new MemoryStore(),
            Clock.system(),
            new Ids(new Random(1)),
            EngineLimits.DEFAULTS,
            Level.MEMORY,
            "",
            () -> {},
            Runnable::run);
    Neighbours neighbours = new Neighbours();
    Hub made =
        new Hub(
            0,
            lane,
            Clock.system(),
            engine,
            LaneSockets.frames(),
            KeyAuthenticator.development(KEY),
            new OnlineUsers(),
            neighbours,
            HubSettings.defaults("bench", EngineLimits.DEFAULTS.dedupeSeconds()));
    neighbours.are(List.of(made));
    engine.start(
        List.of(
            new Engine.LaneDoor(
                lane,
                (number, committed, answers) -> {
                  entry = committed.isEmpty() ? entry : committed;
                  commit = number;
                  made.on(number, committed, answers);
                })));
    hub = made;
    List<String> names = new ArrayList<>();
    for (int i = 0; i < READERS; i++) {
      names.add("reader-" + i);
      connect(made, names.getLast());
      settle(engine);
    }
    ConversationId group = new ConversationId(ConversationId.Kind.GROUP, "all");
    engine.submit(
        new Change.CreateGroup(new Quiet(), group, "owner", "", GroupPatch.NOTHING, names));
    settle(engine);
    engine.submit(
        new Change.Append(
            new Quiet(),
            group,
            "owner",
            "",
            Payload.of("\"" + "x".repeat(DATA_BYTES - 2) + "\""),
            true));
    settle(engine);
    long before = written();
    entry();
    if (written() - before < (long) READERS * DATA_BYTES) {
      throw new IllegalStateException("not everybody was given the entry");
    }
  }

  private void connect(Hub made, String name) {
    Nobody reader = new Nobody();
    readers.add(reader);
    Session session = made.opened(reader);
    byte[] auth = ("{\"op\":\"auth\",\"user\":\"" + name + "\"}").getBytes(UTF_8);
    made.receive(session, auth, 0, auth.length);
  }

  private void settle(LogEngine engine) {
    do {
      lane.run();
    } while (engine.drain());
    lane.run();
  }

  private long written() {
    return readers.stream().mapToLong(reader -> reader.written).sum();
  }

  @Benchmark
  @OperationsPerInvocation(READERS)
  public long entry() {
    Hub made = hub;
    if (made == null) {
      throw new IllegalStateException("not set up");
    }
    made.on(++commit, entry, List.of());
    lane.run();
    return commit;
  }
}
