package dev.tidings.embedded;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidings.engine.Batch;
import dev.tidings.engine.MemoryStore;
import dev.tidings.engine.Store;
import dev.tidings.engine.Store.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RocksStoreTest {
  /// Small, so that a test crosses the borders between memory and files.
  private static final RocksStore.Memory SMALL = new RocksStore.Memory(1 << 20, 64 << 10);

  @TempDir private Path data;

  private RocksStore open() {
    return RocksStore.open(data, RocksStore.Memory.DEFAULTS);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void itHoldsWhatASortedMapHolds(long seed) {
    Random random = new Random(seed);
    try (Store memory = new MemoryStore()) {
      Store rocks = RocksStore.open(data, SMALL);
      try {
        for (int step = 0; step < 400; step++) {
          Batch batch = new Batch();
          for (int i = random.nextInt(8); i >= 0; i--) {
            change(batch, random);
          }
          rocks.commit(batch, random.nextInt(10) == 0);
          memory.commit(batch, false);
          compare(rocks, memory, random);
          if (random.nextInt(80) == 0) {
            rocks.close();
            rocks = RocksStore.open(data, SMALL);
            assertThat(rocks.hasLost()).isFalse();
          }
        }
      } finally {
        rocks.close();
      }
    }
  }

  /// Its log becomes a file, and goes, while it is being opened.
  @Test
  void whoOpensForReadingSeesAllThatWasCommittedBefore() {
    try (RocksStore store = open()) {
      for (int last = 0; last < 100; last++) {
        Batch batch = new Batch();
        batch.put(row(last), row(last));
        store.commit(batch, true);
        store.giveBack();
        try (RocksStore reading = RocksStore.openForReading(data, RocksStore.Memory.DEFAULTS)) {
          for (int i = 0; i <= last; i++) {
            assertThat(reading.get(row(i))).as("%d of %d", i, last).isEqualTo(row(i));
          }
        }
      }
    }
  }

  private static byte[] row(int number) {
    return "row-%03d".formatted(number).getBytes(US_ASCII);
  }

  private static void change(Batch batch, Random random) {
    byte[] key = key(random);
    byte[] other = key(random);
    switch (random.nextInt(8)) {
      case 0 -> batch.delete(key);
      case 1 -> {
        boolean ordered = Arrays.compareUnsigned(key, other) <= 0;
        batch.deleteRange(ordered ? key : other, ordered ? other : key);
      }
      default -> {
        byte[] value = new byte[random.nextInt(600)];
        random.nextBytes(value);
        batch.put(key, value);
      }
    }
  }

  /// Few enough to meet again; bytes above 127 show how keys compare. Many are among the marks, or
  /// just beside them.
  private static byte[] key(Random random) {
    byte[] key = new byte[1 + random.nextInt(3)];
    for (int i = 0; i < key.length; i++) {
      key[i] = (byte) (random.nextInt(12) * 21);
    }
    if (random.nextInt(3) == 0) {
      key[0] = (byte) (Store.MARKS - 1 + random.nextInt(3));
    }
    return key;
  }

  private static void compare(Store rocks, Store memory, Random random) {
    byte[] one = key(random);
    byte[] other = key(random);
    assertThat(rocks.get(one)).isEqualTo(memory.get(one));
    boolean ordered = Arrays.compareUnsigned(one, other) <= 0;
    byte[] from = ordered ? one : other;
    byte[] to = ordered ? other : one;
    assertThat(rows(rocks.ascending(from, to))).isEqualTo(rows(memory.ascending(from, to)));
    assertThat(rows(rocks.descending(from, to))).isEqualTo(rows(memory.descending(from, to)));
  }

  private static List<String> rows(Store.Scan scan) {
    List<String> rows = new ArrayList<>();
    try (scan) {
      while (scan.next()) {
        rows.add(Arrays.toString(scan.key()) + Arrays.hashCode(scan.value()));
      }
      assertThat(scan.next()).as("over is over").isFalse();
    }
    return rows;
  }

  @Test
  void aSecondOpeningOfTheSameFolderIsRefusedInWords() {
    try (Store first = open()) {
      assertThatThrownBy(this::open)
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("in use")
          .hasMessageContaining(data.toString());
      put(first, "still", "works");
    }
  }

  @Test
  void aFolderThatCannotBeMadeIsRefusedInWords() throws IOException {
    Path file = Files.writeString(data.resolve("file"), "not a folder");
    assertThatThrownBy(() -> RocksStore.open(file, SMALL))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(file.toString());
  }

  // ---- After the end ----------------------------------------------------------------------------

  @Test
  void useAfterTheEndThrowsAndTheProcessLivesOn() {
    Store store = open();
    put(store, "a", "1");
    Store.Scan begun = store.ascending(bytes("a"), bytes("z"));
    Store.Scan fresh = store.ascending(bytes("a"), bytes("z"));
    assertThat(begun.next()).isTrue();
    store.close();
    assertThatThrownBy(() -> store.get(bytes("a"))).isInstanceOf(StoreException.class);
    assertThatThrownBy(() -> put(store, "a", "2")).isInstanceOf(StoreException.class);
    assertThatThrownBy(() -> store.descending(bytes("a"), bytes("z")))
        .isInstanceOf(StoreException.class);
    assertThatThrownBy(begun::next).isInstanceOf(StoreException.class);
    assertThatThrownBy(begun::value).isInstanceOf(StoreException.class);
    assertThatThrownBy(fresh::next).isInstanceOf(StoreException.class);
    begun.close();
    fresh.close();
    store.close();
  }

  @Test
  void aScanThatWasClosedIsOver() {
    try (Store store = open()) {
      put(store, "a", "1");
      Store.Scan scan = store.ascending(bytes("a"), bytes("z"));
      assertThatThrownBy(scan::key).isInstanceOf(IllegalStateException.class);
      assertThat(scan.next()).isTrue();
      scan.close();
      scan.close();
      assertThatThrownBy(scan::next).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(scan::value).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void endingWhileOthersReadHarmsNobody() throws InterruptedException {
    for (int round = 0; round < 5; round++) {
      Store store = open();
      for (int i = 0; i < 100; i++) {
        put(store, "k" + i, "v");
      }
      AtomicInteger refused = new AtomicInteger();
      CountDownLatch reading = new CountDownLatch(3);
      List<Thread> readers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        readers.add(Thread.ofPlatform().start(() -> readUntilRefused(store, reading, refused)));
      }
      reading.await();
      store.close();
      for (Thread reader : readers) {
        reader.join();
      }
      assertThat(refused).hasValue(3);
    }
  }

  private static void readUntilRefused(Store store, CountDownLatch reading, AtomicInteger refused) {
    try {
      while (true) {
        store.get(bytes("k1"));
        rows(store.ascending(bytes("k"), bytes("l")));
        reading.countDown();
      }
    } catch (StoreException e) {
      refused.incrementAndGet();
    }
  }

  // ---- What a crash leaves ----------------------------------------------------------------------

  /// Four batches, and the log of RocksDB as it was after each of them.
  @Nested
  class WithALog {
    private static final List<String> KEYS = List.of("one", "two", "three", "four");

    private final long[] ends = new long[KEYS.size() + 1];
    private final Map<Path, byte[]> files = new HashMap<>();
    private Path log = Path.of("");
    private byte[] whole = new byte[0];

    @BeforeEach
    void write() throws IOException {
      Store store = open();
      for (int i = 0; i < KEYS.size(); i++) {
        put(store, KEYS.get(i), "v".repeat(20));
        ends[i + 1] = Files.size(onlyLog());
      }
      store.close();
      log = onlyLog();
      whole = Files.readAllBytes(log);
      assertThat(ends[KEYS.size()]).isEqualTo(whole.length);
      for (Path file : filesOf("")) {
        files.put(file, Files.readAllBytes(file));
      }
    }

    private Path onlyLog() throws IOException {
      return filesOf(".log").getFirst();
    }

    /// The batch was being written when the process was killed, so the witness does not know it.
    @Test
    void aTornTailOpensWithoutItAtEveryByte() throws IOException {
      byte[] witness = witnessOf(3);
      for (int end = (int) ends[3]; end < ends[4]; end++) {
        try (RocksStore store = reopened(Arrays.copyOf(whole, end), witness)) {
          assertThat(present(store)).as("cut at %d", end).isEqualTo(3);
          assertThat(store.hasLost()).as("cut at %d", end).isFalse();
          put(store, "four", "again");
          assertThat(present(store)).isEqualTo(4);
        }
      }
    }

    /// What the witness knows was confirmed; if it is missing, that is said.
    @Test
    void aLogThatWasCutBelowWhatWasCommittedSaysSo() throws IOException {
      for (int end : new int[] {0, (int) ends[1], (int) ends[2] + 5, (int) ends[4] - 1}) {
        try (RocksStore store = reopened(Arrays.copyOf(whole, end), witnessOf(4))) {
          assertThat(store.hasLost()).as("cut at %d", end).isTrue();
          put(store, "more", "1");
        }
        try (RocksStore store = open()) {
          assertThat(store.hasLost()).as("said once").isFalse();
        }
      }
    }

    /// No flipped bit goes unnoticed: refused, or said to have lost something.
    @Test
    void aFlippedByteIsNeverPassedOver() throws IOException {
      int refused = 0;
      for (int at = 0; at < whole.length; at++) {
        byte[] damaged = whole.clone();
        damaged[at] ^= 0x10;
        try (RocksStore store = reopened(damaged, witnessOf(4))) {
          assertThat(store.hasLost()).as("flipped at %d", at).isTrue();
          assertThat(present(store)).as("flipped at %d", at).isLessThan(4);
        } catch (StoreException e) {
          assertThat(e).hasMessageContaining("damaged").hasMessageContaining(data.toString());
          assertThat(Files.readAllBytes(log)).as("left as it is").isEqualTo(damaged);
          refused++;
        }
      }
      assertThat(refused).as("most are refused").isGreaterThan(whole.length * 9 / 10);
    }

    /// Power loss may leave the batch in flight with pages missing, at its full length.
    @Test
    void theBatchInFlightMayBeDamagedAnywhere() throws IOException {
      for (int at = (int) ends[3]; at < ends[4]; at += 5) {
        byte[] damaged = whole.clone();
        Arrays.fill(damaged, at, Math.min(at + 8, damaged.length), (byte) 0);
        try (RocksStore store = reopened(damaged, witnessOf(3))) {
          assertThat(present(store)).as("zeros at %d", at).isEqualTo(3);
        }
      }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 100, 40_000})
    void zerosBehindTheLogAreNothing(int count) throws IOException {
      try (RocksStore store = reopened(Arrays.copyOf(whole, whole.length + count), witnessOf(4))) {
        assertThat(present(store)).isEqualTo(4);
        assertThat(store.hasLost()).isFalse();
      }
    }

    @Test
    void aWitnessThatIsGoneOrHalfWrittenProvesNothing() throws IOException {
      for (byte[] witness : List.of(new byte[0], new byte[7], new byte[16])) {
        try (RocksStore store = reopened(whole, witness)) {
          assertThat(present(store)).isEqualTo(4);
          assertThat(store.hasLost()).isFalse();
        }
      }
    }

    private RocksStore reopened(byte[] logBytes, byte[] witness) throws IOException {
      for (Path file : filesOf("")) {
        Files.delete(file);
      }
      for (Map.Entry<Path, byte[]> file : files.entrySet()) {
        Files.write(file.getKey(), file.getValue());
      }
      Files.write(log, logBytes);
      Files.write(data.resolve("committed"), witness);
      return open();
    }

    /// What the witness held after so many batches of one row.
    private byte[] witnessOf(int batches) {
      return ByteBuffer.allocate(16).putLong(batches).putLong(~batches).array();
    }

    private static int present(Store store) {
      int count = 0;
      for (String key : KEYS) {
        if (store.get(bytes(key)) != null) {
          assertThat(count).as("no hole before " + key).isEqualTo(KEYS.indexOf(key));
          count++;
        }
      }
      return count;
    }
  }

  @Test
  void aDamagedFileOfRowsIsReportedWhenItIsRead() throws IOException {
    try (Store store = RocksStore.open(data, SMALL)) {
      Batch batch = new Batch();
      for (int i = 0; i < 2_000; i++) {
        batch.put(bytes("key" + i), bytes("value".repeat(20) + i));
      }
      store.commit(batch, true);
    }
    try (Store settled = RocksStore.open(data, SMALL)) {
      assertThat(settled.get(bytes("key1"))).isNotNull();
    }
    for (Path file : filesOf(".sst")) {
      byte[] rows = Files.readAllBytes(file);
      rows[rows.length / 4] ^= 1;
      Files.write(file, rows);
    }
    assertThatThrownBy(
            () -> {
              try (Store store = RocksStore.open(data, SMALL)) {
                rows(store.ascending(bytes("key"), bytes("kez")));
              }
            })
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(data.toString());
  }

  private List<Path> filesOf(String ending) throws IOException {
    try (Stream<Path> all = Files.list(data.resolve("store"))) {
      return all.filter(file -> file.toString().endsWith(ending)).toList();
    }
  }

  private static void put(Store store, String key, String value) {
    Batch batch = new Batch();
    batch.put(bytes(key), bytes(value));
    store.commit(batch, true);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(US_ASCII);
  }
}
