package dev.tidings.redis;

import static dev.tidings.redis.Text.ascii;
import static dev.tidings.redis.Text.number;
import static dev.tidings.redis.Text.utf8;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.tidings.base.Check;
import dev.tidings.engine.Store;
import io.lettuce.core.KeyValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Rows in their order, some at a time: in each kind of space by another way.
final class Walks {
  /// Rows fetched at once.
  private static final int PAGE = 256;

  private static final Place NEXT_NUMBER = Place.of("Snumber".getBytes(US_ASCII));

  private final Reads reads;

  Walks(Reads reads) {
    this.reads = reads;
  }

  /// Walks from `from` up to before `to`, or the other way round.
  Store.Scan walk(byte[] from, byte[] to, boolean backwards) {
    char letter = (char) from[0];
    if (from.length == 1 && Place.isDivided(letter)) {
      Check.that(!backwards, "spaces are walked forwards");
      return new Pages(new Spaces(letter, to));
    }
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

  private static final class Pages implements Store.Scan {
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
      fromNumber = from.length == 1 ? 1 : Place.number(from, 1);
      fromSeq = from.length == 1 ? 0 : Place.lastNumber(from);
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
          reads.run(
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

  /// One more than the highest number of a conversation.
  private long nextNumber() {
    byte[] row = reads.find(NEXT_NUMBER);
    return row == null ? 1 : Text.counted(row);
  }

  /// Conversations by their numbers, which are dense but for few.
  private final class MetaPages implements Source {
    private long next;
    private final long end;

    MetaPages(byte[] from) {
      next = from.length == 1 ? 1 : Place.lastNumber(from);
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
      List<KeyValue<byte[], byte[]>> found = reads.find(String.valueOf(Place.METAS), fields);
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
          reads.run(
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

  /// All spaces of one letter, one after the other.
  private final class Spaces implements Source {
    private final Iterator<byte[]> firsts;
    private final byte[] to;
    private @Nullable Source current;

    Spaces(char letter, byte[] to) {
      this.to = to;
      firsts =
          reads.spaces(letter + ":").stream()
              .filter(space -> letter != Place.MEMBERS || !space.endsWith(Place.ORDER))
              .distinct()
              .map(Place::first)
              .sorted(Arrays::compareUnsigned)
              .iterator();
    }

    @Override
    public boolean isOver() {
      return (current == null || current.isOver()) && !firsts.hasNext();
    }

    @Override
    public List<Row> more() {
      Source source = current;
      if (source == null || source.isOver()) {
        byte[] first = firsts.next();
        int behind = Place.behindSpace(first);
        source =
            Place.isOrdered((char) first[0])
                ? new OrderedPages(first, to, behind, false)
                : new WholeSpace(first, to, behind, false);
        current = source;
      }
      return source.more();
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
      Map<byte[], byte[]> all = reads.all(Place.of(from).space());
      List<Row> rows = new ArrayList<>(all.size());
      all.forEach((field, value) -> {
        byte[] key = joined(from, behind, field);
        if (Place.isBetween(key, from, to)) {
          rows.add(new Row(key, value));
        }
      });
      rows.sort((one, other) -> Arrays.compareUnsigned(one.key(), other.key()));
      return backwards ? rows.reversed() : rows;
    }
  }
}
