package dev.tidings.bench.load;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Many conversations with some readers each.
@Command(
    name = "rooms",
    description = "Many conversations with some readers each; the first of each room sends.",
    mixinStandardHelpOptions = true)
final class Rooms extends Workload {
  @Mixin private TrafficOptions traffic = new TrafficOptions();

  @Option(
      names = "--rooms",
      defaultValue = "100",
      description = "How many (default: ${DEFAULT-VALUE}).")
  private int rooms;

  @Option(
      names = "--readers",
      defaultValue = "100",
      description = "In each (default: ${DEFAULT-VALUE}).")
  private int readers;

  @Option(
      names = "--window",
      defaultValue = "100",
      description =
          "Without --rate: as fast as it goes, with so many messages under way, the rooms in turn"
              + " (default: ${DEFAULT-VALUE}).")
  private int window;

  @Option(
      names = "--group",
      description = "Groups, which have a log, instead of topics, which live for the moment.")
  private boolean group;

  @Override
  void measure(Site site, LoadReport report) {
    Place place = group ? Place.GROUP : Place.TOPIC;
    Dialect dialect = dialect(site, place);
    List<Seat> seats = new ArrayList<>();
    for (int room = 0; room < rooms; room++) {
      seats.addAll(seats(room * readers, readers, Role.READER, room));
      if (group && dialect instanceof TidingsDialect tidings) {
        int owner = room * readers;
        List<Integer> others = IntStream.range(owner + 1, owner + readers).boxed().toList();
        new GroupSetup(site).create(tidings.address(room), owner, others);
      }
    }
    if (!dialect.readersSend()) {
      for (int room = 0; room < rooms; room++) {
        seats.add(new Seat(seats.size(), Role.SENDER, room));
      }
    }
    try (Run run = run(site, dialect, traffic.payload)) {
      List<Link> links = run.connect(seats, CONNECTS_UNDER_WAY, CONNECT_MAX);
      Flow flow = run.flow(traffic.pace(new Pace.Delivered(window)));
      for (int room = 0; room < rooms; room++) {
        List<Link> all = links.subList(room * readers, (room + 1) * readers);
        if (!dialect.readersSend()) {
          run.stream(flow, links.get(rooms * readers + room), room, all);
        } else {
          run.stream(
              flow,
              all.getFirst(),
              room,
              dialect.sendersHearThemselves() ? all : all.subList(1, all.size()));
        }
      }
      Figures figures = run.measure(traffic.warmUp(), traffic.duration()).getFirst();
      report.headline(
          Words.of(
              "%,d %ss with %,d readers each, payload %d bytes, %s",
              rooms, place.word(), readers, traffic.payload, LoadReport.words(flow.pace())));
      report.note("rooms", rooms);
      report.note("readers", readers);
      report.note("place", place.word());
      report.note("payloadBytes", traffic.payload);
      report.figures(figures, run.firstTrouble());
    }
  }
}
