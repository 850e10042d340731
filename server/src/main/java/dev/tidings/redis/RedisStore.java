package dev.tidings.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.tidings.base.Check;
import dev.tidings.base.Clock;
import dev.tidings.engine.Batch;
import dev.tidings.engine.Level;
import dev.tidings.engine.Store;
import io.lettuce.core.Range;
import io.lettuce.core.StreamMessage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
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
  private static final long COMMIT_MILLIS = 600;
  private static final long RESOLVE_MILLIS = 300;

  /// A commit that reaches Redis later than this is refused.
  private static final long LATE_MILLIS = 1_500;

  /// After this time anybody may take the turn of a node that has died.
  static final long TURN_MILLIS = 1_000;

  /// About as much as that of the newest commits is there for nodes that were away.
  private static final long TOLD_BYTES = 64L << 20;

  private static final int TOLD_COMMITS_MAX = 100_000;

  /// Whose the turn is behind a commit, as the script says.
  private static final int OURS = 1;

  private static final int ANOTHERS = 2;

  private static final int OVERTAKEN = 0;

  private static final byte[] GENERATION_FIELD = "generation".getBytes(US_ASCII);

  private final Clock clock = Clock.system();
  private final Link link;
  private final Durability durability;
  private final Commits commits;
  private final String node;
  private final Reads reads;
  private final Walks walks;
  private final RowCache cache = new RowCache();

  /// Sizes of the newest commits, oldest first, and how many there are.
  private final Deque<Integer> told = new ArrayDeque<>();

  private long toldBytes;

  /// Older commits need not be told any more; 0 until so much is known.
  private long oldestTold;

  private BooleanSupplier more = () -> false;
  private volatile long owner = Thread.currentThread().threadId();
  private volatile long applied;

  /// Who made it: names it among all histories, for nobody makes two of the same number.
  private String appliedBy = "";

  /// What is committed tells of a loss.
  private boolean tellsLoss;

  /// How many times this node was someone new.
  private int incarnation = 1;

  private volatile String token;

  /// Of the store that was begun with, empty while it has none.
  private byte[] generation = new byte[0];

  /// How safely all is kept that is applied. Confined to the owner.
  private Level kept = Level.MEMORY;

  /// Whose turn it was behind our last commit; 0: nobody's.
  private int turnBehind;

  /// What to add to our clock to have that of Redis.
  private long redisAheadMillis;

  /// Takes the place in Redis if nobody has it.
  ///
  /// @param node its name, another one for each start
  /// @throws StoreException if what is there is not ours
  RedisStore(Link link, Durability durability, String node) {
    Format.claim(link);
    this.durability = durability;
    this.commits = new Commits(link, durability);
    this.link = link;
    this.reads = new Reads(link);
    this.walks = new Walks(reads);
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
  /// @param generation of the store, empty while it has none
  /// @param leftMillis how long another node's turn may last still
  /// @param by who made the last commit
  /// @param reign of which Redis in turn
  /// @param doubt whether it may have lost some of what others had confirmed
  record Turn(
      boolean granted,
      long commit,
      byte[] generation,
      long leftMillis,
      String by,
      long reign,
      boolean doubt) {
    private static final Turn GONE = new Turn(false, 0, new byte[0], 0, "", 0, true);

    static Turn of(List<Object> answer) {
      return new Turn(
          (Long) answer.get(0) == 1,
          (Long) answer.get(1),
          (byte[]) answer.get(4),
          Math.max(0, (Long) answer.get(3)),
          new String((byte[]) answer.get(5), US_ASCII),
          Text.number(answer.get(6)),
          (Long) answer.get(7) == 1);
    }
  }

  /// Takes the turn to commit, or asks for it.
  Turn take() {
    return take(COMMIT_MILLIS);
  }

  private Turn take(long millisMax) {
    long before = clock.epochMillis();
    List<Object> answer =
        link.run(Script.TAKE, millisMax, token.getBytes(US_ASCII), Text.ascii(TURN_MILLIS));
    redisAheadMillis = (Long) answer.get(2) - before;
    Turn turn = Turn.of(answer);
    commits.reign(turn.reign());
    return turn;
  }

  /// Looks at what there is, without asking for the turn, and whether another Redis answers.
  Turn look() {
    try {
      Turn found = Turn.of(durability.note(COMMIT_MILLIS));
      commits.reign(found.reign());
      return found;
    } catch (NotKeptException e) {
      if (isGone()) {
        return Turn.GONE;
      }
      throw e;
    }
  }

  /// Whether nothing is there any more of what was.
  boolean isGone() {
    return Format.isGone(link);
  }

  /// Whether this generation is the one that was begun with.
  boolean isOurs(byte[] other) {
    return generation.length == 0 || Arrays.equals(generation, other);
  }

  /// Whether what was found is what this node knows, perhaps with more behind it.
  boolean isSameHistory(Turn found) {
    return !found.doubt()
        && found.commit() >= applied
        && (found.commit() > applied || found.by().equals(appliedBy))
        && isOurs(found.generation());
  }

  /// Whether a commit is the next one, or a later one, of the history that this node knows.
  boolean isSameHistory(Told next) {
    return isOurs(next.generation())
        && (next.commit() != applied + 1 || next.behind().equals(appliedBy));
  }

  private byte[] generation() {
    byte[] row = link.await(link.commands().hget(link.key("S"), GENERATION_FIELD), COMMIT_MILLIS);
    return row == null ? new byte[0] : row;
  }

  /// Tells everybody of a loss, by commits that `telling` makes.
  void tellLoss(Runnable telling) {
    tellsLoss = true;
    try {
      telling.run();
    } finally {
      tellsLoss = false;
    }
  }

  @Override
  public long lastCommit() {
    byte[] commit = link.await(link.commands().get(link.key("commit")), COMMIT_MILLIS);
    return commit == null ? 0 : Text.leadingNumber(commit);
  }

  /// Gives back the turn, and the place in the line.
  void pass() {
    link.run(Script.PASS, COMMIT_MILLIS, token.getBytes(US_ASCII));
  }

  /// What is there is all that there is: begins to follow from here.
  ///
  /// @param turn one that was granted
  void begin(Turn turn) {
    applied = turn.commit();
    appliedBy = turn.by();
    generation = turn.generation();
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
    Level level = Level.MEMORY;
    long code;
    try {
      Commits.Commit done = commits.commit(COMMIT_MILLIS, arguments);
      List<Object> answer = done.answer();
      level = done.level();
      code = (Long) answer.get(0);
      if (code == Commits.KEPT && (Long) answer.get(1) != commit) {
        throw new StoreException("Redis answers something else than it was asked", null);
      }
      turnBehind = code == Commits.KEPT ? (int) (long) (Long) answer.get(3) : 0;
      redisAheadMillis = (Long) answer.get(2) - clock.epochMillis();
    } catch (NotKeptException e) {
      throw e;
    } catch (StoreException e) {
      code = wasKept(commit, as, e) ? Commits.KEPT : OVERTAKEN;
    }
    if (code == OVERTAKEN && isToldBy(commit, as, Reads.MILLIS_MAX)) {
      code = Commits.KEPT; // asked twice, for the first answer was lost
    }
    if (code == Commits.KEPT) {
      follow(commit, as, batch, row.length, level);
      return;
    }
    throw code == Commits.LOST
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
  private void becomeSomeoneNew() {
    incarnation++;
    token = node + "-" + incarnation;
  }

  private boolean isToldBy(long commit, String as, long millisMax) {
    String id = commit + "-0";
    List<StreamMessage<byte[], byte[]>> found =
        link.await(link.commands().xrange(link.key(Told.STREAM), Range.create(id, id)), millisMax);
    return !found.isEmpty() && Told.of(found.getFirst(), Level.MEMORY).by().equals(as);
  }

  /// Takes over what another node has kept as the next commit.
  void absorbed(Told next, Batch batch) {
    Check.that(next.commit() == applied + 1, "a commit was skipped", next.commit());
    follow(next.commit(), next.by(), batch, next.row().length, next.level());
  }

  private void follow(long commit, String by, Batch batch, int bytes, Level level) {
    appliedBy = by;
    cache.follow(batch);
    kept = level;
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
    List<byte[]> all = new ArrayList<>(12 + 4 * batch.steps().size());
    all.add(as.getBytes(US_ASCII));
    all.add(Text.ascii(applied));
    all.add(Text.ascii(clock.epochMillis() + redisAheadMillis + LATE_MILLIS));
    all.add(Text.ascii(TURN_MILLIS));
    all.add(Text.ascii(more.getAsBoolean() ? 1 : 0));
    all.add(Text.ascii(oldestTold));
    all.add(row);
    all.add(generation);
    all.add(appliedBy.getBytes(US_ASCII));
    all.add(Text.ascii(commits.reign()));
    all.add(Commits.NOTHING);
    all.add(tellsLoss ? Commits.YES : Commits.NO);
    all.addAll(new Steps(batch, this).encoded());
    return all.toArray(byte[][]::new);
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
      return reads.find(place);
    }
    RowCache.Row known = cache.find(key);
    if (known == null) {
      byte[] row = reads.find(place);
      cache.add(key, row);
      return row;
    }
    return known.value();
  }

  @Override
  public Scan ascending(byte[] from, byte[] to) {
    return walks.walk(from, to, false);
  }

  @Override
  public Scan descending(byte[] from, byte[] to) {
    return walks.walk(from, to, true);
  }

  @Override
  public Level kept(Level wanted) {
    return kept;
  }

  /// The link is its owner's.
  @Override
  public void close() {
    commits.close();
  }
}
