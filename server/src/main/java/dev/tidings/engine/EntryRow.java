package dev.tidings.engine;

import dev.tidings.protocol.Payload;
import java.util.ArrayList;
import java.util.List;

/// An [Entry] as a row. Its seq is in the key. With a `cid` comes the digest of what was asked
/// under it: the row is what a repeat is held against, for as long as it is among the newest.
final class EntryRow {
  private EntryRow() {}

  /// @param digest empty where there is no `cid`
  static byte[] of(Entry entry, byte[] digest) {
    RowWriter row =
        new RowWriter(64 + entry.data().sizeBytes() + entry.from().length() + entry.cid().length())
            .octet(entry.kind().code())
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
    Entry.Kind kind = Entry.Kind.of(reader.octet());
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

  /// What a row says of the request that made it.
  ///
  /// @param cid `""` if there was none; then the mark has no digest
  record Request(String from, String cid, Mark mark) {}

  static Request request(long seq, byte[] row) {
    RowReader reader = new RowReader(row);
    reader.octet();
    reader.number();
    long tsMillis = reader.number();
    reader.number();
    String from = reader.counted();
    String cid = reader.counted();
    byte[] digest = cid.isEmpty() ? new byte[0] : reader.bytes(Mark.DIGEST_BYTES);
    return new Request(from, cid, new Mark(seq, tsMillis, digest));
  }
}
