package dev.tidings.bench.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What lives on the heap of another JVM, by class; asking collects its garbage first.
public final class HeapClasses {
  /// ` 1: 20004 640128 java.lang.String (java.base@25)`
  private static final Pattern ROW = Pattern.compile(" *\\d+: +(\\d+) +(\\d+) +(\\S+).*");

  private HeapClasses() {}

  /// All objects of one class.
  public record Row(String name, long instances, long bytes) {
    public String perConnection(int connections) {
      return String.format(
          Locale.ROOT,
          "%6.2f objects %8.1f bytes   %s",
          (double) instances / connections,
          (double) bytes / connections,
          name);
    }
  }

  /// Largest first.
  public static List<Row> of(long pid) throws IOException {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    Process process =
        new ProcessBuilder(jcmd.toString(), Long.toString(pid), "GC.class_histogram")
            .redirectErrorStream(true)
            .start();
    try (var lines = process.inputReader(StandardCharsets.UTF_8).lines()) {
      return lines
          .map(ROW::matcher)
          .filter(Matcher::matches)
          .map(row -> new Row(row.group(3), number(row, 1), number(row, 2)))
          .toList();
    }
  }

  private static long number(Matcher row, int group) {
    return Long.parseLong(row.group(group));
  }
}
