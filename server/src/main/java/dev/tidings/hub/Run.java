package dev.tidings.hub;

import dev.tidings.conversation.EntryWriter;
import dev.tidings.engine.ConversationId;
import dev.tidings.engine.Entry;
import dev.tidings.protocol.JsonWriter;
import java.util.ArrayList;
import java.util.List;

/// Entries of one conversation that leave in one frame: encoded once, given to each reader in one
/// write.
final class Run {
  /// A run is cut here, so that a burst fits an outbox several times.
  static final int BYTES_MAX = 16 * 1024;

  final ConversationId id;
  final List<Entry> entries = new ArrayList<>();
  private final String in;
  private final JsonWriter units = new JsonWriter(512);

  Run(ConversationId id) {
    this.id = id;
    this.in = id.addressFor("");
  }

  void add(Entry entry) {
    entries.add(entry);
    write(units, entry, false);
  }

  private void write(JsonWriter out, Entry entry, boolean toAuthor) {
    if (out.length() > 0) {
      out.newLine();
    }
    EntryWriter.unit(out, in, entry, toAuthor);
  }

  boolean isFull() {
    return units.length() >= BYTES_MAX;
  }

  long first() {
    return entries.getFirst().seq();
  }

  long last() {
    return entries.getLast().seq();
  }

  /// The units as everybody gets them.
  JsonWriter units() {
    return units;
  }

  /// The units as `author` gets them: his own carry `cid`.
  JsonWriter unitsFor(String author) {
    JsonWriter out = new JsonWriter(units.length() + 128);
    for (Entry entry : entries) {
      write(out, entry, entry.from().equals(author));
    }
    return out;
  }
}
