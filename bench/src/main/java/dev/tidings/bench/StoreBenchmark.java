package dev.tidings.bench;

import dev.tidings.bench.process.Scratch;
import dev.tidings.embedded.RocksStore;
import dev.tidings.engine.Batch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// What RocksDB spends on one commit of 100 entries in 100 logs, as the ledger writes them, without
/// the ledger. The folder is on the disk of the checkout.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class StoreBenchmark {
  private static final int ENTRIES = 100;
  private static final int ROW_BYTES = 200;

  @Param({"true", "false"})
  private boolean sync = true;

  private @Nullable Bed bed;
  private long seq;

  private record Bed(RocksStore store, Path folder) {}

  @Setup(Level.Trial)
  public void open() throws IOException {
    Path folder =
        Files.createTempDirectory(
            Path.of(System.getProperty("tidings.checkout", ""), "bench", "target"), "store-");
    bed = new Bed(RocksStore.open(folder, RocksStore.Memory.DEFAULTS), folder);
  }

  @TearDown(Level.Trial)
  public void close() {
    Bed made = bed();
    made.store().close();
    new Scratch(made.folder(), "").close();
  }

  private Bed bed() {
    if (bed == null) {
      throw new IllegalStateException("not set up");
    }
    return bed;
  }

  @Benchmark
  public long commit() {
    seq++;
    Batch batch = new Batch();
    for (int log = 0; log < ENTRIES; log++) {
      byte[] key = ByteBuffer.allocate(17).put((byte) 'L').putLong(log).putLong(seq).array();
      batch.put(key, new byte[ROW_BYTES]);
    }
    bed().store().commit(batch, sync);
    return seq;
  }
}
