package dev.tidings.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// What the processors had done up to one moment: for the server, for this load generator, for
/// everything together, and what the hypervisor gave to others (`stolen`).
///
/// @param atNanos the moment, on the clock of [System#nanoTime()]
/// @param server user and system time of all threads of the server
/// @param load the same of this process
/// @param busy of all processes
record ProcessorTime(long atNanos, Duration server, Duration load, Duration busy, Duration stolen) {
  private static final Path MACHINE = Path.of("/proc/stat");

  /// Ticks per second of everything in `/proc` that Linux shows to programs.
  private static final int TICKS = 100;

  // Columns of the line `cpu` in /proc/stat, behind its name.
  private static final int USER = 1;
  private static final int NICE = 2;
  private static final int SYSTEM = 3;
  private static final int INTERRUPT = 6;
  private static final int SOFT_INTERRUPT = 7;
  private static final int STOLEN = 8;

  static ProcessorTime now(ProcessHandle server) {
    String[] cpu = machine();
    long busy =
        ticks(cpu, USER)
            + ticks(cpu, NICE)
            + ticks(cpu, SYSTEM)
            + ticks(cpu, INTERRUPT)
            + ticks(cpu, SOFT_INTERRUPT);
    return new ProcessorTime(
        System.nanoTime(),
        of(server),
        of(ProcessHandle.current()),
        ofTicks(busy),
        ofTicks(ticks(cpu, STOLEN)));
  }

  private static Duration of(ProcessHandle process) {
    // The JDK reads utime and stime of /proc/<pid>/stat: ended threads count as well.
    return process
        .info()
        .totalCpuDuration()
        .orElseThrow(() -> new BenchFailure("process " + process.pid() + " is gone"));
  }

  private static String[] machine() {
    try (var lines = Files.lines(MACHINE)) {
      return lines.findFirst().orElseThrow().split(" +");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long ticks(String[] columns, int column) {
    return Long.parseLong(columns[column]);
  }

  private static Duration ofTicks(long ticks) {
    return Duration.ofMillis(ticks * 1_000 / TICKS);
  }

  /// What was done between `earlier` and this.
  Span since(ProcessorTime earlier) {
    return new Span(
        Duration.ofNanos(atNanos - earlier.atNanos),
        server.minus(earlier.server),
        load.minus(earlier.load),
        busy.minus(earlier.busy),
        stolen.minus(earlier.stolen));
  }

  /// A stretch of time; percentages are of one core.
  record Span(Duration wall, Duration server, Duration load, Duration busy, Duration stolen) {
    double serverPercent() {
      return percent(server);
    }

    double loadPercent() {
      return percent(load);
    }

    /// What neither the server nor we did. Far from 0, the run was disturbed.
    double otherPercent() {
      return Math.max(0, percent(busy.minus(server).minus(load)));
    }

    double stolenPercent() {
      return percent(stolen);
    }

    double seconds() {
      return wall.toNanos() / 1e9;
    }

    private double percent(Duration share) {
      return 100.0 * share.toNanos() / wall.toNanos();
    }
  }
}
