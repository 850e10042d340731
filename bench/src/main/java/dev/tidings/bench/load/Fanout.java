package dev.tidings.bench.load;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// One sender, many readers.
@Command(
    name = "fanout",
    description = "One conversation with many readers; one connection sends.",
    mixinStandardHelpOptions = true)
final class Fanout extends Workload {
  @Mixin private TrafficOptions traffic = new TrafficOptions();

  @Option(
      names = "--readers",
      defaultValue = "1000",
      description = "How many (default: ${DEFAULT-VALUE}).")
  private int readers;

  @Option(
      names = "--window",
      defaultValue = "16",
      description =
          "Without --rate: as fast as it goes, with so many messages under way"
              + " (default: ${DEFAULT-VALUE}).")
  private int window;

  @Option(
      names = "--group",
      description = "A group, which has a log, instead of a topic, which lives for the moment.")
  private boolean group;

  @Override
  void measure(Site site, LoadReport report) {
    Place place = group ? Place.GROUP : Place.TOPIC;
    Dialect dialect = dialect(site, place);
    if (dialect instanceof TidingsDialect tidings && group) {
      List<Integer> members = IntStream.range(0, readers).boxed().toList();
      new GroupSetup(site).create(tidings.address(0), readers, members);
    }
    try (Run run = run(site, dialect, traffic.payload)) {
      List<Seat> seats = new ArrayList<>(seats(0, readers, Role.READER, 0));
      seats.add(new Seat(readers, Role.SENDER, 0));
      List<Link> links = run.connect(seats, CONNECTS_UNDER_WAY, CONNECT_MAX);
      // A member hears what he sends himself.
      Flow flow = run.flow(traffic.pace(new Pace.Delivered(window)));
      run.stream(flow, links.getLast(), 0, group ? links : links.subList(0, readers));
      Figures figures = run.measure(traffic.warmUp(), traffic.duration()).getFirst();
      report.headline(
          Words.of(
              "%,d readers of one %s, payload %d bytes, %s",
              readers, group ? "group" : "topic", traffic.payload, LoadReport.words(flow.pace())));
      report.note("readers", readers);
      report.note("place", place.word());
      report.note("payloadBytes", traffic.payload);
      report.figures(figures, run.firstTrouble());
    }
  }
}
