package dev.tidings.conversation;

import dev.tidings.engine.Entry;
import dev.tidings.protocol.JsonWriter;
import dev.tidings.protocol.Payload;
import java.util.List;

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

  /// What an entry says of itself, inside an object.
  public static void fields(JsonWriter out, Entry entry, boolean toAuthor) {
    out.name("seq").number(entry.seq()).name("from").plain(entry.from());
    if (entry.kind() != Entry.Kind.MESSAGE) {
      out.name("kind").plain(entry.kind().wire());
    }
    if (entry.ref() > 0) {
      out.name("ref").number(entry.ref());
    }
    names(out, "who", entry.who());
    names(out, "mention", entry.mention());
    if (toAuthor && !entry.cid().isEmpty()) {
      out.name("cid").string(entry.cid());
    }
    if (entry.data().sizeBytes() > 0) {
      out.name("data").raw(entry.data().json());
    }
    if (entry.isVoid()) {
      out.name("void").plain(entry.voidBy().wire());
    }
    if (entry.rev() > 0) {
      out.name("rev").number(entry.rev());
    }
    out.name("ts").number(entry.tsMillis());
  }

  private static void names(JsonWriter out, String name, List<String> users) {
    if (!users.isEmpty()) {
      out.name(name).beginArray();
      users.forEach(out::plain);
      out.endArray();
    }
  }

  /// What lies between `after` and `head` was not given here and can be read.
  public static void gap(JsonWriter out, String in, String epoch, long after, long head) {
    beginGap(out, in).name("epoch").plain(epoch);
    out.name("after").number(after).name("head").number(head).endObject();
  }

  /// He is no longer in there, and no entry says so.
  public static void gone(JsonWriter out, String in) {
    beginGap(out, in).name("gone").bool(true).endObject();
  }

  /// So many entries of a topic without log are gone for good.
  public static void lost(JsonWriter out, String in, int entries) {
    beginGap(out, in).name("lost").number(entries).endObject();
  }

  private static JsonWriter beginGap(JsonWriter out, String in) {
    return out.beginObject().name("op").plain("gap").name("in").plain(in);
  }

  /// How far `from` has got and read.
  public static void mark(JsonWriter out, String in, String from, long got, long read) {
    out.beginObject().name("op").plain("mark").name("in").plain(in).name("from").plain(from);
    marks(out, got, read);
    out.endObject();
  }

  /// `got` and `read`, as far as there is something to say: who has read something has got it.
  public static void marks(JsonWriter out, long got, long read) {
    if (got > read) {
      out.name("got").number(got);
    }
    if (read > 0) {
      out.name("read").number(read);
    }
  }

  /// What I wish of a conversation, said on another device of mine.
  public static void pref(JsonWriter out, String in, long muteUntilMillis, boolean blocks) {
    out.beginObject().name("op").plain("pref").name("in").plain(in).name("mute");
    mute(out, muteUntilMillis);
    if (in.startsWith("u:")) {
      out.name("block").bool(blocks);
    }
    out.endObject();
  }

  /// The value of `mute`: whether, or until when.
  public static void mute(JsonWriter out, long untilMillis) {
    if (untilMillis == 0 || untilMillis == Long.MAX_VALUE) {
      out.bool(untilMillis != 0);
    } else {
      out.number(untilMillis);
    }
  }

  /// A signal: it stands in no log.
  public static void signal(JsonWriter out, String in, String from, Payload data) {
    out.beginObject().name("op").plain("signal").name("in").plain(in);
    out.name("from").plain(from).name("data").raw(data.json()).endObject();
  }

  /// Something published to a topic without a log: no `seq`, it lives for the moment.
  public static void passing(
      JsonWriter out, String in, String from, List<String> mention, Payload data, long tsMillis) {
    out.beginObject().name("op").plain("msg").name("in").plain(in);
    out.name("from").plain(from);
    names(out, "mention", mention);
    out.name("data").raw(data.json()).name("ts").number(tsMillis);
    out.endObject();
  }
}
