package dev.tidings.engine;

import static dev.tidings.engine.EngineBed.done;
import static dev.tidings.engine.EngineBed.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.base.Ids;
import dev.tidings.engine.EngineBed.Ask;
import dev.tidings.engine.EngineBed.Driven;
import dev.tidings.protocol.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What the memory of `cid`s writes and looks up; that it remembers is in [EngineContract].
class MarksTest {
  private static final EngineLimits LIMITS = new EngineLimits(5, 3, 3_600, Retention.ALL, 600);
  private static final long WINDOW_MILLIS = 3_600_000;
  private static final int MANY = Marks.RECENT_ENTRIES_MAX + 3 * Marks.FILED_ENTRIES;

  private final ManualClock clock = new ManualClock();
  private final Ids ids = new Ids(new Random(3));
  private final CountingStore store = new CountingStore();
  private EngineBed bed;

  /// Counts what is asked and kept of filed marks.
  private static final class CountingStore implements Store {
    private final Store rows = new MemoryStore();
    int lookUps;

    @Override
    public boolean hasLost() {
      return false;
    }

    @Override
    public byte @Nullable [] get(byte[] key) {
      lookUps += key[0] == MARKS ? 1 : 0;
      return rows.get(key);
    }

    @Override
    public Scan ascending(byte[] from, byte[] to) {
      return rows.ascending(from, to);
    }

    @Override
    public Scan descending(byte[] from, byte[] to) {
      return rows.descending(from, to);
    }

    @Override
    public void commit(Batch batch, boolean sync) {
      rows.commit(batch, sync);
    }

    @Override
    public void close() {}

    int filed() {
      int count = 0;
      try (Scan scan = ascending(new byte[] {MARKS}, new byte[] {MARKS + 1})) {
        while (scan.next()) {
          count++;
        }
      }
      return count;
    }
  }

  @BeforeEach
  void open() {
    LogEngine engine =
        new LogEngine(store, clock, ids, LIMITS, Level.DISK, "boot", () -> {}, Runnable::run);
    bed = new EngineBed(new Driven(engine, engine::drain, false));
  }

  /// In batches that are shorter than what is filed at a time.
  private void sendMany(int from, int to, String data) {
    List<Ask> asks = new ArrayList<>();
    for (int i = from; i < to; i++) {
      asks.add(bed.sending("ann", "u:bob", "c-" + i, data));
      if (asks.size() == 100 || i == to - 1) {
        asks.forEach(ask -> assertThat(done(ask.answer()).duplicate()).isFalse());
        asks.clear();
      }
    }
  }

  private Answer again(int i) {
    return bed.sendWith("ann", "u:bob", "c-" + i, "1");
  }

  @Test
  void ofTheNewestNothingIsWrittenAndNothingLookedUp() {
    sendMany(0, Marks.RECENT_ENTRIES_MAX - 1, "1");
    assertThat(done(again(0)).seq()).isEqualTo(1);
    assertThat(store.filed()).isZero();
    assertThat(store.lookUps).isZero();
  }

  @Test
  void whatIsNoLongerAmongTheNewestIsFiled() {
    sendMany(0, MANY, "1");
    assertThat(store.filed()).isBetween(MANY - Marks.RECENT_ENTRIES_MAX, 4 * Marks.FILED_ENTRIES);
    for (int i : new int[] {0, 1, Marks.FILED_ENTRIES, MANY - 1}) {
      assertThat(done(again(i)).duplicate()).isTrue();
      assertThat(done(again(i)).seq()).isEqualTo(i + 1);
    }
    open();
    for (int i : new int[] {0, Marks.FILED_ENTRIES, MANY - 1}) {
      assertThat(done(again(i)).seq()).isEqualTo(i + 1);
    }
    assertThat(refused(bed.sendWith("ann", "u:bob", "c-0", "2"))).isEqualTo(ErrorCode.CID);
    assertThat(done(bed.sendWith("bob", "u:ann", "c-0", "1")).duplicate()).isFalse();
  }

  @Test
  void aNewCidOfABusyLogHardlyEverCostsALookUp() {
    sendMany(0, MANY, "1");
    assertThat(store.lookUps).isLessThan(MANY / 20);
    open();
    int before = store.lookUps;
    sendMany(MANY, MANY + 50, "1");
    assertThat(store.lookUps - before).as("nobody knows what was filed").isPositive();
  }

  @Test
  void whatIsTooOldToBeRepeatedIsNotFiled() {
    sendMany(0, Marks.RECENT_ENTRIES_MAX - 1, "1");
    for (int i = 0; i < 3; i++) {
      clock.advance(WINDOW_MILLIS);
      bed.send("ann", "u:cat", "1");
    }
    sendMany(10_000, 10_000 + Marks.FILED_ENTRIES, "1");
    assertThat(store.filed()).isZero();
    assertThat(done(again(0)).duplicate()).isFalse();
  }

  @Test
  void filedMarksGoWithTheirWindow() {
    sendMany(0, MANY, "1");
    for (int i = 0; i < 3; i++) {
      clock.advance(WINDOW_MILLIS);
      bed.send("ann", "u:cat", "1");
    }
    assertThat(store.filed()).isZero();
    int before = store.lookUps;
    assertThat(done(again(0)).duplicate()).isFalse();
    assertThat(store.lookUps).isEqualTo(before);
  }

  @Test
  void largeEntriesAreFiledEarlier() {
    String large = "\"" + "x".repeat(30_000) + "\"";
    sendMany(0, 400, large);
    assertThat(store.filed()).isPositive();
    assertThat(done(bed.sendWith("ann", "u:bob", "c-0", large)).seq()).isEqualTo(1);
    open();
    assertThat(done(bed.sendWith("ann", "u:bob", "c-0", large)).seq()).isEqualTo(1);
    assertThat(done(bed.sendWith("ann", "u:bob", "c-399", large)).seq()).isEqualTo(400);
  }

  @Test
  void entriesWithoutACidDoNotHideOlderOnes() {
    sendMany(0, 10, "1");
    for (int i = 0; i < MANY; i++) {
      bed.sending("bob", "u:ann", "", "1");
    }
    bed.settle();
    bed.send("bob", "u:ann", "1"); // what came in one batch is filed by the next
    assertThat(store.filed()).isEqualTo(10);
    assertThat(done(again(3)).seq()).isEqualTo(4);
    open();
    assertThat(done(again(3)).seq()).isEqualTo(4);
  }

  @Test
  void aChangeOfAQuietGroupIsFiledForItHasNoEntry() {
    bed.create("ann", "g:quiet", List.of("bob"), true, true);
    assertThat(done(bed.change(ticket -> join(ticket, "c"))).duplicate()).isFalse();
    assertThat(done(bed.change(ticket -> join(ticket, "c"))).duplicate()).isTrue();
    open();
    assertThat(done(bed.change(ticket -> join(ticket, "c"))).duplicate()).isTrue();
  }

  private static Change join(Ticket ticket, String cid) {
    return new Change.JoinGroup(ticket, ConversationId.group("quiet"), "cat", cid);
  }
}
