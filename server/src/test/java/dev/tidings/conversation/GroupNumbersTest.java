package dev.tidings.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class GroupNumbersTest {
  private static final long FAR = Integer.MAX_VALUE;

  private static List<Long> listed(GroupNumbers numbers) {
    List<Long> all = new ArrayList<>();
    numbers.forEach(all::add);
    return all;
  }

  @Test
  void isASetOfNumbersOnBothSidesOfAnInt() {
    GroupNumbers numbers = GroupNumbers.of(new long[] {1, 7, FAR, FAR + 1, Long.MAX_VALUE});
    assertThat(listed(numbers)).containsExactly(1L, 7L, FAR, FAR + 1, Long.MAX_VALUE);
    assertThat(List.of(1L, 7L, FAR, FAR + 1, Long.MAX_VALUE)).allMatch(numbers::contains);
    assertThat(List.of(2L, FAR - 1, FAR + 2, FAR + 8)).noneMatch(numbers::contains);
  }

  @Test
  void doesWhatASortedSetDoes() {
    Random random = new Random(42);
    TreeSet<Long> expected = new TreeSet<>();
    GroupNumbers numbers = GroupNumbers.NONE;
    for (int i = 0; i < 2_000; i++) {
      long group = random.nextBoolean() ? 1 + random.nextInt(40) : FAR - 20 + random.nextInt(40);
      if (random.nextInt(5) < 3) {
        expected.add(group);
        numbers = numbers.with(group);
      } else {
        expected.remove(group);
        numbers = numbers.without(group);
      }
      assertThat(listed(numbers)).containsExactlyElementsOf(expected);
      assertThat(numbers.contains(group)).isEqualTo(expected.contains(group));
    }
  }
}
