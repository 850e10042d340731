package dev.tidings.bench.load;

import dev.tidings.bench.process.Watched;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
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

/// What a delivery costs the load generator behind the read: frame, unit, payload, count, latency.
/// The result is the time of one delivery; together with its part of a read it must stay below what
/// the server needs.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ScanBenchmark {
  private static final int DELIVERIES = 1_024;
  private static final int PAYLOAD_BYTES = 128;

  /// As a server that coalesces sends them, and as one that does not.
  @Param({"1", "64"})
  public int unitsPerFrame;

  private @Nullable ServerSocket port;
  private @Nullable Run run;
  private @Nullable Link link;
  private @Nullable Stream stream;
  private ByteBuffer in = ByteBuffer.allocate(0);

  @Setup
  public void fill() throws IOException {
    ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    port = silent;
    InetSocketAddress address =
        new InetSocketAddress(silent.getInetAddress(), silent.getLocalPort());
    TidingsDialect dialect =
        new TidingsDialect(
            new Target(address, false, "/v1/ws"), new Identities.Names("x"), Place.TOPIC, "x");
    Run connections =
        new Run(address, dialect, new Payload(PAYLOAD_BYTES), Watched.NONE, Progress.none());
    run = connections;
    Link reader = connections.open(new Seat(0, Role.READER, 0));
    link = reader;
    Flow flow = connections.flow(new Pace.Rate(1));
    stream = connections.stream(flow, reader, 0, List.of(reader));
    flow.recordFrom(0);
    dialect.publish(reader, 0, 1, new Payload(PAYLOAD_BYTES)); // so that it knows their length
    in = frames();
  }

  private ByteBuffer frames() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    Payload payload = new Payload(PAYLOAD_BYTES);
    for (int number = 1; number <= DELIVERIES; number += unitsPerFrame) {
      ByteArrayOutputStream frame = new ByteArrayOutputStream();
      for (int i = 0; i < unitsPerFrame; i++) {
        payload.stamp(0, 0, number + i);
        frame.writeBytes(
            Bytes.ascii(
                (i == 0 ? "" : "\n")
                    + "{\"op\":\"msg\",\"in\":\"t:bench/x/0\",\"from\":\"bx.9\",\"data\":"));
        frame.writeBytes(payload.bytes());
        frame.writeBytes(Bytes.ascii(",\"ts\":1767225600123}"));
      }
      all.writeBytes(new byte[] {(byte) 0x81, 126});
      all.write(frame.size() >> 8);
      all.write(frame.size());
      all.writeBytes(frame.toByteArray());
    }
    return ByteBuffer.allocateDirect(all.size())
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(0, all.toByteArray());
  }

  @Benchmark
  @OperationsPerInvocation(DELIVERIES)
  public int delivery() {
    Link reader = link;
    Stream heard = stream;
    if (reader == null || heard == null) {
      throw new IllegalStateException("not filled");
    }
    reader.reads(heard); // forgets what it has had
    return WebSocketScanner.scan(reader, in, 0, in.capacity());
  }

  @TearDown
  public void end() throws IOException {
    if (run != null) {
      run.close();
    }
    if (port != null) {
      port.close();
    }
  }
}
