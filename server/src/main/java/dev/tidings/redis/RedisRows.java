package dev.tidings.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.tidings.engine.Batch;
import dev.tidings.engine.Batch.Step;
import dev.tidings.engine.Store;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Rows in Redis for who takes all of them out, or puts all of them in before any node is there.
/// Confined to one thread.
///
/// There is no moment at which all rows stand still while nodes commit: [#isAsOpened()] says
/// whether what was read belongs together. What is committed here are the rows of an import: the
/// first batch says that one is under way, and the first that deletes something ends it.
public final class RedisRows implements Store {
  private static final long MILLIS_MAX = 60_000;
  private static final byte[] COMMIT_ROW = "Scommit".getBytes(US_ASCII);

  private final Link link;
  private final Reads reads;
  private final Walks walks;
  private final long opened;
  private boolean begun;

  /// What the rows of an import say that the last commit was.
  private long imported;

  private RedisRows(Link link) {
    this.link = link;
    reads = new Reads(link, MILLIS_MAX);
    walks = new Walks(reads);
    opened = lastCommit();
  }

  /// Connects to what is there.
  ///
  /// @throws StoreException in words for an operator: not there, not ours, or nothing
  public static RedisRows toRead(RedisAddress address, String prefix) {
    return connect(
        address,
        prefix,
        link -> {
          if (Format.isGone(link)) {
            throw new StoreException("there is no data in Redis under " + prefix, null);
          }
        });
  }

  /// Connects to where nothing is yet, and takes the place.
  ///
  /// @throws StoreException in words for an operator
  public static RedisRows toFill(RedisAddress address, String prefix) {
    return connect(address, prefix, link -> {});
  }

  private static RedisRows connect(RedisAddress address, String prefix, Consumer<Link> first) {
    Link link = Link.open(address, prefix);
    try {
      first.accept(link);
      Format.claim(link);
      return new RedisRows(link);
    } catch (StoreException e) {
      link.close();
      throw e;
    }
  }

  @Override
  public long lastCommit() {
    byte[] commit = link.await(link.commands().get(link.key("commit")), MILLIS_MAX);
    return commit == null ? 0 : Text.leadingNumber(commit); // behind it stands who made it
  }

  /// Whether nobody has committed anything since this was opened.
  public boolean isAsOpened() {
    return lastCommit() == opened;
  }

  @Override
  public boolean hasLost() {
    return false;
  }

  @Override
  public byte @Nullable [] get(byte[] key) {
    if ((char) key[0] == Place.ENTRIES) {
      try (Scan scan = ascending(key, Arrays.copyOf(key, key.length + 1))) {
        return scan.next() ? scan.value() : null;
      }
    }
    return reads.find(Place.of(key));
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
  public void commit(Batch batch, boolean sync) {
    boolean last = false;
    for (Step step : batch.steps()) {
      last |= step instanceof Step.Delete;
      if (step instanceof Step.Put(byte[] key, byte[] value) && Arrays.equals(key, COMMIT_ROW)) {
        imported = Text.counted(value);
      }
    }
    List<byte[]> arguments = new ArrayList<>();
    arguments.add(last ? Text.ascii(imported) : Text.utf8(begun ? "more" : "first"));
    arguments.addAll(new Steps(batch, this).encoded());
    List<Object> answer = link.run(Script.FILL, MILLIS_MAX, arguments.toArray(byte[][]::new));
    if ((Long) answer.getFirst() != 1) {
      throw new NotKeptException("somebody else has begun to keep something there", false, null);
    }
    begun = true;
  }

  @Override
  public void close() {
    link.close();
  }
}
