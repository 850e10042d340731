package dev.tidings.bench.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/// The processes of a server on this machine, whose time and memory are measured; none if it is
/// somewhere else.
public record Watched(List<ProcessHandle> processes) {
  /// A server of which nothing is known but its answers.
  public static final Watched NONE = new Watched(List.of());

  private static final Path PROC = Path.of("/proc");
  private static final int COLUMN_ADDRESS = 1;
  private static final int COLUMN_STATE = 3;
  private static final int COLUMN_INODE = 9;
  private static final String LISTENS = "0A";

  public Watched {
    processes = List.copyOf(processes);
  }

  /// @throws BenchFailure if one of them does not run
  public static Watched of(List<Long> pids) {
    return new Watched(
        pids.stream()
            .map(pid ->
                ProcessHandle.of(pid)
                    .orElseThrow(() -> new BenchFailure("there is no process " + pid)))
            .toList());
  }

  /// Who listens on `port` of this machine, as far as `/proc` shows it to us; [#NONE] if it does
  /// not.
  public static Watched listeningOn(int port) {
    Set<String> sockets = new HashSet<>();
    for (String table : List.of("tcp", "tcp6")) {
      sockets.addAll(socketsListening(PROC.resolve("net").resolve(table), port));
    }
    if (sockets.isEmpty()) {
      return NONE;
    }
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      return new Watched(all.filter(each -> holdsOneOf(each, sockets)).toList());
    }
  }

  /// The links that `/proc/<pid>/fd` has for sockets listening on `port`.
  private static List<String> socketsListening(Path table, int port) {
    String ending = String.format(Locale.ROOT, ":%04X", port);
    try (Stream<String> rows = Files.lines(table)) {
      return rows.map(row -> Arrays.asList(row.strip().split("\\s+", -1)))
          .filter(row -> row.size() > COLUMN_INODE)
          .filter(row -> row.get(COLUMN_ADDRESS).endsWith(ending))
          .filter(row -> row.get(COLUMN_STATE).equals(LISTENS))
          .map(row -> "socket:[" + row.get(COLUMN_INODE) + "]")
          .toList();
    } catch (IOException e) {
      return List.of(); // no Linux, or no IPv6: then nothing is found there
    }
  }

  private static boolean holdsOneOf(ProcessHandle process, Set<String> sockets) {
    Path files = PROC.resolve(Long.toString(process.pid())).resolve("fd");
    try (Stream<Path> links = Files.list(files)) {
      return links.anyMatch(link -> sockets.contains(targetOf(link)));
    } catch (IOException e) {
      return false; // another user's, or gone meanwhile
    }
  }

  private static String targetOf(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return ""; // closed meanwhile
    }
  }

  /// Whether there is anything to measure.
  public boolean isKnown() {
    return !processes.isEmpty();
  }

  /// User and system time of all threads, ended ones too.
  public Duration processorTime() {
    Duration sum = Duration.ZERO;
    for (ProcessHandle process : processes) {
      // The JDK reads utime and stime of /proc/<pid>/stat: ended threads count as well.
      sum =
          sum.plus(
              process
                  .info()
                  .totalCpuDuration()
                  .orElseThrow(() -> new BenchFailure("process " + process.pid() + " is gone")));
    }
    return sum;
  }

  /// Resident memory, KiB; 0 where the system does not say.
  public long residentKib() {
    long sum = 0;
    for (ProcessHandle process : processes) {
      sum += residentKib(process.pid());
    }
    return sum;
  }

  private static long residentKib(long pid) {
    try (Stream<String> lines = Files.lines(PROC.resolve(Long.toString(pid)).resolve("status"))) {
      return lines
          .filter(each -> each.startsWith("VmRSS:"))
          .mapToLong(each -> Long.parseLong(each.replaceAll("[^0-9]", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }
}
