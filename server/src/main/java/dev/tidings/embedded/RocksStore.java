package dev.tidings.embedded;

import dev.tidings.base.Check;
import dev.tidings.engine.Batch;
import dev.tidings.engine.Store;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.CompactionStyle;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.IndexType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Status;
import org.rocksdb.TablePropertiesCollectorFactory;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A store on RocksDB, in one folder that belongs to one process at a time.
///
/// What a crash leaves opens again: a last record that was not written to its end was never synced,
/// so nobody was told of it, and it is left out. Damage is refused where a [Witness] says that what
/// lies behind it was committed; where it cannot tell, [#hasLost()] says so.
///
/// Everything native is guarded: after [#close()], also while reads are under way, a call throws
/// [Store.StoreException] and the process lives on.
public final class RocksStore implements Store {
  /// The bounds of what RocksDB holds in memory; the sum is what it grows to under load.
  ///
  /// @param blockCacheBytes blocks read, their indexes and filters included
  /// @param writeBufferBytes each of the two tables that collect writes before they go to a file;
  ///   also bounds what the next start has to replay
  public record Memory(long blockCacheBytes, long writeBufferBytes) {
    public static final Memory DEFAULTS = new Memory(32L << 20, 32L << 20);
  }

  private static final Logger LOG = LoggerFactory.getLogger(RocksStore.class);

  private static final int WRITE_BUFFERS = 2;

  /// So many files of the first level are merged at a time: merging rewrites the level below as
  /// well, and the more it takes at once the seldomer.
  private static final int FRESH_FILES = 8;

  /// The log may be so much longer than what is not in files yet; then the laggard is written.
  private static final int LOG_BUFFERS = 4;

  private static final int OPEN_FILES_MAX = 512;
  private static final double BLOOM_BITS_PER_KEY = 10;

  /// Share of a write buffer spent on its own bloom filter: a fresh `cid` is looked up in two
  /// windows and nearly always absent.
  private static final double WRITE_BUFFER_BLOOM_SHARE = 0.02;

  private static final int READING_ATTEMPTS_MAX = 10;

  /// So many deleted rows among so many make a file worth merging.
  private static final long DELETIONS_WINDOW = 4_096;

  private static final long DELETIONS_MAX = 2_048;

  private static final byte[] MARKS_FROM = {Store.MARKS};
  private static final byte[] MARKS_TO = {Store.MARKS + 1};

  private final String folder;
  private final RocksDB db;
  private final Families families;
  private final ReadOptions reading = new ReadOptions();
  private final WriteOptions synced = new WriteOptions().setSync(true);
  private final WriteOptions unsynced = new WriteOptions();

  /// Of [#forgetOverwritten()]: beside all else, and given up when the store is closed.
  private final CompactRangeOptions compaction =
      new CompactRangeOptions().setExclusiveManualCompaction(false);

  private final AtomicBoolean closing = new AtomicBoolean();

  /// What the database refers to and does not own, in the order of its making.
  private final List<AutoCloseable> natives;

  /// Many use the natives, one closes them. Never held across a wait for anything else.
  private final ReadWriteLock gate = new ReentrantReadWriteLock();

  private final Set<RocksScan> scans = ConcurrentHashMap.newKeySet();
  private boolean closed;

  private final Witness witness;
  private final boolean lost;

  private RocksStore(
      String folder, Opened opened, List<AutoCloseable> natives, Witness witness, boolean lost) {
    this.folder = folder;
    this.db = opened.db();
    this.families = opened.families();
    this.natives = natives;
    this.witness = witness;
    this.lost = lost;
  }

  /// Opens the store in `data`, made if it is not there.
  ///
  /// @throws StoreException in words for an operator: in use, damaged, not readable
  public static RocksStore open(Path data, Memory memory) {
    // Before any other class of RocksDB. The launcher names a folder that has the library unpacked.
    RocksDB.loadLibrary();
    Path folder = data.resolve("store").toAbsolutePath();
    List<AutoCloseable> natives = new ArrayList<>();
    try {
      Files.createDirectories(folder);
      Witness witness = Witness.open(data.resolve("committed"));
      natives.add(witness);
      return open(folder, new Choices(memory, natives), natives, witness);
    } catch (IOException e) {
      closeAll(natives);
      throw new StoreException("cannot use the folder " + data + ": " + e.getMessage(), e);
    } catch (RocksDBException e) {
      closeAll(natives);
      throw new StoreException(whyNotOpened(folder, e), e);
    }
  }

  /// Opens what `data` holds for reading, as it is at this moment, also while a server runs on it:
  /// what that writes from now on is not seen.
  ///
  /// @throws StoreException in words for an operator: not there, damaged, not readable
  public static RocksStore openForReading(Path data, Memory memory) {
    RocksDB.loadLibrary();
    Path folder = data.resolve("store").toAbsolutePath();
    if (!Files.isDirectory(folder)) {
      throw new StoreException("there is no data in " + data.toAbsolutePath(), null);
    }
    for (int attempt = 1; ; attempt++) {
      List<AutoCloseable> natives = new ArrayList<>();
      try {
        Witness witness = Witness.open(data.resolve("committed"));
        natives.add(witness);
        Choices choices = new Choices(memory, natives);
        choices.whole.setMaxOpenFiles(
            -1); // a file that the server deletes meanwhile stays readable
        Map<String, Long> before = manifests(folder);
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        RocksDB db =
            RocksDB.openReadOnly(choices.whole, folder.toString(), choices.families, handles);
        Opened opened = new Opened(db, new Families(handles.getFirst(), handles.getLast()));
        RocksStore store = new RocksStore(folder.toString(), opened, natives, witness, false);
        if (before.equals(manifests(folder))) {
          return store;
        }
        // The server put its log into a file meanwhile: both may have been missed.
        store.close();
        if (attempt == READING_ATTEMPTS_MAX) {
          throw new StoreException("the data in " + folder + " changes too fast; try again", null);
        }
      } catch (IOException e) {
        closeAll(natives);
        throw new StoreException("cannot use the folder " + data + ": " + e.getMessage(), e);
      } catch (RocksDBException e) {
        closeAll(natives);
        if (attempt == READING_ATTEMPTS_MAX) { // the files may change while they are being opened
          throw new StoreException(whyNotOpened(folder, e), e);
        }
      }
    }
  }

  /// RocksDB's lists of its files, by their names: they grow with each change.
  private static Map<String, Long> manifests(Path folder) throws IOException {
    Map<String, Long> sizes = new TreeMap<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "MANIFEST-*")) {
      for (Path file : files) {
        sizes.put(String.valueOf(file.getFileName()), Files.size(file));
      }
    }
    return sizes;
  }

  private static RocksStore open(
      Path folder, Choices choices, List<AutoCloseable> natives, Witness witness)
      throws RocksDBException, IOException {
    String path = folder.toString();
    Opened opened;
    boolean cut = false;
    try {
      opened = open(path, choices);
    } catch (RocksDBException e) {
      if (codeOf(e) != Status.Code.Corruption || reachable(path, choices) < witness.position()) {
        throw e;
      }
      // As far as anybody can tell only the batch is damaged that was being written when the
      // machine went down: its pages reach the disk in any order.
      LOG.error("the end of the log is damaged and is cut off folder={}", folder, e);
      opened = open(path, choices);
      cut = true;
    }
    boolean lost = cut || opened.db().getLatestSequenceNumber() < witness.position();
    if (lost) {
      LOG.error("confirmed entries may be missing: every epoch changes folder={}", folder);
    }
    return new RocksStore(path, opened, natives, witness, lost);
  }

  private static Opened open(String path, Choices choices) throws RocksDBException {
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    RocksDB db = RocksDB.open(choices.whole, path, choices.families, handles);
    return new Opened(db, new Families(handles.getFirst(), handles.getLast()));
  }

  private record Opened(RocksDB db, Families families) {}

  /// How far the log can be read before the damage. Changes nothing on disk, but leaves `choices`
  /// so that the next opening cuts the log there.
  private static long reachable(String path, Choices choices) throws RocksDBException {
    choices.whole.setWalRecoveryMode(WALRecoveryMode.PointInTimeRecovery);
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    try (RocksDB whatIsLeft =
        RocksDB.openReadOnly(choices.whole, path, choices.families, handles)) {
      long position = whatIsLeft.getLatestSequenceNumber();
      handles.forEach(ColumnFamilyHandle::close);
      return position;
    }
  }

  /// The two families of rows: marks, which are small, many and looked up one by one, are merged
  /// apart from the rest; so they do not have the logs rewritten more often than these themselves
  /// grow.
  private record Families(ColumnFamilyHandle rest, ColumnFamilyHandle marks) {
    ColumnFamilyHandle of(byte[] key) {
      return key.length > 0 && key[0] == Store.MARKS ? marks : rest;
    }

    void close() {
      rest.close();
      marks.close();
    }
  }

  /// How RocksDB is asked to behave.
  private static final class Choices {
    final DBOptions whole;
    final List<ColumnFamilyDescriptor> families;

    Choices(Memory memory, List<AutoCloseable> natives) {
      LRUCache cache = kept(new LRUCache(memory.blockCacheBytes()), natives);
      BloomFilter filter = kept(new BloomFilter(BLOOM_BITS_PER_KEY, false), natives);
      // Indexes and filters live in the block cache and in pieces, so that its size bounds them
      // too.
      BlockBasedTableConfig table =
          new BlockBasedTableConfig()
              .setBlockCache(cache)
              .setCacheIndexAndFilterBlocks(true)
              .setCacheIndexAndFilterBlocksWithHighPriority(true)
              .setPinTopLevelIndexAndFilter(true)
              .setPinL0FilterAndIndexBlocksInCache(true)
              .setIndexType(IndexType.kTwoLevelIndexSearch)
              .setPartitionFilters(true)
              .setFilterPolicy(filter)
              .setWholeKeyFiltering(true)
              .setOptimizeFiltersForMemory(true)
              .setBlockSize(8 << 10);
      whole =
          kept(new DBOptions(), natives)
              .setCreateIfMissing(true)
              .setCreateMissingColumnFamilies(true)
              .setWalRecoveryMode(WALRecoveryMode.TolerateCorruptedTailRecords)
              // What recovery reads may never have been synced (a kill between write and sync, a
              // sync that failed): written to a synced file before anybody is told that it is on
              // disk.
              .setAvoidFlushDuringRecovery(false)
              // A failed write is final until the next start: see LogEngine.
              .setMaxBgErrorResumeCount(0)
              .setMaxTotalWalSize(LOG_BUFFERS * memory.writeBufferBytes())
              .setAllowConcurrentMemtableWrite(false)
              .setMaxBackgroundJobs(2)
              .setMaxOpenFiles(OPEN_FILES_MAX)
              .setAvoidUnnecessaryBlockingIO(true)
              .setBytesPerSync(1 << 20)
              // Quiet when idle: no statistics on a timer, a short log of its own.
              .setStatsDumpPeriodSec(0)
              .setStatsPersistPeriodSec(0)
              .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
              .setKeepLogFileNum(2)
              .setMaxLogFileSize(1 << 20);
      // A file with many deleted rows is merged although nothing else asks for it, level by level
      // until the rows are gone from the disk.
      TablePropertiesCollectorFactory deletions =
          kept(
              TablePropertiesCollectorFactory.NewCompactOnDeletionCollectorFactory(
                  DELETIONS_WINDOW, DELETIONS_MAX, 0),
              natives);
      Options withCollector = kept(new Options(), natives);
      withCollector.setTablePropertiesCollectorFactory(List.of(deletions));
      ColumnFamilyOptions rest =
          kept(new ColumnFamilyOptions(withCollector), natives)
              .setWriteBufferSize(memory.writeBufferBytes())
              .setLevel0FileNumCompactionTrigger(FRESH_FILES)
              .setMaxBytesForLevelBase(FRESH_FILES * memory.writeBufferBytes())
              .setTargetFileSizeBase(32L << 20)
              .setCompressionType(CompressionType.LZ4_COMPRESSION);
      // Looked up one by one and deleted by the window: never merged for the sake of order.
      ColumnFamilyOptions marks =
          kept(new ColumnFamilyOptions(), natives)
              .setWriteBufferSize(memory.writeBufferBytes() / 2)
              .setCompactionStyle(CompactionStyle.UNIVERSAL)
              .setCompressionType(CompressionType.NO_COMPRESSION);
      for (ColumnFamilyOptions each : List.of(rest, marks)) {
        each.setMaxWriteBufferNumber(WRITE_BUFFERS)
            .setMemtablePrefixBloomSizeRatio(WRITE_BUFFER_BLOOM_SHARE)
            .setMemtableWholeKeyFiltering(true)
            .setTableFormatConfig(table);
      }
      families =
          List.of(
              new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, rest),
              new ColumnFamilyDescriptor("marks".getBytes(StandardCharsets.US_ASCII), marks));
    }

    private static <T extends AutoCloseable> T kept(T made, List<AutoCloseable> natives) {
      natives.add(made);
      return made;
    }
  }

  private static String whyNotOpened(Path folder, RocksDBException e) {
    Status.Code code = codeOf(e);
    String words = String.valueOf(e.getMessage());
    if (code == Status.Code.IOError && words.toLowerCase(Locale.ROOT).contains("lock")) {
      return "the data in " + folder + " is in use by another process";
    }
    if (code == Status.Code.Corruption) {
      return "the data in "
          + folder
          + " is damaged and was left as it is; restore a backup, or move the folder away to begin"
          + " anew: "
          + words;
    }
    return "cannot open the data in " + folder + ": " + words;
  }

  private static Status.Code codeOf(RocksDBException e) {
    Status status = e.getStatus();
    return status == null ? Status.Code.Undefined : status.getCode();
  }

  @Override
  public boolean hasLost() {
    return lost;
  }

  @Override
  public byte @Nullable [] get(byte[] key) {
    Lock use = use();
    try {
      return db.get(families.of(key), reading, key);
    } catch (RocksDBException e) {
      throw failed("read", e);
    } finally {
      use.unlock();
    }
  }

  @Override
  public Scan ascending(byte[] from, byte[] to) {
    return scan(from, to, true);
  }

  @Override
  public Scan descending(byte[] from, byte[] to) {
    return scan(from, to, false);
  }

  private Scan scan(byte[] from, byte[] to, boolean ascending) {
    List<Piece> pieces = pieces(from, to);
    if (pieces.size() == 1) {
      return scan(pieces.getFirst(), ascending);
    }
    return new JoinedScan(ascending ? pieces : pieces.reversed(), ascending);
  }

  private RocksScan scan(Piece piece, boolean ascending) {
    Lock use = use();
    try {
      RocksScan scan =
          new RocksScan(
              db.newIterator(piece.family(), reading), piece.from(), piece.to(), ascending);
      scans.add(scan);
      return scan;
    } finally {
      use.unlock();
    }
  }

  /// A stretch of keys within one family.
  private record Piece(ColumnFamilyHandle family, byte[] from, byte[] to) {}

  /// The stretch from `from` up to but not including `to`, cut where the family changes; at least
  /// one piece.
  private List<Piece> pieces(byte[] from, byte[] to) {
    List<Piece> pieces = new ArrayList<>(1);
    addPiece(pieces, families.rest(), from, least(to, MARKS_FROM));
    addPiece(pieces, families.marks(), greatest(from, MARKS_FROM), least(to, MARKS_TO));
    addPiece(pieces, families.rest(), greatest(from, MARKS_TO), to);
    return pieces.isEmpty() ? List.of(new Piece(families.rest(), to, to)) : pieces;
  }

  private static void addPiece(
      List<Piece> pieces, ColumnFamilyHandle family, byte[] from, byte[] to) {
    if (Arrays.compareUnsigned(from, to) < 0) {
      pieces.add(new Piece(family, from, to));
    }
  }

  private static byte[] least(byte[] one, byte[] other) {
    return Arrays.compareUnsigned(one, other) <= 0 ? one : other;
  }

  private static byte[] greatest(byte[] one, byte[] other) {
    return Arrays.compareUnsigned(one, other) >= 0 ? one : other;
  }

  @Override
  public void commit(Batch batch, boolean sync) {
    write(batch, sync ? synced : unsynced, /* noted= */ true);
  }

  /// Not noted: the note may outlive a power loss that the batch does not, and would then accuse
  /// the store of a loss that is none.
  @Override
  public void commitUnsynced(Batch batch) {
    write(batch, unsynced, /* noted= */ false);
  }

  private void write(Batch batch, WriteOptions options, boolean noted) {
    Lock use = use();
    try (WriteBatch rows = new WriteBatch()) {
      for (Batch.Step step : batch.steps()) {
        switch (step) {
          case Batch.Step.Put(byte[] key, byte[] value) -> rows.put(families.of(key), key, value);
          case Batch.Step.Delete(byte[] key) -> rows.delete(families.of(key), key);
          case Batch.Step.DeleteRange(byte[] from, byte[] to) -> {
            for (Piece piece : pieces(from, to)) {
              rows.deleteRange(piece.family(), piece.from(), piece.to());
            }
          }
        }
      }
      db.write(options, rows);
      if (noted) {
        witness.note(db.getLatestSequenceNumber());
      }
    } catch (RocksDBException e) {
      throw failed("write", e);
    } finally {
      use.unlock();
    }
  }

  /// What was deleted still stands in files until it is merged with them; that begins when the
  /// deletions themselves come to a file.
  @Override
  public void giveBack() {
    Lock use = use();
    try (FlushOptions soon = new FlushOptions().setWaitForFlush(false).setAllowWriteStall(true)) {
      db.flush(soon, families.rest());
    } catch (RocksDBException e) {
      throw failed("flush", e);
    } finally {
      use.unlock();
    }
  }

  /// Also out of the log, whose files go once both families have come to files of their own.
  @Override
  public void forgetOverwritten() {
    Thread.ofPlatform().daemon().name("store-compaction").start(this::compactInBackground);
  }

  private void compactInBackground() {
    Lock use = gate.readLock();
    use.lock();
    try (FlushOptions whole = new FlushOptions().setWaitForFlush(true)) {
      if (!closed) {
        db.flush(whole, List.of(families.rest(), families.marks()));
        db.compactRange(families.rest(), null, null, compaction);
      }
    } catch (RocksDBException e) {
      LOG.warn("what was overwritten stays in files for a while folder={}", folder, e);
    } finally {
      use.unlock();
    }
  }

  /// Gives back now what was deleted or written anew, in all files. Takes as long as rewriting
  /// them.
  void compact() {
    Lock use = use();
    try {
      db.compactRange(families.rest());
    } catch (RocksDBException e) {
      throw failed("compact", e);
    } finally {
      use.unlock();
    }
  }

  /// Enters among those who use the natives; the caller unlocks what it returns.
  private Lock use() {
    Lock use = gate.readLock();
    use.lock();
    if (closed) {
      use.unlock();
      throw new StoreException("the store in " + folder + " is closed", null);
    }
    return use;
  }

  private StoreException failed(String what, RocksDBException e) {
    return new StoreException("cannot " + what + " in " + folder + ": " + e.getMessage(), e);
  }

  /// Ends what is under way, then gives everything back. What was committed without a sync is in
  /// the hands of the operating system. Harmless when repeated.
  @Override
  public void close() {
    if (!closing.getAndSet(true)) {
      compaction.setCanceled(true); // who waits for it has the gate
    }
    Lock alone = gate.writeLock();
    alone.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      scans.forEach(scan -> scan.rows.close());
      scans.clear();
      families.close();
      db.close();
      reading.close();
      synced.close();
      unsynced.close();
      compaction.close();
      closeAll(natives);
    } finally {
      alone.unlock();
    }
  }

  private static void closeAll(List<AutoCloseable> natives) {
    for (AutoCloseable each : natives.reversed()) {
      try {
        each.close();
      } catch (Exception e) {
        throw new StoreException("cannot close " + each, e);
      }
    }
  }

  /// Bounds itself by comparing keys: cheaper than natives for the bounds of each scan, of which
  /// most take one step.
  private final class RocksScan implements Scan {
    private final RocksIterator rows;
    private final byte[] from;
    private final byte[] to;
    private final boolean ascending;
    private boolean begun;
    private boolean ended;
    private byte @Nullable [] key;

    RocksScan(RocksIterator rows, byte[] from, byte[] to, boolean ascending) {
      this.rows = rows;
      this.from = from;
      this.to = to;
      this.ascending = ascending;
    }

    @Override
    public boolean next() {
      Check.that(!ended, "a scan that was closed is over");
      Lock use = use();
      try {
        step();
        key = rows.isValid() ? rows.key() : null;
        if (key == null) {
          rows.status();
          return false;
        }
        boolean inside =
            ascending
                ? Arrays.compareUnsigned(key, to) < 0
                : Arrays.compareUnsigned(key, from) >= 0;
        key = inside ? key : null;
        return inside;
      } catch (RocksDBException e) {
        throw failed("read", e);
      } finally {
        use.unlock();
      }
    }

    private void step() {
      if (begun) {
        if (rows.isValid()) {
          if (ascending) {
            rows.next();
          } else {
            rows.prev();
          }
        }
      } else if (ascending) {
        rows.seek(from);
      } else {
        rows.seekForPrev(to);
        if (rows.isValid() && Arrays.equals(rows.key(), to)) {
          rows.prev();
        }
      }
      begun = true;
    }

    @Override
    public byte[] key() {
      byte[] here = key;
      if (here == null) {
        throw new IllegalStateException("no row here: next() was not called or said false");
      }
      return here;
    }

    @Override
    public byte[] value() {
      key();
      Lock use = use();
      try {
        return rows.value();
      } finally {
        use.unlock();
      }
    }

    @Override
    public void close() {
      Lock use = gate.readLock();
      use.lock();
      try {
        ended = true;
        key = null;
        // False if the store closed it first.
        if (scans.remove(this)) {
          rows.close();
        }
      } finally {
        use.unlock();
      }
    }
  }

  /// One piece after the other.
  private final class JoinedScan implements Scan {
    private final Iterator<Piece> pieces;
    private final boolean ascending;
    private RocksScan current;

    JoinedScan(List<Piece> inOrder, boolean ascending) {
      this.pieces = inOrder.iterator();
      this.ascending = ascending;
      this.current = scan(pieces.next(), ascending);
    }

    @Override
    public boolean next() {
      while (!current.next()) {
        if (!pieces.hasNext()) {
          return false;
        }
        current.close();
        current = scan(pieces.next(), ascending);
      }
      return true;
    }

    @Override
    public byte[] key() {
      return current.key();
    }

    @Override
    public byte[] value() {
      return current.value();
    }

    @Override
    public void close() {
      current.close();
    }
  }
}
