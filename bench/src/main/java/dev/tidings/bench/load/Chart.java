package dev.tidings.bench.load;

import java.util.ArrayList;
import java.util.List;

/// Lines in a picture (SVG), drawn for the page of a run. Values are given as they are to be
/// placed; ticks say what they mean.
final class Chart {
  private static final int WIDTH = 860;
  private static final int HEIGHT = 300;
  private static final int LEFT = 76;
  private static final int RIGHT = 38;
  private static final int TOP = 14;
  private static final int BOTTOM = 46;

  /// A mark at an axis.
  record Tick(double at, String label) {}

  /// A line through points.
  record Line(String name, List<double[]> points) {}

  private final String xName;
  private final String yName;
  private final List<Tick> xTicks;
  private final List<Tick> yTicks;
  private final List<Line> lines = new ArrayList<>();

  /// @param xTicks rising; the first and the last are the ends of the axis. The same for `yTicks`.
  Chart(String xName, List<Tick> xTicks, String yName, List<Tick> yTicks) {
    this.xName = xName;
    this.xTicks = List.copyOf(xTicks);
    this.yName = yName;
    this.yTicks = List.copyOf(yTicks);
  }

  void line(Line line) {
    lines.add(line);
  }

  /// Ticks from 0 to at least `max`, at round numbers.
  static List<Tick> evenly(double max) {
    double step = Math.pow(10, Math.floor(Math.log10(Math.max(max, 1e-9))));
    if (max / step < 2) {
      step /= 5;
    } else if (max / step < 5) {
      step /= 2;
    }
    List<Tick> ticks = new ArrayList<>();
    for (int i = 0; ticks.size() < 2 || ticks.getLast().at() < max; i++) {
      ticks.add(new Tick(i * step, number(i * step)));
    }
    return ticks;
  }

  /// Short, for people: `1.5 M`, `20 k`, `0.05`.
  static String number(double value) {
    if (value >= 1e6) {
      return trimmed(value / 1e6) + " M";
    }
    return value >= 1e4 ? trimmed(value / 1e3) + " k" : trimmed(value);
  }

  private static String trimmed(double value) {
    return Words.of("%.3f", value).replaceFirst("\\.?0+$", "");
  }

  String svg() {
    StringBuilder out = new StringBuilder();
    out.append(
        Words.of(
            "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">", WIDTH, HEIGHT, yName));
    for (Tick tick : yTicks) {
      double y = y(tick.at());
      out.append(
          Words.of("<path class=\"grid\" d=\"M%d %.1fH%d\"/>", LEFT, y, WIDTH - RIGHT)
              + Words.of(
                  "<text class=\"end\" x=\"%d\" y=\"%.1f\">%s</text>",
                  LEFT - 8, y + 4, tick.label()));
    }
    for (Tick tick : xTicks) {
      double x = x(tick.at());
      out.append(
          Words.of("<path class=\"grid\" d=\"M%.1f %dV%d\"/>", x, TOP, HEIGHT - BOTTOM)
              + Words.of(
                  "<text class=\"middle\" x=\"%.1f\" y=\"%d\">%s</text>",
                  x, HEIGHT - BOTTOM + 18, tick.label()));
    }
    out.append(
        Words.of(
            "<text class=\"middle name\" x=\"%d\" y=\"%d\">%s</text>",
            (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, xName));
    for (int i = 0; i < lines.size(); i++) {
      out.append(Words.of("<path class=\"line l%d\" d=\"", i));
      String move = "M";
      for (double[] point : lines.get(i).points()) {
        out.append(Words.of("%s%.1f %.1f", move, x(point[0]), y(point[1])));
        move = "L";
      }
      out.append("\"/>");
    }
    return out.append("</svg>").toString();
  }

  /// What the lines are.
  String legend() {
    StringBuilder out = new StringBuilder("<p class=\"legend\">");
    out.append(Words.of("<b>%s</b>", yName));
    for (int i = 0; lines.size() > 1 && i < lines.size(); i++) {
      out.append(Words.of(" <span class=\"key k%d\"></span>%s", i, lines.get(i).name()));
    }
    return out.append("</p>").toString();
  }

  private double x(double value) {
    double share = share(value, xTicks);
    return LEFT + share * (WIDTH - LEFT - RIGHT);
  }

  private double y(double value) {
    return HEIGHT - BOTTOM - share(value, yTicks) * (HEIGHT - TOP - BOTTOM);
  }

  private static double share(double value, List<Tick> axis) {
    double from = axis.getFirst().at();
    double to = axis.getLast().at();
    return Math.clamp((value - from) / (to - from), 0, 1);
  }
}
