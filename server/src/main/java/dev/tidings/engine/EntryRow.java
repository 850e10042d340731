package dev.tidings.engine;

import dev.tidings.protocol.Payload;
import java.util.ArrayList;
import java.util.List;

/// An [Entry] as a row. Its seq is in the key. With a `cid` comes the digest of what was asked
/// under it: the row is what a repeat is held against, for as long as it is among the newest.
///
/// Behind the kind stand numbers that not every row has; its upper bits say which.
final class EntryRow {
  private static final int KIND_BITS = 0x0F;

  /// The count of bytes up to this entry follows; rows of older versions have none.
  private static final int WITH_BYTES = 0x10;

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
    RowWriter row =
        new RowWriter(64 + entry.data().sizeBytes() + entry.from().length() + entry.cid().length())
            .octet(entry.kind().code() | WITH_BYTES)
            .number(bytesUpTo)
            .number(entry.commit())
            .number(entry.tsMillis())
            .number(entry.messages())
            .counted(entry.from())
            .counted(entry.cid())
            .rest(digest)
            .number(entry.who().size());
    for (String user : entry.who()) {
      row.counted(user);
    }
    return row.rest(entry.data().json()).done();
  }

  static Entry read(long seq, byte[] row) {
    RowReader reader = new RowReader(row);
    Entry.Kind kind = Entry.Kind.of(head(reader) & KIND_BITS);
    long commit = reader.number();
    long tsMillis = reader.number();
    long messages = reader.number();
    String from = reader.counted();
    String cid = reader.counted();
    if (!cid.isEmpty()) {
      reader.skip(Mark.DIGEST_BYTES);
    }
    int count = (int) reader.number();
    List<String> who = count == 0 ? List.of() : new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      who.add(reader.counted());
    }
    Payload data = new Payload(reader.rest());
    return new Entry(seq, kind, from, cid, who, data, tsMillis, messages, commit);
  }

  /// Passes over what stands before the commit; answers the first octet.
  private static int head(RowReader reader) {
    int head = reader.octet();
    if ((head & WITH_BYTES) != 0) {
      reader.number();
    }
    return head;
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
