package dev.tidings.engine;

import static dev.tidings.engine.EngineBed.done;
import static dev.tidings.engine.EngineBed.seqs;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.base.Ids;
import dev.tidings.engine.FaultyStore.Fault;
import dev.tidings.engine.Retention.Keep;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Trimming that is interrupted, anywhere.
class TrimmingTest {
  private static final int ENTRIES = 5_000;
  private static final int KEPT = 100;

  private final ManualClock clock = new ManualClock();
  private final FaultyStore store = new FaultyStore();

  private EngineBed open(Keep keep) {
    Retention retention = new Retention(List.of(new Retention.Rule("*", keep)));
    EngineLimits limits = EngineLimits.DEFAULTS.withRetention(retention);
    LogEngine engine =
        new LogEngine(
            store,
            clock,
            new Ids(new Random(3)),
            limits,
            Level.DISK,
            "boot",
            () -> {},
            Runnable::run);
    return new EngineBed(new EngineBed.Driven(engine, engine::drain, /* ownThreads= */ false));
  }

  /// Some of the steps fail, and with `KEEPS` are found later all the same; each time the server
  /// starts again.
  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"LOSES", "KEEPS"})
  void whateverIsInterruptedTheLogHasNoHoleAndNoRepeatIsForgotten(Fault fault) {
    EngineBed first = open(Keep.ALL);
    for (int i = 1; i <= ENTRIES; i++) {
      first.sending("ann", "u:bob", "c-" + i, "1");
      if (i % 500 == 0) {
        first.settle();
      }
    }
    first.engine().close();
    long low = 1;
    int starts = 0;
    while (low < ENTRIES - KEPT + 1) {
      assertThat(++starts).isLessThan(100);
      EngineBed bed = open(new Keep(KEPT, Keep.UNBOUNDED, Keep.UNBOUNDED));
      clock.advance(Trimming.LOOK_EVERY_MILLIS);
      bed.settle(); // one step that is kept, and one that is not
      store.failsNext(fault);
      clock.advance(Trimming.LOOK_EVERY_MILLIS);
      bed.settle();
      store.failsNext(Fault.NONE);
      EngineBed again = open(Keep.ALL);
      Answer.Page page = again.all("bob", "u:ann");
      assertThat(page.low()).isGreaterThanOrEqualTo(low);
      low = page.low();
      assertThat(page.head()).isEqualTo(ENTRIES);
      assertThat(seqs(page.items()))
          .containsExactlyElementsOf(
              LongStream.range(low, Math.min(low + 200, ENTRIES + 1)).boxed().toList());
      for (long seq : new long[] {1, Math.max(1, low - 1), low, ENTRIES}) {
        Answer.Appended repeat = done(again.sendWith("ann", "u:bob", "c-" + seq, "1"));
        assertThat(repeat.duplicate()).as("repeat of %d with low %d", seq, low).isTrue();
        assertThat(repeat.seq()).isEqualTo(seq);
      }
      again.engine().close();
    }
  }
}
