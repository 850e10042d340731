package dev.tidings.bench.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/// Outcomes as a page of Markdown.
final class Table {
  private static final String UNKNOWN = "–";

  // What a figure is divided by.
  private static final double AS_IT_IS = 1;
  private static final double MICROS_IN_MILLI = 1_000;

  private final Outcomes outcomes;
  private final StringBuilder page = new StringBuilder();

  private Table(Outcomes outcomes) {
    this.outcomes = outcomes;
  }

  static String page(Outcomes outcomes) {
    Table table = new Table(outcomes);
    table.head();
    table.goals();
    Trial.all().stream()
        .filter(trial -> !outcomes.of(trial.name()).isEmpty())
        .forEach(table::trial);
    table.versions();
    return table.page.toString();
  }

  @SuppressWarnings("AnnotateFormatMethod") // would need a library of annotations just for this
  private void line(String format, Object... values) {
    page.append(String.format(Locale.ROOT, format, values)).append('\n');
  }

  private void head() {
    line("# Comparison");
    line("");
    line("Made by `bench/compare`; what it does and does not say: [README](../README.md).");
    outcomes.all().stream()
        .findFirst()
        .ifPresent(first -> {
          line("");
          line(
              "%s, commit %s. %s cores (%s), Linux %s, Java %s. Payload 128 bytes; server on"
                  + " core %s, load on core %s.",
              first.word("at"),
              first.word("commit"),
              first.word("cores"),
              first.word("cpu"),
              first.word("kernel"),
              first.word("jvm"),
              first.word("serverCore"),
              first.word("loadCore"));
        });
    line("");
    line(
        "Rounds: %d. A cell is the median over rounds; `×` are ratios within a round, to the mean",
        outcomes.all().stream().mapToInt(Outcome::round).max().orElse(0) + 1);
    line(
        "of the floor before and after. `others`: percent of a core that neither server nor load"
            + " used.");
  }

  private void goals() {
    List<String> rows = Goals.rows(outcomes);
    if (rows.isEmpty()) {
      return;
    }
    line("");
    line("## Tidings: wanted and measured");
    line("");
    line("| what | measured | to reach | aim | reached |");
    line("|---|---:|---:|---:|---|");
    rows.forEach(row -> line("%s", row));
  }

  private void trial(Trial trial) {
    line("");
    line("## %s", trial.title());
    line("");
    line(
        "`%s`: `tidings bench %s`%s",
        trial.name(),
        String.join(" ", trial.load()),
        trial.beside().isEmpty()
            ? ""
            : ", beside `tidings bench " + String.join(" ", trial.beside()) + "`");
    line("");
    List<Column> columns = columns(trial);
    line("| server |%s", joined(columns.stream().map(Column::head).toList()));
    line("|---|%s", "---:|".repeat(columns.size()));
    for (String server : outcomes.servers(trial.name())) {
      line("| %s |%s", server, joined(columns.stream().map(each -> each.of(server)).toList()));
    }
    steadiness(trial);
  }

  private static String joined(List<String> cells) {
    StringBuilder row = new StringBuilder();
    cells.forEach(cell -> row.append(' ').append(cell).append(" |"));
    return row.toString();
  }

  /// A column of a table: its head, and the cell of a server.
  private record Column(String head, UnaryOperator<String> cell) {
    String of(String server) {
      return cell.apply(server);
    }
  }

  private List<Column> columns(Trial trial) {
    String write = Contender.FLOOR_WRITE.name();
    String coalesce = Contender.FLOOR_COALESCE.name();
    boolean hasFloor = outcomes.servers(trial.name()).contains(write);
    List<Column> columns = new ArrayList<>();
    switch (trial.kind()) {
      case FLAT_OUT -> {
        columns.add(figure(trial, "deliveries/s", Figure.DELIVERIES, "%,.0f", AS_IT_IS));
        if (hasFloor) {
          columns.add(ratio(trial, "× coalesced floor", coalesce, Figure.DELIVERIES));
        }
        columns.add(figure(trial, "CPU µs per delivery", Figure.CPU, "%.2f", AS_IT_IS));
        if (hasFloor) {
          columns.add(ratio(trial, "× one-write floor", write, Figure.CPU));
        }
        columns.add(figure(trial, "p99 ms", Figure.DELIVERY_P99, "%.1f", MICROS_IN_MILLI));
      }
      case AT_RATE -> {
        if (trial.beside().isEmpty()) {
          columns.add(figure(trial, "CPU µs per delivery", Figure.CPU, "%.2f", AS_IT_IS));
        } else {
          // The processor time is that of both loads.
          columns.add(figure(trial, "deliveries/s to the group", Figure.BESIDE, "%,.0f", AS_IT_IS));
        }
        if (hasFloor) {
          columns.add(ratio(trial, "× one-write floor", write, Figure.CPU));
        }
        columns.add(figure(trial, "p50 ms", Figure.DELIVERY_P50, "%.2f", MICROS_IN_MILLI));
        columns.add(figure(trial, "p99 ms", Figure.DELIVERY_P99, "%.2f", MICROS_IN_MILLI));
      }
      case KEPT -> {
        columns.add(figure(trial, "ok/s", Figure.OKS, "%,.0f", AS_IT_IS));
        columns.add(figure(trial, "CPU µs per send", Figure.CPU_PER_SEND, "%.1f", AS_IT_IS));
        columns.add(figure(trial, "p50 ms to ok", Figure.OK_P50, "%.1f", MICROS_IN_MILLI));
        columns.add(figure(trial, "p99 ms to ok", Figure.OK_P99, "%.1f", MICROS_IN_MILLI));
      }
      case IDLE -> {
        columns.add(figure(trial, "KiB per connection", Figure.KIB, "%.2f", AS_IT_IS));
        columns.add(figure(trial, "s to connect all", Figure.CONNECT_SECONDS, "%.1f", AS_IT_IS));
        columns.add(figure(trial, "CPU µs per connect", Figure.CONNECT_CPU, "%.0f", AS_IT_IS));
      }
    }
    columns.add(figure(trial, "server %", Figure.SERVER_PERCENT, "%.0f", AS_IT_IS));
    columns.add(figure(trial, "load %", Figure.LOAD_PERCENT, "%.0f", AS_IT_IS));
    columns.add(figure(trial, "others %", Figure.OTHER_PERCENT, "%.0f", AS_IT_IS));
    if (trial.kind() != Trial.Kind.IDLE) {
      columns.add(figure(trial, "lost", Figure.LOST, "%,.0f", AS_IT_IS));
    }
    return columns;
  }

  private Column figure(Trial trial, String head, String path, String format, double unit) {
    return new Column(
        head,
        server -> {
          OptionalDouble figure = outcomes.figure(trial.name(), server, path);
          return figure.isPresent()
              ? String.format(Locale.ROOT, format, figure.getAsDouble() / unit)
              : UNKNOWN;
        });
  }

  private Column ratio(Trial trial, String head, String other, String path) {
    return new Column(
        head,
        server -> {
          OptionalDouble ratio = outcomes.ratio(trial.name(), server, other, path);
          return ratio.isPresent()
              ? String.format(Locale.ROOT, "%.2f", ratio.getAsDouble())
              : UNKNOWN;
        });
  }

  /// How far the floors moved between the first and the last measurement.
  private void steadiness(Trial trial) {
    List<String> words = new ArrayList<>();
    for (Contender floor : List.of(Contender.FLOOR_WRITE, Contender.FLOOR_COALESCE)) {
      List<String> each =
          outcomes.of(trial.name(), floor.name()).stream()
              .map(outcome -> outcome.cell(Figure.CPU, "%.2f"))
              .toList();
      OptionalDouble spread = outcomes.spread(trial.name(), floor.name(), Figure.CPU);
      if (spread.isPresent()) {
        words.add(
            String.format(
                Locale.ROOT,
                "%s %s µs (%.0f %% apart)",
                floor.name(),
                String.join(", ", each),
                (spread.getAsDouble() - 1) * 100));
      }
    }
    if (!words.isEmpty()) {
      line("");
      line("The floor each time: %s.", String.join("; ", words));
    }
  }

  private void versions() {
    Map<String, Outcome> servers = new TreeMap<>();
    outcomes.all().forEach(outcome -> servers.put(outcome.server(), outcome));
    line("");
    line("## Servers");
    line("");
    line("| server | version | command |");
    line("|---|---|---|");
    servers.forEach((server, last) ->
        line("| %s | %s | `%s` |", server, last.word("version"), last.word("serverCommand")));
  }
}
