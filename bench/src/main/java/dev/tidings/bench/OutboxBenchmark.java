package dev.tidings.bench;

import dev.tidings.engine.ConversationId;
import dev.tidings.protocol.JsonWriter;
import dev.tidings.session.Frame;
import dev.tidings.session.Outbox;
import dev.tidings.session.Session;
import dev.tidings.transport.LaneSockets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What the rule of the outbox costs per delivery, without a socket behind it.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class OutboxBenchmark {
  private final Session session = Session.opened(new Nobody(), "n1-0-", 1, 0);
  private final Outbox outbox = session.outbox();
  private final ConversationId group = new ConversationId(ConversationId.Kind.GROUP, "ops");
  private final Frame frame = LaneSockets.frames().of(new JsonWriter(256).string("x".repeat(200)));
  private long seq;

  @Benchmark
  public Outbox.Offer offer() {
    return outbox.offer(frame);
  }

  /// As the session does it for the entries of a log.
  @Benchmark
  public boolean deliver() {
    seq++;
    return session.deliver(group, seq, seq, frame);
  }
}
