package dev.tidings.bench.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/// The page of a run: one file of HTML that needs nothing else, no script either.
final class Page {
  private static final int POINTS_MAX = 300;
  private static final int X_TICKS = 10;

  /// Percentiles that are named at the axis.
  private static final List<String> PERCENTILES =
      List.of("0", "90", "99", "99.9", "99.99", "99.999", "99.9999");

  /// Between two of them, so many points of the curve.
  private static final int POINTS_PER_NINE = 40;

  /// Marked within a decade, if there are few.
  private static final int[] DIGITS = {1, 2, 5};

  private static final int[] DIGIT = {1};
  private static final int DECADES_FEW = 2;
  private static final double PERCENTILE_MIN = 5;

  private static final String STYLE =
      """
      :root { color-scheme: light dark; --text: #1c2330; --soft: #5b6472; --grid: #e3e6ea;
        --paper: #ffffff; --one: #1d5fd0; --two: #c2571a; --warn: #9a3412; }
      @media (prefers-color-scheme: dark) { :root { --text: #e6e8ec; --soft: #9aa3b0;
        --grid: #2c323c; --paper: #15181d; --one: #7aa7ff; --two: #f0a05a; --warn: #fdba74; } }
      body { font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--paper);
        max-width: 900px; margin: 2em auto; padding: 0 1em; }
      h1 { font-size: 1.4em; margin-bottom: 0; } h2 { font-size: 1.1em; margin-top: 2em; }
      .what { color: var(--soft); margin-top: .2em; }
      table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
      td { padding: .2em 1.2em .2em 0; vertical-align: top; border-bottom: 1px solid var(--grid); }
      td { white-space: pre-wrap; }
      td:first-child { color: var(--soft); white-space: nowrap; }
      svg { width: 100%; height: auto; } svg text { font: 12px system-ui, sans-serif;
        fill: var(--soft); } .end { text-anchor: end; } .middle { text-anchor: middle; }
      .grid { stroke: var(--grid); fill: none; } .line { fill: none; stroke-width: 2;
        stroke-linejoin: round; } .l0 { stroke: var(--one); } .l1 { stroke: var(--two); }
      .key { display: inline-block; width: 1.4em; height: 3px; vertical-align: middle;
        margin: 0 .4em 0 1em; } .k0 { background: var(--one); } .k1 { background: var(--two); }
      .legend { margin-bottom: 0; } .remark { color: var(--warn); }
      pre { white-space: pre-wrap; overflow-wrap: anywhere; font-size: 12px; color: var(--soft); }
      """;

  private Page() {}

  static String of(LoadReport report) {
    StringBuilder out = new StringBuilder();
    out.append("<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n");
    out.append("<meta name=\"viewport\" content=\"width=device-width\">\n");
    out.append("<title>").append(escaped(report.title())).append("</title>\n");
    out.append("<style>\n").append(STYLE).append("</style>\n");
    out.append("<h1>").append(escaped(report.title())).append("</h1>\n");
    out.append("<p class=\"what\">").append(escaped(report.headline())).append("</p>\n");
    table(out, report);
    report.samples().filter(samples -> samples.count() > 2).ifPresent(each -> rates(out, each));
    if (!report.curves().isEmpty()) {
      latencies(out, report.curves());
    }
    out.append("<h2>Machine and command</h2>\n<table>\n");
    for (String name : List.of("command", "at", "commit", "cpu", "cores", "kernel", "jvm")) {
      row(out, name, String.valueOf(report.facts().getOrDefault(name, "")));
    }
    out.append("</table>\n<h2>All figures</h2>\n<pre>").append(escaped(report.json()));
    return out.append("</pre>\n</html>\n").toString();
  }

  private static void table(StringBuilder out, LoadReport report) {
    out.append("<table>\n");
    report.rows().forEach(row -> row(out, row.name(), row.value()));
    out.append("</table>\n");
    for (String remark : report.remarks()) {
      out.append("<p class=\"remark\">").append(escaped(remark)).append("</p>\n");
    }
  }

  private static void row(StringBuilder out, String name, String value) {
    out.append("<tr><td>").append(escaped(name)).append("</td><td>");
    out.append(escaped(value)).append("</td></tr>\n");
  }

  private static void rates(StringBuilder out, Samples samples) {
    int step = Math.max(1, samples.count() / POINTS_MAX);
    List<double[]> deliveries = new ArrayList<>();
    List<double[]> sends = new ArrayList<>();
    for (int i = step; i < samples.count(); i += step) {
      double seconds = samples.seconds(i);
      deliveries.add(new double[] {seconds, samples.deliveriesPerSecond(i - step, i)});
      sends.add(new double[] {seconds, samples.sendsPerSecond(i - step, i)});
    }
    double end = samples.seconds(samples.count() - 1);
    out.append("<h2>Rate over time</h2>\n");
    for (Map.Entry<String, List<double[]>> each :
        List.of(Map.entry("deliveries/s", deliveries), Map.entry("sends/s", sends))) {
      double max = each.getValue().stream().mapToDouble(point -> point[1]).max().orElse(1);
      Chart chart =
          new Chart("seconds", seconds(end), each.getKey(), Chart.evenly(Math.max(1, max)));
      chart.line(new Chart.Line("per second", each.getValue()));
      draw(out, chart);
    }
  }

  /// From 0 to `end`, which need not be round.
  private static List<Chart.Tick> seconds(double end) {
    List<Chart.Tick> round = Chart.evenly(end);
    List<Chart.Tick> ticks = new ArrayList<>();
    int step = Math.max(1, round.size() / X_TICKS);
    for (int i = 0; i < round.size() && round.get(i).at() < end * 0.97; i += step) {
      ticks.add(round.get(i));
    }
    ticks.add(new Chart.Tick(end, Words.of("%.1f", end)));
    return ticks;
  }

  private static void latencies(StringBuilder out, List<LoadReport.Curve> curves) {
    long count = curves.stream().mapToLong(each -> each.latency().getTotalCount()).max().orElse(1);
    int nines = (int) Math.clamp(Math.ceil(Math.log10((double) count)), 2, PERCENTILES.size() - 1);
    List<Chart.Tick> across = new ArrayList<>();
    for (int i = 0; i <= nines; i++) {
      across.add(new Chart.Tick(i, PERCENTILES.get(i) + " %"));
    }
    double lowest = Double.MAX_VALUE;
    double highest = 0;
    for (LoadReport.Curve curve : curves) {
      lowest = Math.min(lowest, millis(curve.latency(), PERCENTILE_MIN));
      highest = Math.max(highest, millis(curve.latency(), 100));
    }
    Chart chart = new Chart("percentile", across, "latency, ms", decades(lowest, highest));
    for (LoadReport.Curve curve : curves) {
      List<double[]> points = new ArrayList<>();
      for (int i = 1; i <= nines * POINTS_PER_NINE; i++) { // the very least says nothing
        double place = (double) i / POINTS_PER_NINE;
        double percentile = 100 * (1 - Math.pow(10, -place));
        points.add(new double[] {place, Math.log10(millis(curve.latency(), percentile))});
      }
      chart.line(new Chart.Line(escaped(curve.name()), points));
    }
    out.append("<h2>Latency by percentile</h2>\n");
    draw(out, chart);
  }

  private static double millis(Histogram latency, double percentile) {
    return Math.max(0.001, latency.getValueAtPercentile(percentile) / 1e6);
  }

  private static List<Chart.Tick> decades(double lowest, double highest) {
    int from = (int) Math.floor(Math.log10(lowest));
    int to = Math.max(from + 1, (int) Math.ceil(Math.log10(highest)));
    List<Chart.Tick> ticks = new ArrayList<>();
    boolean few = to - from <= DECADES_FEW;
    for (int i = from; i <= to; i++) {
      for (int digit : few && i < to ? DIGITS : DIGIT) {
        double value = digit * Math.pow(10, i);
        ticks.add(new Chart.Tick(Math.log10(value), Chart.number(value)));
      }
    }
    return ticks;
  }

  private static void draw(StringBuilder out, Chart chart) {
    out.append(chart.legend()).append('\n').append(chart.svg()).append('\n');
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
