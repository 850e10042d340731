package dev.tidings.embedded;

import static dev.tidings.engine.EngineBed.done;
import static dev.tidings.engine.EngineBed.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tidings.base.Clock;
import dev.tidings.base.Ids;
import dev.tidings.engine.Answer;
import dev.tidings.engine.ChannelContract;
import dev.tidings.engine.ConversationId;
import dev.tidings.engine.Engine;
import dev.tidings.engine.EngineBed;
import dev.tidings.engine.EngineBed.Ask;
import dev.tidings.engine.EngineBed.Driven;
import dev.tidings.engine.EngineContract;
import dev.tidings.engine.EngineLimits;
import dev.tidings.engine.FaultyStore;
import dev.tidings.engine.GroupContract;
import dev.tidings.engine.KeptLogs;
import dev.tidings.engine.Level;
import dev.tidings.engine.ManualClock;
import dev.tidings.engine.Query;
import dev.tidings.engine.Retention;
import dev.tidings.engine.Retention.Keep;
import dev.tidings.engine.RetentionContract;
import dev.tidings.engine.RevisionContract;
import dev.tidings.engine.StandingContract;
import dev.tidings.engine.Store;
import dev.tidings.engine.SyncContract;
import dev.tidings.engine.VoidContract;
import dev.tidings.protocol.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The engine on RocksDB, with its own threads.
class EmbeddedEngineTest {
  @TempDir private Path data;

  private Driven open(Clock clock, Ids ids, EngineLimits limits) {
    return new Driven(
        new EmbeddedEngine(data, Level.DISK, limits, clock, ids),
        () -> false,
        /* ownThreads= */ true);
  }

  private EmbeddedEngine inDataFolder() {
    Ids ids = new Ids(new Random(5));
    return new EmbeddedEngine(data, Level.DISK, EngineLimits.DEFAULTS, new ManualClock(), ids);
  }

  // ---- Its own ----------------------------------------------------------------------------------

  private final ManualClock clock = new ManualClock();
  private final AtomicLong usableBytes = new AtomicLong(Long.MAX_VALUE);

  private EngineLimits limits = EngineLimits.DEFAULTS;

  private EngineBed own(Store store) {
    Ids ids = new Ids(new Random(5));
    DiskGuard guard = new DiskGuard(usableBytes::get, clock, "here");
    return new EngineBed(
        new Driven(
            new EmbeddedEngine(store, guard, "boot-1", Level.DISK, limits, clock, ids),
            () -> false,
            /* ownThreads= */ true));
  }

  @Test
  void beforeTheDiskIsFullChangesAreRefusedAndReadsAreServed() {
    EngineBed bed = own(RocksStore.open(data, RocksStore.Memory.DEFAULTS));
    try (Engine engine = bed.engine()) {
      bed.send("ann", "u:bob", "1");
      usableBytes.set(DiskGuard.USABLE_BYTES_MIN - 1);
      clock.advance(DiskGuard.LOOK_EVERY_MILLIS);
      assertThat(refused(bed.sendWith("ann", "u:bob", "", "2"))).isEqualTo(ErrorCode.UNAVAILABLE);
      assertThat(engine.fault()).contains("disk nearly full").contains("here");
      assertThat(bed.all("bob", "u:ann").head()).isEqualTo(1);
      usableBytes.set(DiskGuard.USABLE_BYTES_MIN);
      clock.advance(DiskGuard.LOOK_EVERY_MILLIS);
      assertThat(bed.send("ann", "u:bob", "2").seq()).isEqualTo(2);
      assertThat(engine.fault()).isEmpty();
    }
  }

  @Test
  void aFullDiskIsNoticedAlsoWhenNobodySendsAnything() {
    EngineBed bed = own(new FaultyStore());
    try (Engine engine = bed.engine()) {
      usableBytes.set(0);
      clock.advance(DiskGuard.LOOK_EVERY_MILLIS);
      await().until(() -> !engine.fault().isEmpty());
      usableBytes.set(Long.MAX_VALUE);
      clock.advance(DiskGuard.LOOK_EVERY_MILLIS);
      await().until(() -> engine.fault().isEmpty());
    }
  }

  @Test
  void aStoreThatFailedStaysFailedUntilTheNextStart() {
    FaultyStore store = new FaultyStore();
    EngineBed bed = own(store);
    try (Engine engine = bed.engine()) {
      bed.send("ann", "u:bob", "1");
      store.failsNext(FaultyStore.Fault.KEEPS);
      assertThat(refused(bed.sendWith("ann", "u:bob", "c", "2"))).isEqualTo(ErrorCode.UNAVAILABLE);
      assertThat(refused(bed.sendWith("ann", "u:bob", "c", "2"))).isEqualTo(ErrorCode.UNAVAILABLE);
      assertThat(engine.fault()).contains("restart");
    }
    EngineBed again = own(store);
    try (Engine engine = again.engine()) {
      assertThat(done(again.sendWith("ann", "u:bob", "c", "2")).duplicate()).isTrue();
      assertThat(engine.fault()).isEmpty();
    }
  }

  /// What is appended while a sync is read is in it or behind its cursor.
  @Test
  void aSyncBesideTheWriterMissesNothing() {
    EngineBed bed = own(RocksStore.open(data, RocksStore.Memory.DEFAULTS));
    try (Engine engine = bed.engine()) {
      int senders = 400;
      List<Ask> sends = new ArrayList<>();
      Set<ConversationId> told = new HashSet<>();
      String cursor = "";
      for (int i = 0; i < senders; i++) {
        sends.add(bed.sending("user" + i, "u:bob", "", "1"));
        if (i % 5 == 0) {
          Answer.SyncPage page = bed.sync("bob", cursor);
          page.rows().forEach(row -> told.add(row.conversation().id()));
          cursor = page.next().isEmpty() ? page.cursor() : cursor;
        }
      }
      sends.forEach(Ask::answer);
      String next = "";
      do {
        Answer.SyncPage page =
            (Answer.SyncPage)
                bed.read(new Query.Sync("bob", List.of(), cursor, 0, 200, next, 1 << 20));
        page.rows().forEach(row -> told.add(row.conversation().id()));
        next = page.next();
      } while (!next.isEmpty());
      assertThat(told).hasSize(senders);
      assertThat(engine.fault()).isEmpty();
    }
  }

  /// What does not compress is trimmed, and the folder becomes smaller though nobody asks for
  /// anything.
  @Test
  void theDiskIsGivenBackOfWhatIsTrimmed() throws IOException {
    Random random = new Random(1);
    EngineBed bed = own(RocksStore.open(data, new RocksStore.Memory(8 << 20, 4 << 20)));
    try (Engine engine = bed.engine()) {
      for (int i = 0; i < 3_000; i++) {
        byte[] noise = new byte[7_500];
        random.nextBytes(noise);
        String text = Base64.getEncoder().encodeToString(noise);
        bed.sending("ann", "t:news", "", "\"" + text + "\"");
        if (i % 100 == 0) {
          bed.settle();
        }
      }
      bed.settle();
      assertThat(engine.fault()).isEmpty();
    }
    long before = bytesOf(data);
    assertThat(before).isGreaterThan(20L << 20);
    limits =
        EngineLimits.DEFAULTS.withRetention(
            new Retention(
                List.of(new Retention.Rule("t:*", new Keep(100, Keep.UNBOUNDED, Keep.UNBOUNDED)))));
    EngineBed again = own(RocksStore.open(data, new RocksStore.Memory(8 << 20, 4 << 20)));
    try (Engine engine = again.engine()) {
      await()
          .untilAsserted(() -> {
            clock.advance(1_000);
            assertThat(again.all("ann", "t:news").low()).isEqualTo(2_901);
          });
      await().untilAsserted(() -> assertThat(bytesOf(data)).isLessThan(before / 2));
      assertThat(engine.fault()).isEmpty();
    }
  }

  private static long bytesOf(Path folder) throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        bytes += file.toFile().length(); // 0 if it is gone meanwhile
      }
    }
    return bytes;
  }

  @Test
  void itsThreadsHaveNamesAndEndWithIt() {
    EngineBed bed = own(new FaultyStore());
    bed.send("ann", "u:bob", "1");
    bed.all("ann", "u:bob");
    bed.all("ann", "u:bob");
    assertThat(threadNames()).contains("store-writer", "store-reader-1", "store-reader-2");
    bed.engine().close();
    assertThat(threadNames()).doesNotContain("store-writer", "store-reader-1", "store-reader-2");
  }

  private static Set<String> threadNames() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isAlive)
        .map(Thread::getName)
        .collect(Collectors.toSet());
  }

  @Test
  void oneThatNeverStartedEndsToo() {
    EmbeddedEngine engine = inDataFolder();
    engine.close();
    inDataFolder().close();
  }

  @Test
  void aFolderInUseIsRefused() {
    try (EmbeddedEngine first = inDataFolder()) {
      assertThat(first.fault()).isEmpty();
      assertThatThrownBy(this::inDataFolder)
          .isInstanceOf(Store.StoreException.class)
          .hasMessageContaining("in use");
    }
  }

  @Nested
  class Keeps extends EngineContract {
    @Override
    protected Driven open(Clock clock, Ids ids, EngineLimits limits) {
      return EmbeddedEngineTest.this.open(clock, ids, limits);
    }
  }

  @Nested
  class Groups extends GroupContract {
    @Override
    protected Driven open(Clock clock, Ids ids, EngineLimits limits) {
      return EmbeddedEngineTest.this.open(clock, ids, limits);
    }
  }

  @Nested
  class Trims extends RetentionContract {
    @Override
    protected Driven open(Clock clock, Ids ids, EngineLimits limits) {
      return EmbeddedEngineTest.this.open(clock, ids, limits);
    }
  }

  @Nested
  class Revises extends RevisionContract {
    @Override
    protected Driven open(Clock clock, Ids ids, EngineLimits limits) {
      return EmbeddedEngineTest.this.open(clock, ids, limits);
    }
  }

  @Nested
  class Empties extends VoidContract {
    @Override
    protected Driven open(Clock clock, Ids ids, EngineLimits limits) {
      return EmbeddedEngineTest.this.open(clock, ids, limits);
    }

    @Override
    protected List<String> stored() {
      try (Store store = RocksStore.openForReading(data, RocksStore.Memory.DEFAULTS)) {
        return KeptLogs.values(store);
      }
    }
  }

  @Nested
  class Stands extends StandingContract {
    @Override
    protected Driven open(Clock clock, Ids ids, EngineLimits limits) {
      return EmbeddedEngineTest.this.open(clock, ids, limits);
    }
  }

  @Nested
  class Announces extends ChannelContract {
    @Override
    protected Driven open(Clock clock, Ids ids, EngineLimits limits) {
      return EmbeddedEngineTest.this.open(clock, ids, limits);
    }
  }

  @Nested
  class Syncs extends SyncContract {
    /// Fewer and shorter than in memory: each restart opens RocksDB anew.
    static LongStream seeds() {
      return LongStream.range(0, Integer.getInteger("tidings.seeds", 8));
    }

    @Override
    protected int storySteps() {
      return 40;
    }

    @Override
    protected Driven open(Clock clock, Ids ids, EngineLimits limits) {
      return EmbeddedEngineTest.this.open(clock, ids, limits);
    }
  }
}
