package dev.tidings.bench.load;

import dev.tidings.bench.process.BenchFailure;
import dev.tidings.bench.process.Machine;
import dev.tidings.bench.process.ProcessorTime;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.HdrHistogram.Histogram;
import tools.jackson.databind.ObjectMapper;

/// What a run found, for people as a table and a page, for programs as one line of JSON.
final class LoadReport {
  /// From here on the generator may be what limits.
  private static final double BUSY_PERCENT_MAX = 90;

  /// From here on, of one core, others are part of what was measured.
  private static final double OTHERS_PERCENT_MAX = 25;

  private final Map<String, Object> facts = new LinkedHashMap<>();
  private final List<Row> rows = new ArrayList<>();
  private final List<String> remarks = new ArrayList<>();
  private final List<Curve> curves = new ArrayList<>();
  private final String workload;
  private String headline = "";
  private Optional<Samples> samples = Optional.empty();
  private boolean clean = true;

  /// A line of the table.
  record Row(String name, String value) {}

  /// Latencies to draw, nanoseconds.
  record Curve(String name, Histogram latency) {}

  LoadReport(String workload, String command) {
    this.workload = workload;
    facts.put("workload", workload);
    facts.put("at", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    facts.put("command", command);
    facts.put("commit", System.getProperty("tidings.commit", ""));
    facts.putAll(Machine.facts());
  }

  /// What was done, in words.
  void headline(String words) {
    headline = words;
    facts.put("what", words);
  }

  static String words(Pace pace) {
    return switch (pace) {
      case Pace.Rate(double perSecond) -> Words.of("%,.0f messages/s", perSecond);
      case Pace.Delivered(int underWay) -> Words.of("%,d messages under way", underWay);
      case Pace.Confirmed(int underWay) -> Words.of("%,d sends without ok", underWay);
      case Pace.ConfirmedEach(int underWay) -> Words.of("%,d without ok per sender", underWay);
    };
  }

  /// A figure for programs only.
  void note(String name, Object value) {
    facts.put(name, value instanceof Double number ? rounded(number) : value);
  }

  private static double rounded(double number) {
    return Math.round(number * 1_000) / 1_000.0;
  }

  void row(String name, String format, Object... values) {
    rows.add(new Row(name, Words.of(format, values)));
  }

  /// Something that a reader of the figures must know.
  void remark(String format, Object... values) {
    remarks.add(Words.of(format, values));
  }

  /// The run did not do what it should.
  void isNotClean() {
    clean = false;
  }

  /// Nothing was lost, came twice or out of order.
  boolean isClean() {
    return clean;
  }

  Map<String, Object> facts() {
    return facts;
  }

  List<Row> rows() {
    return rows;
  }

  List<String> remarks() {
    return remarks;
  }

  List<Curve> curves() {
    return curves;
  }

  Optional<Samples> samples() {
    return samples;
  }

  String title() {
    return "tidings bench " + workload;
  }

  String headline() {
    return headline;
  }

  /// All that a measured stretch gives.
  ///
  /// @param trouble what went wrong first; `""` if nothing did
  void figures(Figures figures, String trouble) {
    Pace pace = figures.pace();
    note("seconds", figures.span().seconds());
    switch (pace) {
      case Pace.Rate(double perSecond) -> note("rate", perSecond);
      case Pace.Delivered(int underWay) -> note("window", underWay);
      case Pace.Confirmed(int underWay) -> note("window", underWay);
      case Pace.ConfirmedEach(int underWay) -> note("windowEach", underWay);
    }
    rate("deliveriesPerSecond", "deliveries/s", figures.deliveriesPerSecond());
    rate("sendsPerSecond", "sends/s", figures.sendsPerSecond());
    if (figures.confirmedPerSecond() > 0) {
      rate("okPerSecond", "ok/s", figures.confirmedPerSecond());
    }
    boolean open = pace instanceof Pace.Rate;
    note("latencyFrom", open ? "due" : "sent");
    note("latencyOf", "every delivery");
    row(
        "latency of all, from",
        open
            ? "when each was due, also if it left late (no coordinated omission)"
            : "when each left (a closed loop: how full the pipe is, not how it feels)");
    String from = open ? "due" : "sent";
    latency("deliveryMicros", from + " to delivered", figures.delivery());
    latency("okMicros", from + " to ok", figures.confirmation());
    server(figures);
    samples = Optional.of(figures.samples());
    counts(figures.end());
    processors(figures.span());
    busy(figures.busyPercent());
    trouble(trouble);
    if (trouble.contains("\"code\":\"rate\"")) {
      remark("The server limits rates: start it with --no-rate-limits.");
    }
  }

  /// What went wrong first; `""` if nothing did.
  void trouble(String what) {
    if (!what.isEmpty()) {
      isNotClean();
      note("firstTrouble", what);
      remark("The first thing that went wrong: %s", what);
    }
  }

  private void rate(String name, String words, double perSecond) {
    note(name, perSecond);
    row(words, "%,.0f", perSecond);
  }

  /// Percentiles of times in nanoseconds, if there are any.
  void latency(String name, String words, Histogram times) {
    if (times.getTotalCount() == 0) {
      return;
    }
    Map<String, Object> some = new LinkedHashMap<>();
    some.put("count", times.getTotalCount());
    some.put("p50", micros(times, 50));
    some.put("p90", micros(times, 90));
    some.put("p99", micros(times, 99));
    some.put("p999", micros(times, 99.9));
    some.put("max", micros(times, 100));
    note(name, some);
    row(
        words + ", ms",
        "p50 %s   p90 %s   p99 %s   p99.9 %s   max %s   (all %,d)",
        millis(times, 50),
        millis(times, 90),
        millis(times, 99),
        millis(times, 99.9),
        millis(times, 100),
        times.getTotalCount());
    curves.add(new Curve(words, times));
  }

  private static double micros(Histogram times, double percentile) {
    return rounded(times.getValueAtPercentile(percentile) / 1e3);
  }

  private static String millis(Histogram times, double percentile) {
    double millis = times.getValueAtPercentile(percentile) / 1e6;
    return Words.of(millis < 10 ? "%.2f" : millis < 100 ? "%.1f" : "%,.0f", millis);
  }

  /// How many `ok` promised what.
  void levels(TidingsDialect dialect) {
    note("okOnDisk", dialect.onDisk());
    note("okInMemory", dialect.inMemory());
    row("ok promised", "disk %,d   memory %,d", dialect.onDisk(), dialect.inMemory());
  }

  private void server(Figures figures) {
    if (figures.residentKib() == 0) {
      remark(
          "The server's processor time and memory are not known: it is not on this machine, or"
              + " not to be found by its port (--server-pid).");
      return;
    }
    note("serverCpuMicrosPerDelivery", figures.processorMicrosPerDelivery());
    note("serverCpuMicrosPerSend", figures.processorMicrosPerSend());
    note("serverResidentKib", figures.residentKib());
    row(
        "server CPU, µs",
        "%.3f per delivery   %.2f per send",
        figures.processorMicrosPerDelivery(),
        figures.processorMicrosPerSend());
    row("server memory, MiB", "%,.0f resident", figures.residentKib() / 1024.0);
  }

  /// What became of all that was sent.
  void counts(Counts counts) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("sent", counts.sends());
    all.put("confirmed", counts.confirmed());
    all.put("refused", counts.refused());
    all.put("expected", counts.expected());
    all.put("delivered", counts.delivered());
    all.put("lost", counts.lost());
    all.put("twice", counts.twice());
    all.put("outOfOrder", counts.late());
    all.put("misled", counts.misled());
    all.put("droppedInWords", counts.dropped());
    all.put("unsent", counts.unsent());
    all.put("stalls", counts.stalls());
    all.put("connectionsEnded", counts.ended());
    note("counts", all);
    row(
        "whole run",
        "%,d sent, %,d of %,d deliveries: lost %,d, twice %,d, out of order %,d",
        counts.sends(),
        counts.delivered(),
        counts.expected(),
        counts.lost(),
        counts.twice(),
        counts.late());
    if (!counts.isClean()) {
      isNotClean();
    }
    remarkIf(
        counts.dropped(), "%,d of the lost deliveries were dropped by the server in words (gap).");
    remarkIf(counts.refused(), "%,d sends were refused.");
    remarkIf(counts.misled(), "%,d deliveries reached a reader that reads no such stream.");
    remarkIf(counts.unsent(), "%,d messages were due and had not left when the time was over.");
    remarkIf(
        counts.stalls(), "%,d times nothing came for 5 s, and what was under way was given up.");
    remarkIf(counts.ended(), "%,d connections ended before their time.");
  }

  /// What another flow gave meanwhile.
  void beside(Figures figures) {
    rate("besideDeliveriesPerSecond", "beside: deliveries/s", figures.deliveriesPerSecond());
    latency("besideMicros", "beside: due to delivered", figures.delivery());
    Counts end = figures.end();
    note("besideLost", end.lost());
    row(
        "beside: whole run",
        "%,d of %,d deliveries: lost %,d, twice %,d, out of order %,d",
        end.delivered(),
        end.expected(),
        end.lost(),
        end.twice(),
        end.late());
    if (!end.isClean()) {
      isNotClean();
    }
    remark("Server CPU per delivery and per send of the pairs is with what was beside them.");
  }

  private void remarkIf(long count, String format) {
    if (count > 0) {
      remark(format, count);
    }
  }

  /// Who used the processors meanwhile.
  void processors(ProcessorTime.Span span) {
    note("serverCpuPercent", span.serverPercent());
    note("loadCpuPercent", span.loadPercent());
    note("otherCpuPercent", span.otherPercent());
    note("stolenCpuPercent", span.stolenPercent());
    row(
        "percent of a core",
        "server %.0f, generator %.0f, others %.0f, stolen %.0f",
        span.serverPercent(),
        span.loadPercent(),
        span.otherPercent(),
        span.stolenPercent());
    if (span.otherPercent() + span.stolenPercent() > OTHERS_PERCENT_MAX) {
      remark("Others took so much of this machine that times and rates are theirs as well.");
    }
  }

  private void busy(double percent) {
    note("generatorBusyPercent", percent);
    note("generatorWasBottleneck", percent > BUSY_PERCENT_MAX);
    if (percent > BUSY_PERCENT_MAX) {
      remark(
          "The generator was busy %.0f %% of the time: the limit may be it, not the server.",
          percent);
    }
  }

  void print(PrintStream out) {
    out.println(workload + ": " + headline);
    int width = rows.stream().mapToInt(row -> row.name().length()).max().orElse(0);
    for (Row row : rows) {
      out.println("  " + row.name() + " ".repeat(width - row.name().length() + 3) + row.value());
    }
    remarks.forEach(remark -> out.println("  ! " + remark));
  }

  String json() {
    return new ObjectMapper().writeValueAsString(facts);
  }

  void append(Path file) {
    write(file, json() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  void writePage(Path file) {
    write(file, Page.of(this));
  }

  private static void write(Path file, String text, StandardOpenOption... how) {
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      Files.writeString(file, text, how);
    } catch (IOException e) {
      throw new BenchFailure("cannot write " + file + ": " + e.getMessage(), e);
    }
  }
}
