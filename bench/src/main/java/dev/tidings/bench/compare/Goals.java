package dev.tidings.bench.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/// What Tidings wants to reach, and what it did.
final class Goals {
  private static final String TIDINGS = Contender.TIDINGS;
  private static final String WRITE = Contender.FLOOR_WRITE.name();
  private static final String COALESCE = Contender.FLOOR_COALESCE.name();

  private final Outcomes outcomes;
  private final List<String> rows = new ArrayList<>();

  private Goals(Outcomes outcomes) {
    this.outcomes = outcomes;
  }

  /// Rows of a table: what, measured, to reach, whether it was. Only what was measured stands
  /// there.
  static List<String> rows(Outcomes outcomes) {
    Goals goals = new Goals(outcomes);
    goals.fanOut();
    goals.growth();
    goals.besides();
    goals.lanes();
    return goals.rows;
  }

  private void fanOut() {
    atLeast(
        "room of 1,000, flat out: deliveries/s × coalesced floor",
        0.85,
        1.15,
        rate(Trial.ROOM, COALESCE));
    atLeast("room of 1,000, flat out: deliveries/s × NATS", 2.5, 2.5, rate(Trial.ROOM, "nats"));
    atMost("room of 1,000, 20 messages/s: CPU × one-write floor", 1.2, 1.0, cost(Trial.ROOM_RATE));
    atLeast(
        "room of 10,000, flat out: deliveries/s × coalesced floor",
        1.0,
        1.5,
        rate(Trial.LARGE_ROOM, COALESCE));
    atLeast("room of 10,000, flat out: deliveries/s × NATS", 3, 3, rate(Trial.LARGE_ROOM, "nats"));
    atMost("100 rooms of 100: CPU × one-write floor", 1.35, 1.05, cost(Trial.ROOMS));
    atMost(
        "5,000 private pairs, nothing kept: CPU × one-write floor", 1.5, 1.2, cost(Trial.PRIVATE));
    atLeast(
        "5,000 private pairs, kept on disk: sends/s",
        40_000,
        80_000,
        outcomes.figure(Trial.PRIVATE_KEPT, TIDINGS, Figure.OKS));
    atMost(
        "5,000 private pairs, kept on disk: p99 to ok, ms",
        20,
        20,
        millis(outcomes.figure(Trial.PRIVATE_KEPT, TIDINGS, Figure.OK_P99)));
    atMost(
        "10,000 idle connections: KiB each",
        4.5,
        3,
        outcomes.figure(Trial.IDLE, TIDINGS, Figure.KIB));
    atMost(
        "the same, each user in 200 groups: KiB each",
        6,
        6,
        outcomes.figure(Trial.IDLE_GROUPS, TIDINGS, Figure.KIB));
  }

  private void growth() {
    String small = Trial.GROWTH + Trial.GROWING_READERS.getFirst();
    String large = Trial.GROWTH + Trial.GROWING_READERS.getLast();
    atMost(
        "growth of CPU per delivery from 1,000 to 15,000 readers × the floor's own",
        1.15,
        1,
        Outcomes.divide(cost(large), cost(small)));
  }

  private void besides() {
    OptionalDouble without = outcomes.figure(Trial.BESIDE + 0, TIDINGS, Figure.DELIVERY_P99);
    atMost(
        "p99 of private messages beside a group of 10,000 with 10 messages/s × without",
        1.5,
        1.5,
        Outcomes.divide(outcomes.figure(Trial.BESIDE + 10, TIDINGS, Figure.DELIVERY_P99), without));
    atMost(
        "the same with 100 messages/s × without",
        3,
        3,
        Outcomes.divide(
            outcomes.figure(Trial.BESIDE + 100, TIDINGS, Figure.DELIVERY_P99), without));
  }

  private void lanes() {
    atMost(
        "two lanes on two cores, room of 1,000: CPU per delivery × one lane",
        1.15,
        1,
        lanes(Trial.LANES_RATE));
    atMost(
        "two lanes on two cores, 100 rooms of 100: CPU per delivery × one lane",
        1.15,
        1,
        lanes(Trial.LANES_ROOMS));
  }

  private OptionalDouble lanes(String trial) {
    return outcomes.ratio(
        trial,
        Contender.tidings(List.of("--lanes=2"), "").name(),
        Contender.tidings(List.of("--lanes=1"), "").name(),
        Figure.CPU);
  }

  private OptionalDouble rate(String trial, String other) {
    return outcomes.ratio(trial, TIDINGS, other, Figure.DELIVERIES);
  }

  private OptionalDouble cost(String trial) {
    return outcomes.ratio(trial, TIDINGS, WRITE, Figure.CPU);
  }

  private static OptionalDouble millis(OptionalDouble micros) {
    return micros.isPresent()
        ? OptionalDouble.of(micros.getAsDouble() / 1_000)
        : OptionalDouble.empty();
  }

  private void atLeast(String what, double goal, double aim, OptionalDouble measured) {
    measured.ifPresent(value -> row(what, value, "≥", goal, aim, value >= goal, value >= aim));
  }

  private void atMost(String what, double goal, double aim, OptionalDouble measured) {
    measured.ifPresent(value -> row(what, value, "≤", goal, aim, value <= goal, value <= aim));
  }

  private void row(
      String what, double value, String sign, double goal, double aim, boolean met, boolean more) {
    String verdict = more ? (goal == aim ? "yes" : "yes, and the aim") : met ? "yes" : "**no**";
    rows.add(
        "| %s | %s | %s %s | %s %s | %s |"
            .formatted(what, number(value), sign, number(goal), sign, number(aim), verdict));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value >= 1_000 ? "%,.0f" : "%.2f", value);
  }
}
