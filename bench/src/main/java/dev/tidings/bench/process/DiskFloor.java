package dev.tidings.bench.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.HdrHistogram.Histogram;

/// What the disk itself needs: append 512 bytes to a file and `fdatasync` it. No server that keeps
/// its promise can answer a lone sender sooner.
public final class DiskFloor implements AutoCloseable {
  private static final int RECORD_BYTES = 512;
  private static final long NANOS_MAX = 60_000_000_000L;

  private final Path file;
  private final FileChannel channel;
  private final ByteBuffer record = ByteBuffer.allocateDirect(RECORD_BYTES);
  private final Histogram times = new Histogram(NANOS_MAX, 3);

  /// @param folder where the server keeps its data, or beside it
  public DiskFloor(Path folder) throws IOException {
    file = folder.resolve("floor");
    channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  /// Only `fdatasync` is timed; the write before it goes to memory.
  public void measure(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      record.clear();
      channel.write(record);
      long begin = System.nanoTime();
      channel.force(false);
      times.recordValue(System.nanoTime() - begin);
    }
  }

  /// All measurements so far, nanoseconds.
  public Histogram times() {
    return times;
  }

  @Override
  public void close() throws IOException {
    channel.close();
    Files.delete(file);
  }
}
