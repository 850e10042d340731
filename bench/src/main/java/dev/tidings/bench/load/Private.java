package dev.tidings.bench.load;

import dev.tidings.bench.process.BenchFailure;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// One to one.
@Command(
    name = "private",
    description =
        "Pairs that write to each other. Each reads a topic of his own, which lives for the moment;"
            + " or, with --kept, they send to each other as users and wait for ok.",
    mixinStandardHelpOptions = true)
final class Private extends Workload {
  /// For servers at which a reader cannot send.
  private static final int SENDERS = 16;

  @Mixin private TrafficOptions traffic = new TrafficOptions();

  @Option(
      names = "--connections",
      defaultValue = "10000",
      description = "How many, two to a pair (default: ${DEFAULT-VALUE}).")
  private int connections;

  @Option(
      names = "--window",
      defaultValue = "500",
      description =
          "Without --rate: as fast as it goes, with so many messages under way in all; with --kept,"
              + " sends without ok (default: ${DEFAULT-VALUE}).")
  private int window;

  @Option(names = "--kept", description = "Private conversations, which have a log.")
  private boolean kept;

  @Override
  void measure(Site site, LoadReport report) {
    if (connections < 2 || connections % 2 != 0) {
      throw new BenchFailure("--connections " + connections + ": an even number");
    }
    Place place = kept ? Place.USER : Place.TOPIC;
    Dialect dialect = dialect(site, place);
    List<Seat> seats = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      seats.add(new Seat(i, Role.READER, i));
    }
    if (!dialect.readersSend()) {
      for (int i = 0; i < SENDERS; i++) {
        seats.add(new Seat(connections + i, Role.SENDER, i));
      }
    }
    try (Run run = run(site, dialect, traffic.payload)) {
      List<Link> links = run.connect(seats, CONNECTS_UNDER_WAY, CONNECT_MAX);
      for (int i = 0; i < connections; i++) {
        Link sender = links.get(dialect.readersSend() ? i ^ 1 : connections + i % SENDERS);
        // A user hears on his connections what he sends himself.
        run.stream(sender, i, kept ? List.of(links.get(i), sender) : List.of(links.get(i)));
      }
      Pace pace = traffic.pace(kept ? new Pace.Confirmed(window) : new Pace.Delivered(window));
      Figures figures = run.measure(pace, traffic.warmUp(), traffic.duration());
      report.headline(
          Words.of(
              "%,d pairs, %s, payload %d bytes, %s",
              connections / 2,
              kept ? "kept" : "topics without log",
              traffic.payload,
              LoadReport.words(pace)));
      report.note("connections", connections);
      report.note("kept", kept);
      report.note("payloadBytes", traffic.payload);
      report.figures(pace, figures, run.firstTrouble());
      if (kept && dialect instanceof TidingsDialect tidings) {
        report.levels(tidings);
      }
    }
  }
}
