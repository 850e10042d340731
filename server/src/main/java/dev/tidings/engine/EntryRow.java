package dev.tidings.engine;

import dev.tidings.protocol.Payload;
import java.util.ArrayList;
import java.util.List;

/// An [Entry] as a row. Its seq is in the key.
final class EntryRow {
  private EntryRow() {}

  static byte[] of(Entry entry) {
    RowWriter row =
        new RowWriter(48 + entry.data().sizeBytes() + entry.from().length() + entry.cid().length())
            .octet(entry.kind().code())
            .number(entry.commit())
            .number(entry.tsMillis())
            .number(entry.messages())
            .counted(entry.from())
            .counted(entry.cid())
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
    int count = (int) reader.number();
    List<String> who = count == 0 ? List.of() : new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      who.add(reader.counted());
    }
    Payload data = new Payload(reader.rest());
    return new Entry(seq, kind, from, cid, who, data, tsMillis, messages, commit);
  }
}
