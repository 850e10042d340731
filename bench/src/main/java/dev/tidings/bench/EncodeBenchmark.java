package dev.tidings.bench;

import dev.tidings.conversation.EntryWriter;
import dev.tidings.engine.Entry;
import dev.tidings.protocol.JsonWriter;
import dev.tidings.protocol.Payload;
import dev.tidings.session.Frame;
import dev.tidings.session.Frames;
import dev.tidings.transport.LaneSockets;
import java.util.List;
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

/// What it costs to say one entry of 128 bytes: once per entry and lane, however many read it.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class EncodeBenchmark {
  private static final int DATA_BYTES = 128;

  private final Entry entry =
      new Entry(
          4_711,
          Entry.Kind.MESSAGE,
          "barbara",
          "Zk3uR0aYw1nX7cQ9tB5vJg",
          List.of(),
          Payload.of("\"" + "x".repeat(DATA_BYTES - 2) + "\""),
          1_767_225_600_123L,
          4_711,
          815,
          Entry.Extras.NONE);
  private final JsonWriter out = new JsonWriter(512);
  private final Frames frames = LaneSockets.frames();

  /// The unit alone.
  @Benchmark
  public int msg() {
    out.clear(1024);
    EntryWriter.unit(out, "g:ops", entry, false);
    return out.length();
  }

  /// The unit as a frame that sockets can write, made and given back.
  @Benchmark
  public int frame() {
    out.clear(1024);
    EntryWriter.unit(out, "g:ops", entry, false);
    Frame frame = frames.of(out);
    int bytes = frame.sizeBytes();
    frame.release();
    return bytes;
  }
}
