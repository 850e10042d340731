package dev.tidings.bench;

import dev.tidings.bench.process.BenchFailure;
import dev.tidings.bench.process.Machine;
import dev.tidings.bench.process.ProcessorTime;
import dev.tidings.bench.process.Scratch;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;
import tools.jackson.databind.ObjectMapper;

/// What a run found: lines for people, and one line of JSON appended to `results/<run>.jsonl`.
final class Report {
  private final String run;
  private final PrintStream out;
  private final Map<String, Object> figures = new LinkedHashMap<>();

  /// Also notes the machine, without its name.
  Report(String run, Scratch scratch, PrintStream out) {
    this.run = run;
    this.out = out;
    figures.put("run", run);
    figures.put("at", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    figures.put("commit", System.getProperty("tidings.commit", ""));
    figures.putAll(Machine.facts());
    figures.put("fileSystem", scratch.fileSystem());
  }

  /// A line for people only.
  @SuppressWarnings("AnnotateFormatMethod") // would need a library of annotations just for this
  void say(String format, Object... values) {
    out.println(String.format(Locale.ROOT, format, values));
  }

  /// A figure for the line of JSON only.
  void note(String name, Object value) {
    figures.put(name, value instanceof Double number ? rounded(number) : value);
  }

  private static double rounded(double number) {
    return Math.round(number * 1_000) / 1_000.0;
  }

  /// A figure that has a target.
  void atLeast(String name, String words, double value, double target) {
    target(name, words, value, "≥", target, value >= target);
  }

  /// A figure that has a target.
  void atMost(String name, String words, double value, double target) {
    target(name, words, value, "≤", target, value <= target);
  }

  private void target(
      String name, String words, double value, String sign, double target, boolean met) {
    note(name, value);
    say(
        target == Math.rint(target)
            ? "  %-44s %,12.2f   target %s %,.0f   %s"
            : "  %-44s %,12.2f   target %s %,.2f   %s",
        words,
        value,
        sign,
        target,
        met ? "met" : "MISSED");
  }

  /// A figure that was taken several times: the median has the target, all are kept.
  void repeated(String name, String words, List<Double> values, double target) {
    note(name + "Each", values.stream().map(Report::rounded).toList());
    atMost(name, words + ", median", median(values), target);
    say("  %-44s %s", "all", values.stream().map(Report::rounded).toList());
  }

  /// The middle one, of an even number the higher.
  static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }

  /// Percentiles of times in nanoseconds, said in microseconds.
  void times(String name, String words, Histogram times) {
    Map<String, Object> some = new LinkedHashMap<>();
    some.put("count", times.getTotalCount());
    some.put("p50", micros(times, 50));
    some.put("p99", micros(times, 99));
    some.put("p999", micros(times, 99.9));
    some.put("max", micros(times, 100));
    note(name, some);
    say(
        "  %-44s p50 %,.0f   p99 %,.0f   p99.9 %,.0f   max %,.0f µs   (%,d)",
        words,
        micros(times, 50),
        micros(times, 99),
        micros(times, 99.9),
        micros(times, 100),
        times.getTotalCount());
  }

  static double micros(Histogram times, double percentile) {
    return rounded(times.getValueAtPercentile(percentile) / 1e3);
  }

  /// Who used the processors meanwhile.
  void processors(ProcessorTime.Span span) {
    note("serverCpuPercent", span.serverPercent());
    note("loadCpuPercent", span.loadPercent());
    note("otherCpuPercent", span.otherPercent());
    note("stolenCpuPercent", span.stolenPercent());
    say(
        "  %-44s server %.0f, load %.0f, others %.0f, stolen %.0f",
        "percent of a core",
        span.serverPercent(),
        span.loadPercent(),
        span.otherPercent(),
        span.stolenPercent());
  }

  void append(Path folder) {
    try {
      Files.createDirectories(folder);
      Files.writeString(
          folder.resolve(run + ".jsonl"),
          new ObjectMapper().writeValueAsString(figures) + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new BenchFailure("cannot keep the results in " + folder + ": " + e.getMessage(), e);
    }
  }
}
