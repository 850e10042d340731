package dev.tidings.engine;

import dev.tidings.protocol.Payload;
import java.util.ArrayList;
import java.util.List;

/// An [Entry] as a row. Its seq is in the key. With a `cid` comes the digest of what was asked
/// under it: the row is what a repeat is held against, for as long as it is among the newest.
///
/// Behind the kind stand numbers that not every row has; its upper bits say which. What few entries
/// have comes before the payload, behind a bit set that says what is there. To add something of
/// that sort, take the next bit; what is behind it in the row comes in the order of the bits.
final class EntryRow {
  private static final int KIND_BITS = 0x0F;

  /// The count of bytes up to this entry follows; rows of older versions have none.
  private static final int WITH_BYTES = 0x10;

  /// The bit set is there.
  private static final int WITH_EXTRAS = 0x20;

  private static final int REF = 1;
  private static final int REV = 2;
  private static final int VOID = 4;
  private static final int MENTION = 8;
  private static final int EXPIRES = 16;

  private EntryRow() {}

  /// What an entry counts for in a bound of bytes.
  static int sizeOf(String from, String cid, List<String> who, Payload data) {
    int bytes = 32 + from.length() + cid.length() + data.sizeBytes();
    for (String user : who) {
      bytes += user.length() + 1;
    }
    return bytes;
  }

  /// @param digest empty where there is no `cid`
  /// @param bytesUpTo the sum of [#sizeOf] of all entries up to this one
  static byte[] of(Entry entry, byte[] digest, long bytesUpTo) {
    int has = has(entry.extras());
    RowWriter row =
        new RowWriter(64 + entry.data().sizeBytes() + entry.from().length() + entry.cid().length())
            .octet(entry.kind().code() | WITH_BYTES | (has == 0 ? 0 : WITH_EXTRAS))
            .number(bytesUpTo)
            .number(entry.commit())
            .number(entry.tsMillis())
            .number(entry.messages())
            .counted(entry.from())
            .counted(entry.cid())
            .rest(digest);
    names(row, entry.who());
    if (has != 0) {
      extras(row, has, entry.extras());
    }
    return row.rest(entry.data().json()).done();
  }

  private static void names(RowWriter row, List<String> names) {
    row.number(names.size());
    names.forEach(row::counted);
  }

  private static List<String> names(RowReader row) {
    int count = (int) row.number();
    List<String> names = count == 0 ? List.of() : new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      names.add(row.counted());
    }
    return names;
  }

  private static int has(Entry.Extras extras) {
    return (extras.ref() == 0 ? 0 : REF)
        | (extras.rev() == 0 ? 0 : REV)
        | (extras.voidBy() == Entry.VoidBy.NOTHING ? 0 : VOID)
        | (extras.mention().isEmpty() ? 0 : MENTION)
        | (extras.expiresMillis() == 0 ? 0 : EXPIRES);
  }

  private static void extras(RowWriter row, int has, Entry.Extras extras) {
    row.number(has);
    if ((has & REF) != 0) {
      row.number(extras.ref());
    }
    if ((has & REV) != 0) {
      row.number(extras.rev());
    }
    if ((has & VOID) != 0) {
      row.octet(extras.voidBy().code());
    }
    if ((has & MENTION) != 0) {
      names(row, extras.mention());
    }
    if ((has & EXPIRES) != 0) {
      row.number(extras.expiresMillis());
    }
  }

  private static Entry.Extras extras(RowReader row) {
    int has = (int) row.number();
    return new Entry.Extras(
        (has & REF) == 0 ? 0 : row.number(),
        (has & REV) == 0 ? 0 : row.number(),
        (has & VOID) == 0 ? Entry.VoidBy.NOTHING : Entry.VoidBy.of(row.octet()),
        (has & MENTION) == 0 ? List.of() : names(row),
        (has & EXPIRES) == 0 ? 0 : row.number());
  }

  static Entry read(long seq, byte[] row) {
    RowReader reader = new RowReader(row);
    int first = head(reader);
    Entry.Kind kind = Entry.Kind.of(first & KIND_BITS);
    long commit = reader.number();
    long tsMillis = reader.number();
    long messages = reader.number();
    String from = reader.counted();
    String cid = reader.counted();
    if (!cid.isEmpty()) {
      reader.skip(Mark.DIGEST_BYTES);
    }
    List<String> who = names(reader);
    Entry.Extras extras = (first & WITH_EXTRAS) == 0 ? Entry.Extras.NONE : extras(reader);
    Payload data = new Payload(reader.rest());
    return new Entry(seq, kind, from, cid, who, data, tsMillis, messages, commit, extras);
  }

  /// Passes over what stands before the commit; answers the first octet.
  private static int head(RowReader reader) {
    int head = reader.octet();
    if ((head & WITH_BYTES) != 0) {
      reader.number();
    }
    return head;
  }

  /// The row of `entry` without what it says. It keeps `cid` and digest: it is what a repeat is
  /// held against.
  static byte[] emptied(Entry entry, byte[] row, Entry.VoidBy reason) {
    byte[] digest = request(entry.seq(), row).mark().digest();
    return of(entry.emptied(reason, entry.rev()), digest, bytesUpTo(row));
  }

  static long commit(byte[] row) {
    RowReader reader = new RowReader(row);
    head(reader);
    return reader.number();
  }

  static long tsMillis(byte[] row) {
    RowReader reader = new RowReader(row);
    head(reader);
    reader.number();
    return reader.number();
  }

  /// The bytes of all entries up to this one, 0 in a row of an older version.
  static long bytesUpTo(byte[] row) {
    RowReader reader = new RowReader(row);
    return (reader.octet() & WITH_BYTES) == 0 ? 0 : reader.number();
  }

  /// What is to be remembered of an entry that is trimmed.
  static Trimmed trimmed(byte[] row) {
    RowReader reader = new RowReader(row);
    head(reader);
    long commit = reader.number();
    return new Trimmed(reader.number(), reader.number(), bytesUpTo(row), commit);
  }

  /// What a row says of the request that made it.
  ///
  /// @param cid `""` if there was none; then the mark has no digest
  record Request(String from, String cid, Mark mark) {}

  static Request request(long seq, byte[] row) {
    RowReader reader = new RowReader(row);
    head(reader);
    reader.number();
    long tsMillis = reader.number();
    reader.number();
    String from = reader.counted();
    String cid = reader.counted();
    byte[] digest = cid.isEmpty() ? new byte[0] : reader.bytes(Mark.DIGEST_BYTES);
    return new Request(from, cid, new Mark(seq, tsMillis, digest));
  }
}
