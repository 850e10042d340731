package dev.tidings.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tidings.base.Check;
import dev.tidings.base.Clock;
import dev.tidings.engine.Batch;
import dev.tidings.engine.Batch.Step;
import dev.tidings.engine.Store;
import io.lettuce.core.KeyValue;
import io.lettuce.core.Range;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.StreamMessage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Rows in Redis, which several nodes read and write: see [Place] for where they stand.
///
/// All commits of all nodes have one order, and the number of the last one is the lock: a batch is
/// kept only if nothing was committed since what it rests on, which one script checks and does. A
/// node that commits after others have done so takes the turn first, and so do all who wait, in
/// their order; so nobody's work is in vain twice. A turn ends by itself, and what a node has in
/// its pipes still is refused then: by the number, by the turn, or because it is too late.
///
/// One thread, the *owner*, commits, and its reads go through a cache that follows all commits.
/// Others read beside it and see what is in Redis, which may be ahead.
final class RedisStore implements Store {
  /// A read that takes longer has failed.
  private static final long READ_MILLIS = 1_000;

  private static final long COMMIT_MILLIS = 600;
  private static final long RESOLVE_MILLIS = 300;

  /// A commit that reaches Redis later than this is refused.
  private static final long LATE_MILLIS = 1_500;

  /// After this time anybody may take the turn of a node that has died.
  static final long TURN_MILLIS = 1_000;

  /// About as much as that of the newest commits is there for nodes that were away.
  private static final long TOLD_BYTES = 64L << 20;

  private static final int TOLD_COMMITS_MAX = 100_000;

  /// Rows fetched at once by a scan.
  private static final int PAGE = 256;

  private static final byte[] GENERATION_FIELD = "generation".getBytes(US_ASCII);
  private static final byte[] NEXT_NUMBER_FIELD = "number".getBytes(US_ASCII);

  private final Clock clock = Clock.system();
  private final Link link;
  private final String node;
  private final RowCache cache = new RowCache();

  /// Sizes of the newest commits, oldest first, and how many there are.
  private final Deque<Integer> told = new ArrayDeque<>();

  private long toldBytes;

  /// Older commits need not be told any more; 0 until so much is known.
  private long oldestTold;

  private BooleanSupplier more = () -> false;
  private volatile long owner = Thread.currentThread().threadId();
  private volatile long applied;

  /// How many times this node was someone new.
  private int incarnation = 1;

  private volatile String token;

  /// Of the store that was begun with, empty while it has none.
  private byte[] generation = new byte[0];

  private static final int OURS = 1;
  private static final int ANOTHERS = 2;

  /// Whose turn it was behind our last commit: ours, another's, or nobody's (0).
  private int turnBehind;

  /// What to add to our clock to have that of Redis.
  private long redisAheadMillis;

  /// @param node its name, another one for each start
  RedisStore(Link link, String node) {
    this.link = link;
    this.node = node;
    this.token = node + "-" + incarnation;
  }

  /// The calling thread commits from now on.
  ///
  /// @param hasMore whether more waits to be committed soon
  void own(BooleanSupplier hasMore) {
    owner = Thread.currentThread().threadId();
    more = hasMore;
  }

  private boolean isOwner() {
    return Thread.currentThread().threadId() == owner;
  }

  /// The last commit that was made or absorbed.
  long applied() {
    return applied;
  }

  /// By which the turn knows this node at present.
  String token() {
    return token;
  }

  // Whose turn it is.

  /// @param granted whether it is our turn now; else we are told when it is ([Told#next])
  /// @param commit the last one: all up to it must be absorbed before anything is decided
  /// @param sameHistory whether the store is the one that was begun with
  /// @param leftMillis how long another node's turn may last still
  record Turn(boolean granted, long commit, boolean sameHistory, long leftMillis) {}

  /// Takes the turn to commit, or asks for it.
  Turn take() {
    return take(COMMIT_MILLIS);
  }

  private Turn take(long millisMax) {
    long before = clock.epochMillis();
    List<Object> answer =
        link.run(Script.TAKE, millisMax, token.getBytes(US_ASCII), ascii(TURN_MILLIS));
    redisAheadMillis = (Long) answer.get(2) - before;
    return new Turn(
        (Long) answer.get(0) == 1,
        (Long) answer.get(1),
        isOurs((byte[]) answer.get(4)),
        Math.max(0, (Long) answer.get(3)));
  }

  /// Whether this generation is the one that was begun with.
  boolean isOurs(byte[] other) {
    return generation.length == 0 || Arrays.equals(generation, other);
  }

  /// Whether the store is the one that was begun with.
  boolean isSameHistory() {
    return isOurs(generation());
  }

  private byte[] generation() {
    byte[] row = link.await(link.commands().hget(link.key("S"), GENERATION_FIELD), COMMIT_MILLIS);
    return row == null ? new byte[0] : row;
  }

  /// The last commit of all.
  long lastCommit() {
    byte[] commit = link.await(link.commands().get(link.key("commit")), COMMIT_MILLIS);
    return commit == null ? 0 : number(commit);
  }

  /// Gives back the turn, and the place in the line.
  void pass() {
    link.run(Script.PASS, COMMIT_MILLIS, token.getBytes(US_ASCII));
  }

  /// What is there is all that there is: begins to follow from here. To be called with the turn.
  void begin(long commit) {
    applied = commit;
    generation = generation();
    oldestTold = 0; // what stands there is for nodes that may need it still
    told.clear();
    toldBytes = 0;
    cache.clear();
  }

  /// Whether the last commit left us the turn, for we had more.
  boolean keptTurn() {
    return turnBehind == OURS;
  }

  /// Whether the last commit gave the turn to another node, which waited.
  boolean gaveTurn() {
    return turnBehind == ANOTHERS;
  }

  // Commits.

  @Override
  public boolean isShared() {
    return true;
  }

  @Override
  public boolean hasLost() {
    return false;
  }

  @Override
  public void commit(Batch batch, boolean sync) {
    Check.that(isOwner(), "the owner alone commits");
    long commit = applied + 1;
    byte[] row = batch.row();
    String as = token;
    byte[][] arguments = arguments(batch, row, as);
    turnBehind = 0;
    long code;
    try {
      List<Object> answer = link.run(Script.COMMIT, COMMIT_MILLIS, arguments);
      code = (Long) answer.get(0);
      turnBehind = code == 1 ? (int) (long) (Long) answer.get(3) : 0;
      redisAheadMillis = (Long) answer.get(2) - clock.epochMillis();
    } catch (NotKeptException e) {
      throw e;
    } catch (StoreException e) {
      code = wasKept(commit, as, e) ? 1 : 0;
    }
    if (code == 0 && isToldBy(commit, as, READ_MILLIS)) {
      code = 1; // asked twice, for the first answer was lost
    }
    if (code == 1) {
      follow(commit, batch, row.length);
      return;
    }
    throw code == -3
        ? new StoreException("Redis has gone back behind what it had confirmed", null)
        : new NotKeptException("overtaken by another node", true, null);
  }

  /// Finds out what became of a commit whose answer did not come.
  ///
  /// @throws StoreException if that cannot be known yet
  private boolean wasKept(long commit, String as, StoreException lost) {
    // Under the old name nothing more is taken from now on, once we have the turn under the new
    // one.
    becomeSomeoneNew();
    try {
      Turn turn = take(RESOLVE_MILLIS);
      if (turn.commit() >= commit) {
        return isToldBy(commit, as, RESOLVE_MILLIS);
      }
      if (turn.granted()) {
        return false;
      }
    } catch (StoreException e) {
      lost.addSuppressed(e);
    }
    throw lost;
  }

  /// What is under way under the old name is refused where the turn is looked at.
  void becomeSomeoneNew() {
    incarnation++;
    token = node + "-" + incarnation;
  }

  private boolean isToldBy(long commit, String as, long millisMax) {
    String id = commit + "-0";
    List<StreamMessage<byte[], byte[]>> found =
        link.await(link.commands().xrange(link.key(Told.STREAM), Range.create(id, id)), millisMax);
    return !found.isEmpty() && Told.of(found.getFirst()).by().equals(as);
  }

  /// Takes over what another node has kept as the next commit.
  void absorbed(long commit, Batch batch, int bytes) {
    Check.that(commit == applied + 1, "a commit was skipped", commit);
    follow(commit, batch, bytes);
  }

  private void follow(long commit, Batch batch, int bytes) {
    cache.follow(batch);
    applied = commit;
    if (generation.length == 0) {
      generation = generation(); // it was made just now
    }
    told.addLast(bytes);
    toldBytes += bytes;
    while (toldBytes > TOLD_BYTES || told.size() > TOLD_COMMITS_MAX) {
      toldBytes -= told.removeFirst();
      oldestTold = applied - told.size() + 1;
    }
  }

  private byte[][] arguments(Batch batch, byte[] row, String as) {
    List<byte[]> all = new ArrayList<>(8 + 4 * batch.steps().size());
    all.add(as.getBytes(US_ASCII));
    all.add(ascii(applied));
    all.add(ascii(clock.epochMillis() + redisAheadMillis + LATE_MILLIS));
    all.add(ascii(TURN_MILLIS));
    all.add(ascii(more.getAsBoolean() ? 1 : 0));
    all.add(ascii(oldestTold));
    all.add(row);
    all.add(generation);
    long window = -1;
    for (Step step : batch.steps()) {
      switch (step) {
        case Step.Put(byte[] key, byte[] value) -> {
          if (key[0] == MARKS && Place.window(key) != window) {
            window = Place.window(key);
            add(all, "w", ascii(window));
          }
          put(all, key, value);
        }
        case Step.Delete(byte[] key) -> delete(all, key);
        case Step.DeleteRange(byte[] from, byte[] to) -> deleteRange(all, batch, step, from, to);
      }
    }
    return all.toArray(byte[][]::new);
  }

  private static void put(List<byte[]> all, byte[] key, byte[] value) {
    char letter = (char) key[0];
    if (letter == Place.ENTRIES) {
      add(all, "l", ascii(Place.number(key, 1)), ascii(Place.lastNumber(key)), value);
    } else {
      Place place = Place.of(key);
      String how = Place.isOrdered(letter) ? "P" : "p";
      add(all, how, utf8(place.space()), place.field(), value);
    }
  }

  private static void delete(List<byte[]> all, byte[] key) {
    char letter = (char) key[0];
    if (letter == Place.ENTRIES) {
      add(all, "L", ascii(Place.number(key, 1)), ascii(Place.lastNumber(key)));
    } else {
      Place place = Place.of(key);
      add(all, Place.isOrdered(letter) ? "D" : "d", utf8(place.space()), place.field());
    }
  }

  /// Of marks whole windows, of other rows a whole space or the end of one.
  private void deleteRange(List<byte[]> all, Batch batch, Step range, byte[] from, byte[] to) {
    char letter = (char) from[0];
    if (letter == (char) MARKS) {
      add(all, "W", ascii(Place.window(to)));
      return;
    }
    Place place = Place.of(from);
    boolean whole = place.field().length == 0 || isZero(place.field());
    if (whole && letter != Place.METAS) {
      add(all, "x", utf8(place.space()));
      return;
    }
    try (Scan scan = ascending(from, to)) {
      while (scan.next()) {
        delete(all, scan.key());
      }
    }
    for (Step step : batch.steps()) {
      if (step.equals(range)) {
        break;
      }
      if (step instanceof Step.Put(byte[] key, byte[] _) && isBetween(key, from, to)) {
        delete(all, key);
      }
    }
  }

  private static boolean isBetween(byte[] key, byte[] from, byte[] to) {
    return Arrays.compareUnsigned(key, from) >= 0 && Arrays.compareUnsigned(key, to) < 0;
  }

  private static boolean isZero(byte[] field) {
    for (byte each : field) {
      if (each != 0) {
        return false;
      }
    }
    return true;
  }

  private static void add(List<byte[]> all, String step, byte[]... taken) {
    all.add(step.getBytes(US_ASCII));
    all.addAll(Arrays.asList(taken));
  }

  private static byte[] ascii(long number) {
    return Long.toString(number).getBytes(US_ASCII);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(UTF_8);
  }

  // Reads. One that fails has kept nothing, so whatever was being decided can be asked again.

  private <T> T read(RedisFuture<T> asked) {
    try {
      return link.await(asked, READ_MILLIS);
    } catch (NotKeptException e) {
      throw e;
    } catch (StoreException e) {
      throw new NotKeptException(String.valueOf(e.getMessage()), false, e);
    }
  }

  private List<Object> readBy(Script script, byte[]... arguments) {
    try {
      return link.run(script, READ_MILLIS, arguments);
    } catch (NotKeptException e) {
      throw e;
    } catch (StoreException e) {
      throw new NotKeptException(String.valueOf(e.getMessage()), false, e);
    }
  }

  @Override
  public byte @Nullable [] get(byte[] key) {
    if ((char) key[0] == Place.ENTRIES) {
      try (Scan scan = ascending(key, Arrays.copyOf(key, key.length + 1))) {
        return scan.next() ? scan.value() : null;
      }
    }
    Place place = Place.of(key);
    if (!isOwner() || key[0] == MARKS) {
      return read(link.commands().hget(link.key(place.space()), place.field()));
    }
    RowCache.Row known = cache.find(key);
    if (known == null) {
      byte[] row = read(link.commands().hget(link.key(place.space()), place.field()));
      cache.add(key, row);
      return row;
    }
    return known.value();
  }

  @Override
  public Scan ascending(byte[] from, byte[] to) {
    return scan(from, to, false);
  }

  @Override
  public Scan descending(byte[] from, byte[] to) {
    return scan(from, to, true);
  }

  private Scan scan(byte[] from, byte[] to, boolean backwards) {
    char letter = (char) from[0];
    if (letter == Place.ENTRIES) {
      return new Pages(new EntryPages(from, to, backwards));
    }
    if (letter == Place.METAS) {
      Check.that(!backwards, "conversations are walked forwards");
      return new Pages(new MetaPages(from));
    }
    int behind = Place.behindSpace(from);
    if (Place.isOrdered(letter)) {
      return new Pages(new OrderedPages(from, to, behind, backwards));
    }
    return new Pages(new WholeSpace(from, to, behind, backwards));
  }

  private record Row(byte[] key, byte[] value) {}

  /// Rows in their order, some at a time.
  private interface Source {
    /// The next ones; empty if there may be more still, but not here.
    List<Row> more();

    boolean isOver();
  }

  private static final class Pages implements Scan {
    private final Source source;
    private List<Row> page = List.of();
    private int at = -1;

    Pages(Source source) {
      this.source = source;
    }

    @Override
    public boolean next() {
      at++;
      while (at >= page.size()) {
        if (source.isOver()) {
          return false;
        }
        page = source.more();
        at = 0;
      }
      return true;
    }

    @Override
    public byte[] key() {
      return page.get(at).key();
    }

    @Override
    public byte[] value() {
      return page.get(at).value();
    }

    @Override
    public void close() {}
  }

  /// Entries of one conversation, or of all from one on.
  private final class EntryPages implements Source {
    private long fromNumber;
    private long fromSeq;
    private long toNumber;
    private long toSeq;
    private final boolean backwards;
    private int size = 16;
    private boolean over;

    EntryPages(byte[] from, byte[] to, boolean backwards) {
      this.backwards = backwards;
      fromNumber = Place.number(from, 1);
      fromSeq = Place.lastNumber(from);
      if (to.length <= 1) {
        toNumber = nextNumber() - 1;
        toSeq = 1L << 53;
      } else {
        toNumber = Place.number(to, 1);
        toSeq = Place.number(to, 1 + Long.BYTES);
        toSeq = to.length > 1 + 2 * Long.BYTES ? toSeq + 1 : Math.min(toSeq, 1L << 53);
      }
      over = fromNumber > toNumber;
    }

    @Override
    public boolean isOver() {
      return over;
    }

    @Override
    public List<Row> more() {
      List<Object> found =
          readBy(
              Script.ENTRIES,
              ascii(fromNumber),
              ascii(fromSeq),
              ascii(toNumber),
              ascii(toSeq),
              ascii(backwards ? 1 : 0),
              ascii(size));
      List<Row> rows = new ArrayList<>(found.size() / 3);
      long number = 0;
      long seq = 0;
      for (int i = 0; i + 2 < found.size(); i += 3) {
        number = number(found.get(i));
        seq = number(found.get(i + 1));
        rows.add(new Row(Place.numbered(Place.ENTRIES, number, seq), (byte[]) found.get(i + 2)));
      }
      long goOn = number(found.getLast());
      boolean full = rows.size() == size;
      size = Math.min(2 * size, PAGE);
      if (full) {
        goOnBehind(number, seq);
      } else if (goOn == 0) {
        over = true;
      } else {
        goOnAt(goOn);
      }
      return rows;
    }

    private void goOnBehind(long number, long seq) {
      if (backwards) {
        toNumber = number;
        toSeq = seq;
      } else {
        fromNumber = number;
        fromSeq = seq + 1;
      }
      over = fromNumber == toNumber && fromSeq >= toSeq;
    }

    private void goOnAt(long number) {
      if (backwards) {
        toNumber = number;
        toSeq = 1L << 53;
      } else {
        fromNumber = number;
        fromSeq = 0;
      }
    }
  }

  private static long number(Object bytes) {
    return Long.parseLong(new String((byte[]) bytes, US_ASCII));
  }

  /// One more than the highest number of a conversation.
  private long nextNumber() {
    byte[] row = get(("S" + new String(NEXT_NUMBER_FIELD, US_ASCII)).getBytes(US_ASCII));
    long value = 0;
    for (int i = 0; row != null && i < row.length; i++) {
      value |= (long) (row[i] & 0x7F) << (7 * i);
    }
    return Math.max(value, 1);
  }

  /// Conversations by their numbers, which are dense but for few.
  private final class MetaPages implements Source {
    private long next;
    private final long end;

    MetaPages(byte[] from) {
      next = Place.lastNumber(from);
      end = nextNumber();
    }

    @Override
    public boolean isOver() {
      return next >= end;
    }

    @Override
    public List<Row> more() {
      int count = (int) Math.min(PAGE, end - next);
      byte[][] fields = new byte[count][];
      for (int i = 0; i < count; i++) {
        fields[i] = Place.of(Place.numbered(Place.METAS, next + i)).field();
      }
      List<KeyValue<byte[], byte[]>> found =
          read(link.commands().hmget(link.key(String.valueOf(Place.METAS)), fields));
      List<Row> rows = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        if (found.get(i).hasValue()) {
          rows.add(new Row(Place.numbered(Place.METAS, next + i), found.get(i).getValue()));
        }
      }
      next += count;
      return rows;
    }
  }

  private static byte[] joined(byte[] key, int behind, byte[] field) {
    byte[] whole = Arrays.copyOf(key, behind + field.length);
    System.arraycopy(field, 0, whole, behind, field.length);
    return whole;
  }

  /// The field at which a walk ends, if `to` is in the same space.
  private static byte @Nullable [] fieldOf(byte[] to, byte[] from, int behind) {
    return to.length >= behind && Arrays.equals(to, 0, behind, from, 0, behind)
        ? Arrays.copyOfRange(to, behind, to.length)
        : null;
  }

  private final class OrderedPages implements Source {
    private final byte[] base;
    private final int behind;
    private final boolean backwards;
    private byte[] low;
    private byte[] high;
    private boolean over;

    OrderedPages(byte[] from, byte[] to, int behind, boolean backwards) {
      this.base = from;
      this.behind = behind;
      this.backwards = backwards;
      byte[] first = Arrays.copyOfRange(from, behind, from.length);
      byte[] end = fieldOf(to, from, behind);
      low = first.length == 0 ? new byte[] {'-'} : bound('[', first);
      high = end == null ? new byte[] {'+'} : bound('(', end);
    }

    private static byte[] bound(char kind, byte[] field) {
      byte[] bound = new byte[1 + field.length];
      bound[0] = (byte) kind;
      System.arraycopy(field, 0, bound, 1, field.length);
      return bound;
    }

    @Override
    public boolean isOver() {
      return over;
    }

    @Override
    public List<Row> more() {
      List<Object> found =
          readBy(
              Script.ORDERED,
              utf8(Place.of(base).space()),
              low,
              high,
              ascii(backwards ? 1 : 0),
              ascii(PAGE));
      List<Row> rows = new ArrayList<>(found.size() / 2);
      for (int i = 0; i + 1 < found.size(); i += 2) {
        byte[] field = (byte[]) found.get(i);
        rows.add(new Row(joined(base, behind, field), (byte[]) found.get(i + 1)));
        if (backwards) {
          high = bound('(', field);
        } else {
          low = bound('(', field);
        }
      }
      over = rows.size() < PAGE;
      return rows;
    }
  }

  /// A space whose fields are few enough to be sorted here.
  private final class WholeSpace implements Source {
    private final byte[] from;
    private final byte[] to;
    private final int behind;
    private final boolean backwards;
    private boolean over;

    WholeSpace(byte[] from, byte[] to, int behind, boolean backwards) {
      this.from = from;
      this.to = to;
      this.behind = behind;
      this.backwards = backwards;
    }

    @Override
    public boolean isOver() {
      return over;
    }

    @Override
    public List<Row> more() {
      over = true;
      Map<byte[], byte[]> all = read(link.commands().hgetall(link.key(Place.of(from).space())));
      List<Row> rows = new ArrayList<>(all.size());
      all.forEach((field, value) -> {
        byte[] key = joined(from, behind, field);
        if (isBetween(key, from, to)) {
          rows.add(new Row(key, value));
        }
      });
      rows.sort((one, other) -> Arrays.compareUnsigned(one.key(), other.key()));
      return backwards ? rows.reversed() : rows;
    }
  }

  /// The link is its owner's.
  @Override
  public void close() {}
}
