package dev.tidings.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class OutcomesTest {
  private static final String WRITE = Contender.FLOOR_WRITE.name();
  private static final String COALESCE = Contender.FLOOR_COALESCE.name();

  private static Outcome outcome(
      String trial, String server, int round, double deliveries, double cpu) {
    return Outcome.of(
        """
        {"trial":"%s","server":"%s","round":%d,"deliveriesPerSecond":%s,\
        "serverCpuMicrosPerDelivery":%s,"deliveryMicros":{"p99":1500},"counts":{"lost":0}}\
        """
            .formatted(trial, server, round, deliveries, cpu));
  }

  @Test
  void ratioIsToTheMeanOfTheFloorBeforeAndAfter() {
    Outcomes outcomes =
        new Outcomes(
            List.of(
                outcome(Trial.ROOM, WRITE, 0, 100, 2),
                outcome(Trial.ROOM, "tidings", 0, 500, 1.5),
                outcome(Trial.ROOM, WRITE, 0, 100, 4)));
    assertThat(outcomes.ratio(Trial.ROOM, "tidings", WRITE, Figure.CPU)).hasValue(0.5);
    assertThat(outcomes.spread(Trial.ROOM, WRITE, Figure.CPU)).hasValue(2);
    assertThat(outcomes.spread(Trial.ROOM, "tidings", Figure.CPU)).isEmpty();
  }

  @Test
  void ratiosAreTakenWithinARoundAndTheirMedianCounts() {
    // The machine is slower in each round; the server keeps its distance but once.
    Outcomes outcomes =
        new Outcomes(
            Stream.of(1, 2, 4)
                .flatMap(slow ->
                    Stream.of(
                        outcome(Trial.ROOM, WRITE, slow, 100, slow),
                        outcome(Trial.ROOM, "tidings", slow, 100, slow == 4 ? 40 : 3 * slow)))
                .toList());
    assertThat(outcomes.ratio(Trial.ROOM, "tidings", WRITE, Figure.CPU)).hasValue(3);
    assertThat(outcomes.figure(Trial.ROOM, "tidings", Figure.CPU)).hasValue(6);
  }

  @Test
  void whatWasNotMeasuredIsNotKnown() {
    Outcomes outcomes = new Outcomes(List.of(outcome(Trial.ROOM, "tidings", 0, 500, 1.5)));
    assertThat(outcomes.ratio(Trial.ROOM, "tidings", WRITE, Figure.CPU)).isEmpty();
    assertThat(outcomes.figure(Trial.ROOM, "tidings", Figure.KIB)).isEmpty();
    assertThat(Goals.rows(outcomes)).isEmpty();
    assertThat(Table.page(outcomes)).contains("| tidings | 500 | 1.50 | 1.5 | – | – | – | 0 |");
  }

  @Test
  void pageSaysWhatWasReached() {
    Outcomes outcomes =
        new Outcomes(
            List.of(
                outcome(Trial.ROOM, WRITE, 0, 100_000, 3),
                outcome(Trial.ROOM, COALESCE, 0, 1_000_000, 0.5),
                outcome(Trial.ROOM, "tidings", 0, 900_000, 0.6),
                outcome(Trial.ROOM, "nats", 0, 600_000, 1.6)));
    assertThat(Table.page(outcomes))
        .contains(
            "| room of 1,000, flat out: deliveries/s × coalesced floor | 0.90 | ≥ 0.85 | ≥ 1.15 |"
                + " yes |")
        .contains(
            "| room of 1,000, flat out: deliveries/s × NATS | 1.50 | ≥ 2.50 | ≥ 2.50 | **no** |")
        .contains("| tidings | 900,000 | 0.90 | 0.60 | 0.20 |");
  }

  @Test
  void growthIsMeasuredByTheFloorsOwn() {
    Outcomes outcomes =
        new Outcomes(
            List.of(
                outcome("growth-1000", WRITE, 0, 20_000, 4),
                outcome("growth-1000", "tidings", 0, 20_000, 5),
                outcome("growth-15000", WRITE, 0, 20_000, 8),
                outcome("growth-15000", "tidings", 0, 20_000, 15)));
    assertThat(Goals.rows(outcomes))
        .containsExactly(
            "| growth of CPU per delivery from 1,000 to 15,000 readers × the floor's own | 1.50 |"
                + " ≤ 1.15 | ≤ 1.00 | **no** |");
  }

  @Test
  void floorsAreMeasuredFirstAndLast() {
    Trial room = Trial.all().getFirst();
    List<Contender> tidings = Contender.all().subList(0, 3);
    assertThat(room.order(tidings, "0", "1"))
        .extracting(Contender::name)
        .containsExactly(WRITE, COALESCE, "tidings", WRITE, COALESCE);
    // Asked for by itself, the floor is measured once.
    assertThat(room.order(tidings.subList(0, 2), "0", "1")).hasSize(2);
  }

  @Test
  void secondLaneGetsTheCoreOfTheLoad() {
    Trial lanes =
        Trial.all().stream()
            .filter(trial -> trial.name().equals(Trial.LANES_RATE))
            .findFirst()
            .orElseThrow();
    assertThat(lanes.order(Contender.all(), "0", "1"))
        .extracting(Contender::cores)
        .containsExactly("0", "0,1");
  }

  @Test
  void onlyThoseAreBuiltThatAreNeeded() {
    for (Trial trial : Trial.all()) {
      for (Contender contender : trial.order(Contender.all(), "0", "1")) {
        assertThat(Contender.all().stream().filter(trial::needs))
            .as("%s in %s", contender.name(), trial.name())
            .anyMatch(needed -> contender.name().startsWith(needed.name()));
      }
    }
  }
}
