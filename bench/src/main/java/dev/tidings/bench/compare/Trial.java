package dev.tidings.bench.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/// Something that is done to servers, one after the other.
///
/// @param name in options and results
/// @param title for people
/// @param kind which of its figures count
/// @param load the command of `./tidings bench` and its options, without those that say where, how
///   long and who
/// @param who takes part
/// @param beside a load of the same server meanwhile, not measured; empty if there is none
record Trial(
    String name, String title, Kind kind, List<String> load, Who who, List<String> beside) {
  /// Which figures count.
  enum Kind {
    /// A fixed number of messages is under way: deliveries per second, and what each costs.
    FLAT_OUT,
    /// Messages at a fixed rate: what each delivery costs, and how long it takes.
    AT_RATE,
    /// Sends that wait for `ok`.
    KEPT,
    /// Nothing is sent: memory.
    IDLE
  }

  /// Who takes part.
  enum Who {
    /// All that were asked for.
    EVERYBODY,
    /// Both floors and Tidings.
    FLOOR_AND_TIDINGS,
    /// Tidings alone: the others know nothing of the kind.
    TIDINGS,
    /// Tidings with one lane on the core of the server, and with two, on that core and the load's.
    LANES
  }

  static final String ROOM = "room-1000";
  static final String ROOM_RATE = "room-1000-rate";
  static final String LARGE_ROOM = "room-10000";
  static final String ROOMS = "rooms";
  static final String PRIVATE = "private";
  static final String PRIVATE_KEPT = "private-kept";
  static final String IDLE = "idle";
  static final String IDLE_GROUPS = "idle-groups";
  static final String GROWTH = "growth-";
  static final String BESIDE = "beside-";
  static final String LANES_RATE = "lanes-rate";
  static final String LANES_ROOMS = "lanes-rooms";

  static final List<Integer> GROWING_READERS = List.of(1_000, 5_000, 10_000, 15_000);

  /// Messages per second to the group beside private ones; 0: there is no such group.
  static final List<Integer> BESIDE_RATES = List.of(0, 10, 100);

  private static final int GROWTH_DELIVERIES = 20_000;

  private static final List<Trial> ALL = make();

  Trial {
    load = List.copyOf(load);
    beside = List.copyOf(beside);
  }

  static List<Trial> all() {
    return ALL;
  }

  private static List<Trial> make() {
    List<Trial> all = new ArrayList<>();
    all.add(
        alone(
            ROOM,
            "One room of 1,000, flat out, 16 messages under way",
            Kind.FLAT_OUT,
            Who.EVERYBODY,
            "fanout --readers 1000 --window 16"));
    all.add(
        alone(
            ROOM_RATE,
            "One room of 1,000, 20 messages/s",
            Kind.AT_RATE,
            Who.EVERYBODY,
            "fanout --readers 1000 --rate 20"));
    all.add(
        alone(
            LARGE_ROOM,
            "One room of 10,000, flat out, 4 messages under way",
            Kind.FLAT_OUT,
            Who.EVERYBODY,
            "fanout --readers 10000 --window 4"));
    all.add(
        alone(
            ROOMS,
            "100 rooms of 100, flat out, 100 messages under way",
            Kind.FLAT_OUT,
            Who.EVERYBODY,
            "rooms --rooms 100 --readers 100 --window 100"));
    all.add(
        alone(
            PRIVATE,
            "5,000 private pairs, flat out, 500 messages under way, nothing kept",
            Kind.FLAT_OUT,
            Who.EVERYBODY,
            "private --connections 10000 --window 500"));
    all.add(
        alone(
            PRIVATE_KEPT,
            "5,000 private pairs, kept on disk, 500 sends without ok",
            Kind.KEPT,
            Who.TIDINGS,
            "private --kept --connections 10000 --window 500"));
    all.add(
        alone(
            IDLE, "10,000 idle connections", Kind.IDLE, Who.EVERYBODY, "idle --connections 10000"));
    all.add(
        alone(
            IDLE_GROUPS,
            "10,000 idle connections, each user in 200 groups of 10",
            Kind.IDLE,
            Who.TIDINGS,
            "idle --connections 10000 --groups 200 --group-size 10"));
    for (int readers : GROWING_READERS) {
      all.add(
          alone(
              GROWTH + readers,
              words("One room of %,d, 20,000 deliveries/s", readers),
              Kind.AT_RATE,
              Who.FLOOR_AND_TIDINGS,
              "fanout --readers "
                  + readers
                  + words(" --rate %.3f", (double) GROWTH_DELIVERIES / readers)));
    }
    for (int rate : BESIDE_RATES) {
      all.add(
          new Trial(
              BESIDE + rate,
              "500 private pairs, kept, 1,000 sends/s"
                  + (rate == 0 ? "" : words(", beside a group of 10,000 with %d messages/s", rate)),
              Kind.AT_RATE,
              split("private --kept --connections 1000 --rate 1000"),
              Who.TIDINGS,
              rate == 0 ? List.of() : split("fanout --group --readers 9999 --rate " + rate)));
    }
    all.add(
        alone(
            LANES_RATE,
            "One lane on one core, two on two: one room of 1,000, 20 messages/s",
            Kind.AT_RATE,
            Who.LANES,
            "fanout --readers 1000 --rate 20"));
    all.add(
        alone(
            LANES_ROOMS,
            "One lane on one core, two on two: 100 rooms of 100, flat out",
            Kind.FLAT_OUT,
            Who.LANES,
            "rooms --rooms 100 --readers 100 --window 100"));
    return List.copyOf(all);
  }

  private static Trial alone(String name, String title, Kind kind, Who who, String load) {
    return new Trial(name, title, kind, split(load), who, List.of());
  }

  private static List<String> split(String words) {
    return List.of(words.split(" ", -1));
  }

  @SuppressWarnings("AnnotateFormatMethod") // would need a library of annotations just for this
  private static String words(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  /// Who is measured, in this order. The floors come first and again at the end, which shows how
  /// steady the machine was.
  ///
  /// @param asked those asked for
  /// @param serverCore the core of the comparison
  /// @param loadCore the load's
  List<Contender> order(List<Contender> asked, String serverCore, String loadCore) {
    List<Contender> floors = asked.stream().filter(Contender::isFloor).toList();
    List<Contender> tidings = asked.stream().filter(Contender::isTidings).toList();
    return switch (who) {
      case EVERYBODY -> around(floors, asked.stream().filter(each -> !each.isFloor()).toList());
      case FLOOR_AND_TIDINGS -> around(floors, tidings);
      case TIDINGS -> tidings;
      case LANES ->
          tidings.isEmpty()
              ? List.of()
              : IntStream.rangeClosed(1, 2)
                  .mapToObj(lanes ->
                      Contender.tidings(
                          List.of("--lanes=" + lanes),
                          lanes == 1 ? serverCore : serverCore + "," + loadCore))
                  .toList();
    };
  }

  /// Whether it is among those measured, or what it is a variant of.
  boolean needs(Contender contender) {
    return switch (who) {
      case EVERYBODY -> true;
      case FLOOR_AND_TIDINGS -> contender.isFloor() || contender.isTidings();
      case TIDINGS, LANES -> contender.isTidings();
    };
  }

  private static List<Contender> around(List<Contender> floors, List<Contender> others) {
    List<Contender> order = new ArrayList<>(floors);
    order.addAll(others);
    if (!others.isEmpty()) {
      order.addAll(floors);
    }
    return order;
  }
}
