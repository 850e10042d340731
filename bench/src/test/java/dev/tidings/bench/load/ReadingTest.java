package dev.tidings.bench.load;

import static dev.tidings.bench.load.Reading.Verdict.IN_ORDER;
import static dev.tidings.bench.load.Reading.Verdict.LATE;
import static dev.tidings.bench.load.Reading.Verdict.TWICE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ReadingTest {
  private final Reading reading = new Reading();

  private List<Reading.Verdict> verdicts(long... numbers) {
    List<Reading.Verdict> all = new ArrayList<>();
    for (long number : numbers) {
      all.add(reading.arrived(number));
    }
    return all;
  }

  @Test
  void inTurnIsInOrder() {
    assertThat(verdicts(1, 2, 3)).containsOnly(IN_ORDER);
    assertThat(reading.hasAllUpTo(3)).isTrue();
    assertThat(reading.hasAllUpTo(4)).isFalse();
  }

  @Test
  void whatWasSkippedIsLateOnceAndThenTwice() {
    assertThat(verdicts(1, 5, 3, 3, 4, 2, 2, 5))
        .containsExactly(IN_ORDER, IN_ORDER, LATE, TWICE, LATE, LATE, TWICE, TWICE);
    assertThat(reading.hasAllUpTo(5)).isTrue();
  }

  @Test
  void aHoleIsMissed() {
    verdicts(1, 2, 4);
    assertThat(reading.hasAllUpTo(2)).isTrue();
    assertThat(reading.hasAllUpTo(3)).isFalse();
    assertThat(reading.highest()).isEqualTo(4);
  }

  @Test
  void inAnyOrderEachIsNewExactlyOnce() {
    SplittableRandom random = new SplittableRandom(3);
    Set<Long> known = new HashSet<>();
    for (int i = 0; i < 5_000; i++) {
      long number = random.nextLong(1, 400);
      assertThat(reading.arrived(number) != TWICE).isEqualTo(known.add(number));
    }
  }

  @Test
  void moreHolesThanAreKeptAreForgottenFromTheOldest() {
    for (long number = 2; number <= 2L * (Reading.RANGES_MAX + 10); number += 2) {
      reading.arrived(number);
    }
    assertThat(reading.arrived(1)).isEqualTo(TWICE);
    assertThat(reading.arrived(2L * Reading.RANGES_MAX - 1)).isEqualTo(LATE);
  }
}
