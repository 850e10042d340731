package dev.tidings.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MarkFilterTest {
  @Test
  void whatWasAddedIsNeverDeniedAndWhatWasNotSeldomClaimed() {
    MarkFilter filter = new MarkFilter();
    SplittableRandom random = new SplittableRandom(11);
    long[] added = random.longs(50_000).toArray();
    for (long hash : added) {
      filter.add(hash);
    }
    for (long hash : added) {
      assertThat(filter.mayHave(hash)).isTrue();
    }
    long claimed = random.longs(50_000).filter(filter::mayHave).count();
    assertThat(claimed).isLessThan(50_000 * 6 / 100); // one in a hundred for each of six pieces
    assertThat(filter.sizeBytes()).isLessThan(50_000 * 3);
  }

  @Test
  void anEmptyOneClaimsNothing() {
    assertThat(new MarkFilter().mayHave(0)).isFalse();
  }
}
