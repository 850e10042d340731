package dev.tidings.bench.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// What the processors had done up to one moment: for the server, for this load generator, for
/// everything together, and what the hypervisor gave to others (`stolen`).
///
/// @param atNanos the moment, on the clock of [System#nanoTime()]
/// @param server user and system time of all threads of the server
/// @param load the same of this process
/// @param busy of all processes
public record ProcessorTime(
    long atNanos, Duration server, Duration load, Duration busy, Duration stolen) {
  private static final Watched LOAD = new Watched(List.of(ProcessHandle.current()));
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

  public static ProcessorTime now(Watched server) {
    String[] cpu = machine();
    long busy =
        ticks(cpu, USER)
            + ticks(cpu, NICE)
            + ticks(cpu, SYSTEM)
            + ticks(cpu, INTERRUPT)
            + ticks(cpu, SOFT_INTERRUPT);
    return new ProcessorTime(
        System.nanoTime(),
        server.processorTime(),
        LOAD.processorTime(),
        ofTicks(busy),
        ofTicks(ticks(cpu, STOLEN)));
  }

  private static String[] machine() {
    try (var lines = Files.lines(MACHINE)) {
      return lines.findFirst().orElseThrow().split(" +");
    } catch (IOException e) {
      return new String[0]; // no Linux: then nothing is known of others
    }
  }

  private static long ticks(String[] columns, int column) {
    return column < columns.length ? Long.parseLong(columns[column]) : 0;
  }

  private static Duration ofTicks(long ticks) {
    return Duration.ofMillis(ticks * 1_000 / TICKS);
  }

  /// What was done between `earlier` and this.
  public Span since(ProcessorTime earlier) {
    return new Span(
        Duration.ofNanos(atNanos - earlier.atNanos),
        server.minus(earlier.server),
        load.minus(earlier.load),
        busy.minus(earlier.busy),
        stolen.minus(earlier.stolen));
  }

  /// A stretch of time; percentages are of one core.
  public record Span(
      Duration wall, Duration server, Duration load, Duration busy, Duration stolen) {
    public double serverPercent() {
      return percent(server);
    }

    public double loadPercent() {
      return percent(load);
    }

    /// What neither the server nor we did. Far from 0, the run was disturbed.
    public double otherPercent() {
      return Math.max(0, percent(busy.minus(server).minus(load)));
    }

    public double stolenPercent() {
      return percent(stolen);
    }

    public double seconds() {
      return wall.toNanos() / 1e9;
    }

    private double percent(Duration share) {
      return 100.0 * share.toNanos() / wall.toNanos();
    }
  }
}
