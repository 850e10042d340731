package dev.tidings.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RecentMarksTest {
  private static final long ALL = Long.MAX_VALUE;

  @Test
  void itFindsWhatAMapFindsWhileTheOldestAreForgotten() {
    RecentMarks marks = new RecentMarks();
    Map<Long, Long> model = new HashMap<>();
    SplittableRandom random = new SplittableRandom(5);
    for (long seq = 1; seq <= 20_000; seq++) {
      long hash = random.nextLong(30_000); // some meet again
      marks.add(hash, seq);
      model.put(hash, seq);
      if (seq % 700 == 0) {
        long from = seq - random.nextInt(2_000);
        marks.forgetBefore(from);
        model.values().removeIf(each -> each < from);
      }
      long asked = random.nextLong(30_000);
      assertThat(marks.find(asked, ALL)).isEqualTo(model.getOrDefault(asked, 0L));
    }
  }

  @Test
  void olderOnesUnderTheSameHashAreFoundToo() {
    RecentMarks marks = new RecentMarks();
    marks.add(7, 3);
    marks.add(7, 9);
    marks.add(7, 5);
    assertThat(marks.find(7, ALL)).isEqualTo(9);
    assertThat(marks.find(7, 9)).isEqualTo(5);
    assertThat(marks.find(7, 3)).isZero();
    assertThat(marks.find(8, ALL)).isZero();
  }

  @Test
  void whatIsForgottenGivesItsRoomBack() {
    RecentMarks marks = new RecentMarks();
    int empty = marks.sizeBytes();
    for (long seq = 1; seq <= 10_000; seq++) {
      marks.add(seq * 31, seq);
    }
    marks.forgetBefore(10_000);
    assertThat(marks.sizeBytes()).isLessThanOrEqualTo(4 * empty);
    assertThat(marks.find(10_000 * 31, ALL)).isEqualTo(10_000);
  }
}
