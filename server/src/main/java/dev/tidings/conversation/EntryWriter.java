package dev.tidings.conversation;

import dev.tidings.engine.Entry;
import dev.tidings.protocol.JsonWriter;
import dev.tidings.protocol.Payload;

/// An entry as a reader sees it (docs/protocol.md §6), with the keys in the order shown there.
public final class EntryWriter {
  private EntryWriter() {}

  /// A live entry: a `msg` unit.
  ///
  /// @param in what this reader would write to send there
  /// @param toAuthor whether the reader is the author, who alone sees his `cid`
  public static void unit(JsonWriter out, String in, Entry entry, boolean toAuthor) {
    out.beginObject().name("op").plain("msg").name("in").plain(in);
    fields(out, entry, toAuthor);
    out.endObject();
  }

  /// An entry among `items` or in a `tail`, where the conversation is known.
  public static void item(JsonWriter out, Entry entry, boolean toAuthor) {
    out.beginObject();
    fields(out, entry, toAuthor);
    out.endObject();
  }

  private static void fields(JsonWriter out, Entry entry, boolean toAuthor) {
    out.name("seq").number(entry.seq()).name("from").plain(entry.from());
    if (entry.kind() != Entry.Kind.MESSAGE) {
      out.name("kind").plain(entry.kind().wire());
    }
    if (!entry.who().isEmpty()) {
      out.name("who").beginArray();
      entry.who().forEach(out::plain);
      out.endArray();
    }
    if (toAuthor && !entry.cid().isEmpty()) {
      out.name("cid").string(entry.cid());
    }
    if (entry.data().sizeBytes() > 0) {
      out.name("data").raw(entry.data().json());
    }
    out.name("ts").number(entry.tsMillis());
  }

  /// Something published to a topic without a log: no `seq`, it lives for the moment.
  public static void passing(JsonWriter out, String in, String from, Payload data, long tsMillis) {
    out.beginObject().name("op").plain("msg").name("in").plain(in);
    out.name("from").plain(from).name("data").raw(data.json()).name("ts").number(tsMillis);
    out.endObject();
  }
}
