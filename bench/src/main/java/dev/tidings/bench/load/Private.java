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

  @Option(
      names = "--beside-readers",
      defaultValue = "0",
      description =
          "Beside the pairs, so many further connections that read one topic (default:"
              + " ${DEFAULT-VALUE}): what it does to the pairs' latency.")
  private int besideReaders;

  @Option(
      names = "--beside-rate",
      defaultValue = "10",
      description = "Messages per second to that topic (default: ${DEFAULT-VALUE}).")
  private double besideRate;

  @Override
  void measure(Site site, LoadReport report) {
    if (connections < 2 || connections % 2 != 0) {
      throw new BenchFailure("--connections " + connections + ": an even number");
    }
    if (kept && besideReaders > 0) {
      throw new BenchFailure("--beside-readers is for pairs through topics");
    }
    Place place = kept ? Place.USER : Place.TOPIC;
    Dialect dialect = dialect(site, place);
    List<Seat> seats = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      seats.add(new Seat(i, Role.READER, i));
    }
    if (!dialect.readersSend()) {
      for (int i = 0; i < dialect.senders(connections); i++) {
        seats.add(new Seat(connections + i, Role.SENDER, i));
      }
    }
    int firstBeside = seats.size();
    if (besideReaders > 0) {
      seats.addAll(seats(firstBeside, besideReaders, Role.READER, connections));
      seats.add(new Seat(seats.size(), Role.SENDER, connections));
    }
    try (Run run = run(site, dialect, traffic.payload)) {
      List<Link> links = run.connect(seats, CONNECTS_UNDER_WAY, CONNECT_MAX);
      Flow flow =
          run.flow(traffic.pace(kept ? new Pace.Confirmed(window) : new Pace.Delivered(window)));
      for (int i = 0; i < connections; i++) {
        Link sender =
            links.get(
                dialect.readersSend() ? i ^ 1 : connections + i % dialect.senders(connections));
        // A user hears on his connections what he sends himself.
        run.stream(flow, sender, i, kept ? List.of(links.get(i), sender) : List.of(links.get(i)));
      }
      if (besideReaders > 0) {
        run.stream(
            run.flow(new Pace.Rate(besideRate)),
            links.getLast(),
            connections,
            links.subList(firstBeside, firstBeside + besideReaders));
      }
      List<Figures> figures = run.measure(traffic.warmUp(), traffic.duration());
      report.headline(
          Words.of(
              "%,d pairs, %s, payload %d bytes, %s",
              connections / 2,
              kept ? "kept" : "topics without log",
              traffic.payload,
              LoadReport.words(flow.pace())));
      report.note("connections", connections);
      report.note("kept", kept);
      report.note("payloadBytes", traffic.payload);
      report.figures(figures.getFirst(), run.firstTrouble());
      if (besideReaders > 0) {
        report.note("besideReaders", besideReaders);
        report.note("besideRate", besideRate);
        report.beside(figures.getLast());
      }
      if (kept && dialect instanceof TidingsDialect tidings) {
        report.levels(tidings);
      }
    }
  }
}
