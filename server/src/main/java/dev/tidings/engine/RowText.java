package dev.tidings.engine;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tidings.protocol.JsonWriter;
import dev.tidings.protocol.Payload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A row of the store as a line of JSON, and back: see [StoreText].
///
/// Each kind of row is said in words. A row that would not come back byte for byte, because it is
/// of a kind or a version that has no words here, is given as it is (`other`), so nothing is lost.
///
/// `data` stands last and as it was written: a parser would not give back the same bytes.
final class RowText {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String DATA = ",\"data\":";

  private RowText() {}

  /// The line for a row.
  static String line(byte[] key, byte[] value) {
    String said = inWords(key, value);
    return said == null ? other(key, value) : said;
  }

  private static @Nullable String inWords(byte[] key, byte[] value) {
    String line;
    try {
      line = words(key, value);
      if (line == null || line.indexOf('\n') >= 0 || line.indexOf('\r') >= 0) {
        return null;
      }
      Batch.Step.Put back = row(line);
      return Arrays.equals(back.key(), key) && Arrays.equals(back.value(), value) ? line : null;
    } catch (IllegalStateException | IllegalArgumentException | IndexOutOfBoundsException e) {
      return null; // of a form that these words do not know
    }
  }

  private static String other(byte[] key, byte[] value) {
    return begin("other")
        .name("key")
        .plain(base64(key))
        .name("value")
        .plain(base64(value))
        .endObject()
        .toString();
  }

  private static JsonWriter begin(String row) {
    return new JsonWriter(256).beginObject().name("row").plain(row);
  }

  private static @Nullable String words(byte[] key, byte[] value) {
    return switch (key[0]) {
      case 'S' -> setting(key, value);
      case 'N' -> name(key, value);
      case 'M' -> conversation(key, value);
      case 'T' -> trimmed(key, value);
      case 'L' -> entry(key, value);
      case 'X' -> expiry(key);
      case 'E' -> erased(key, value);
      case 'D' -> mark(key, value);
      case 'G' -> member(key, value);
      case 'U' -> membership("membership", key, value);
      case 'V' -> membership("channel", key, value);
      case 'A' -> pointer(key, value);
      case 'R' -> standing(key, value);
      case 'C' -> filter(key, value);
      case 'O' -> sanction(key, value);
      case 'J' -> revoked(key, value);
      default -> null;
    };
  }

  /// The row of a line.
  ///
  /// @throws IllegalArgumentException if there is none
  static Batch.Step.Put row(String line) {
    int data = line.indexOf(DATA);
    JsonNode words;
    try {
      words = JSON.readTree(data < 0 ? line : line.substring(0, data) + "}");
    } catch (JacksonException e) {
      throw new IllegalArgumentException("no JSON", e);
    }
    Payload payload =
        data < 0
            ? Entry.NO_DATA
            : Payload.of(line.substring(data + DATA.length(), line.length() - 1));
    return switch (text(words, "row")) {
      case "setting" -> new Batch.Step.Put(settingKey(words), numbers(words));
      case "name" ->
          new Batch.Step.Put(
              Keys.name(id(words)), new RowWriter(10).number(number(words, "log")).done());
      case "conversation" ->
          new Batch.Step.Put(Keys.meta(number(words, "log")), meta(words, payload).row());
      case "trimmed" ->
          new Batch.Step.Put(
              Keys.trimmed(number(words, "log")),
              new Trimmed(
                      number(words, "ts"),
                      number(words, "messages"),
                      number(words, "bytes"),
                      number(words, "commit"))
                  .row());
      case "entry" -> entry(words, payload);
      case "mark" ->
          new Batch.Step.Put(
              Keys.mark(
                  number(words, "window"),
                  number(words, "log"),
                  text(words, "user"),
                  text(words, "cid")),
              new Mark(number(words, "seq"), number(words, "ts"), bytes(words, "digest")).row());
      case "expiry" ->
          new Batch.Step.Put(
              Keys.expiry(number(words, "at"), number(words, "log"), number(words, "seq")),
              new byte[0]);
      case "erased" -> new Batch.Step.Put(Keys.erased(text(words, "user")), numbers(words));
      case "member" ->
          new Batch.Step.Put(
              Keys.member(number(words, "log"), text(words, "user")),
              new byte[] {(byte) role(words).code()});
      case "membership" -> membership('U', words);
      case "channel" -> membership('V', words);
      case "pointer" ->
          new Batch.Step.Put(
              Keys.ofUser('A', text(words, "user"), number(words, "log")),
              new Pointer(number(words, "until"), words.path("wrote").asBoolean(false)).row());
      case "standing" -> standing(words);
      case "filter" ->
          new Batch.Step.Put(
              Keys.channel(text(words, "channel")), text(words, "filter").getBytes(UTF_8));
      case "sanction" ->
          new Batch.Step.Put(
              Keys.sanction(text(words, "user")),
              new Sanction(
                      words.path("blocked").asBoolean(false),
                      words.path("muted").asBoolean(false),
                      number(words, "before"))
                  .row());
      case "revoked" ->
          new Batch.Step.Put(
              Keys.revoked(text(words, "jti")),
              new RowWriter(10).number(number(words, "until")).done());
      case "other" -> new Batch.Step.Put(bytes(words, "key"), bytes(words, "value"));
      default -> throw new IllegalArgumentException("no kind of row: " + text(words, "row"));
    };
  }

  private static String filter(byte[] key, byte[] value) {
    return begin("filter")
        .name("channel")
        .string(Keys.textBehindLetter(key))
        .name("filter")
        .string(new String(value, UTF_8))
        .endObject()
        .toString();
  }

  // The store's own numbers.

  private static String setting(byte[] key, byte[] value) {
    JsonWriter out = begin("setting");
    out.name("name").string(new String(key, 1, key.length - 1, US_ASCII));
    return numbers(out, value);
  }

  private static String numbers(JsonWriter out, byte[] value) {
    out.name("numbers").beginArray();
    RowReader reader = new RowReader(value);
    while (!reader.isAtEnd()) {
      out.number(reader.number());
    }
    return out.endArray().endObject().toString();
  }

  private static byte[] settingKey(JsonNode words) {
    return new RowWriter(16).octet('S').text(text(words, "name")).done();
  }

  private static byte[] numbers(JsonNode words) {
    RowWriter row = new RowWriter(16);
    words.path("numbers").forEach(number -> row.number(number.asLong()));
    return row.done();
  }

  // Conversations.

  private static String name(byte[] key, byte[] value) {
    String id = (char) key[1] + ":" + new String(key, 2, key.length - 2, US_ASCII);
    return begin("name")
        .name("in")
        .string(id)
        .name("log")
        .number(new RowReader(value).number())
        .endObject()
        .toString();
  }

  private static ConversationId id(JsonNode words) {
    String id = text(words, "in");
    for (ConversationId.Kind kind : ConversationId.Kind.values()) {
      if (id.length() > 2 && id.charAt(0) == kind.letter() && id.charAt(1) == ':') {
        return new ConversationId(kind, id.substring(2));
      }
    }
    throw new IllegalArgumentException("no conversation: " + id);
  }

  private static String conversation(byte[] key, byte[] value) {
    Meta meta = Meta.of(value);
    JsonWriter out = begin("conversation").name("log").number(Keys.lastNumber(key));
    out.name("in").string(meta.id().toString()).name("epoch").string(meta.epochStem());
    out.name("generation").number(meta.generation()).name("low").number(meta.low());
    GroupSettings settings = meta.settings();
    out.name("title").string(settings.title());
    out.name("open").bool(settings.open()).name("quiet").bool(settings.quiet());
    out.name("past").bool(settings.past()).name("adminsSend").bool(settings.adminsSend());
    out.name("members").number(meta.members()).name("owners").number(meta.owners());
    out.name("endCommit").number(meta.end().commit()).name("ended").number(meta.end().millis());
    out.name("again").bool(meta.again());
    out.name("markedFrom").number(meta.markedFrom()).name("filed").number(meta.filedSeconds());
    if (settings.data().sizeBytes() > 0) {
      out.name("data").raw(settings.data().json());
    }
    return out.endObject().toString();
  }

  private static Meta meta(JsonNode words, Payload data) {
    return new Meta(
        id(words),
        text(words, "epoch"),
        number(words, "generation"),
        number(words, "low"),
        new GroupSettings(
            text(words, "title"),
            data,
            words.path("open").asBoolean(false),
            words.path("quiet").asBoolean(false),
            words.path("past").asBoolean(false),
            words.path("adminsSend").asBoolean(false)),
        number(words, "members"),
        number(words, "owners"),
        new Meta.End(number(words, "endCommit"), number(words, "ended")),
        words.path("again").asBoolean(false),
        number(words, "markedFrom"),
        number(words, "filed"));
  }

  private static String trimmed(byte[] key, byte[] value) {
    Trimmed trimmed = Trimmed.of(value);
    JsonWriter out = begin("trimmed").name("log").number(Keys.lastNumber(key));
    out.name("ts").number(trimmed.tsMillis()).name("messages").number(trimmed.messages());
    out.name("bytes").number(trimmed.bytes()).name("commit").number(trimmed.commit());
    return out.endObject().toString();
  }

  // Entries.

  private static String entry(byte[] key, byte[] value) {
    long seq = Keys.lastNumber(key);
    Entry entry = EntryRow.read(seq, value);
    JsonWriter out = begin("entry").name("log").number(new RowReader(key).skip(1).sorted64());
    out.name("seq").number(seq).name("from").string(entry.from());
    out.name("kind").plain(entry.kind().wire());
    if (!entry.cid().isEmpty()) {
      out.name("cid").string(entry.cid());
      out.name("digest").plain(base64(EntryRow.request(seq, value).mark().digest()));
    }
    if (!entry.who().isEmpty()) {
      out.name("who").beginArray();
      entry.who().forEach(out::string);
      out.endArray();
    }
    extras(out, entry);
    out.name("ts").number(entry.tsMillis()).name("messages").number(entry.messages());
    out.name("bytes").number(EntryRow.bytesUpTo(value)).name("commit").number(entry.commit());
    if (entry.data().sizeBytes() > 0) {
      out.name("data").raw(entry.data().json());
    }
    return out.endObject().toString();
  }

  private static void extras(JsonWriter out, Entry entry) {
    if (entry.ref() > 0) {
      out.name("ref").number(entry.ref());
    }
    if (entry.rev() > 0) {
      out.name("rev").number(entry.rev());
    }
    if (entry.isVoid()) {
      out.name("void").plain(entry.voidBy().wire());
    }
    if (!entry.mention().isEmpty()) {
      out.name("mention").beginArray();
      entry.mention().forEach(out::string);
      out.endArray();
    }
    if (entry.extras().expiresMillis() > 0) {
      out.name("expires").number(entry.extras().expiresMillis());
    }
  }

  private static Entry.Extras extras(JsonNode words) {
    Entry.VoidBy voidBy = Entry.VoidBy.NOTHING;
    for (Entry.VoidBy reason : Entry.VoidBy.values()) {
      if (words.path("void").asString("").equals(reason.wire())) {
        voidBy = reason;
      }
    }
    return new Entry.Extras(
        number(words, "ref"),
        number(words, "rev"),
        voidBy,
        names(words, "mention"),
        number(words, "expires"));
  }

  private static List<String> names(JsonNode words, String field) {
    List<String> names = new ArrayList<>();
    words.path(field).forEach(user -> names.add(user.asString("")));
    return names;
  }

  private static Batch.Step.Put entry(JsonNode words, Payload data) {
    Entry entry =
        new Entry(
            number(words, "seq"),
            kind(words),
            text(words, "from"),
            text(words, "cid"),
            names(words, "who"),
            data,
            number(words, "ts"),
            number(words, "messages"),
            number(words, "commit"),
            extras(words));
    return new Batch.Step.Put(
        Keys.entry(number(words, "log"), entry.seq()),
        EntryRow.of(entry, bytes(words, "digest"), number(words, "bytes")));
  }

  private static Entry.Kind kind(JsonNode words) {
    for (Entry.Kind kind : Entry.Kind.values()) {
      if (kind.wire().equals(text(words, "kind"))) {
        return kind;
      }
    }
    throw new IllegalArgumentException("no kind of entry: " + text(words, "kind"));
  }

  private static String mark(byte[] key, byte[] value) {
    RowReader reader = new RowReader(key).skip(1);
    JsonWriter out = begin("mark").name("window").number(reader.sorted32());
    out.name("log").number(reader.sorted64());
    int user = 1 + Integer.BYTES + Long.BYTES;
    int end = user;
    while (key[end] != 0) {
      end++;
    }
    out.name("user").string(new String(key, user, end - user, UTF_8));
    out.name("cid").string(new String(key, end + 1, key.length - end - 1, UTF_8));
    Mark mark = Mark.of(value);
    out.name("seq").number(mark.seq()).name("ts").number(mark.tsMillis());
    return out.name("digest").plain(base64(mark.digest())).endObject().toString();
  }

  private static String expiry(byte[] key) {
    return begin("expiry")
        .name("at")
        .number(Keys.expirySecond(key))
        .name("log")
        .number(Keys.numberOfExpiry(key))
        .name("seq")
        .number(Keys.lastNumber(key))
        .endObject()
        .toString();
  }

  // Users.

  private static String erased(byte[] key, byte[] value) {
    return numbers(begin("erased").name("user").string(Keys.erasedIn(key)), value);
  }

  private static String member(byte[] key, byte[] value) {
    return begin("member")
        .name("log")
        .number(new RowReader(key).skip(1).sorted64())
        .name("user")
        .string(Keys.memberOf(key))
        .name("role")
        .plain(Role.of(value[0]).wire())
        .endObject()
        .toString();
  }

  private static Role role(JsonNode words) {
    for (Role role : Role.values()) {
      if (role.wire().equals(text(words, "role"))) {
        return role;
      }
    }
    throw new IllegalArgumentException("no role: " + text(words, "role"));
  }

  private static String membership(String row, byte[] key, byte[] value) {
    Membership membership = Membership.of(value);
    JsonWriter out = begin(row).name("user").string(Keys.userOf(key));
    out.name("log").number(Keys.lastNumber(key)).name("role").plain(membership.role().wire());
    out.name("low").number(membership.low()).name("until").number(membership.until());
    out.name("commit").number(membership.commit());
    return out.name("changed").number(membership.changedMillis()).endObject().toString();
  }

  private static Batch.Step.Put membership(char letter, JsonNode words) {
    return new Batch.Step.Put(
        Keys.ofUser(letter, text(words, "user"), number(words, "log")),
        new Membership(
                role(words),
                number(words, "low"),
                number(words, "until"),
                number(words, "commit"),
                number(words, "changed"))
            .row());
  }

  private static String pointer(byte[] key, byte[] value) {
    Pointer pointer = Pointer.of(value);
    return begin("pointer")
        .name("user")
        .string(Keys.userOf(key))
        .name("log")
        .number(Keys.lastNumber(key))
        .name("until")
        .number(pointer.mayMoveUntil())
        .name("wrote")
        .bool(pointer.wrote())
        .endObject()
        .toString();
  }

  private static String standing(byte[] key, byte[] value) {
    Standing standing = Standing.of(value);
    JsonWriter out = begin("standing").name("user").string(Keys.userOf(key));
    out.name("log").number(Keys.lastNumber(key));
    out.name("generation").number(standing.generation());
    out.name("got").number(standing.got()).name("read").number(standing.read());
    out.name("messages").number(standing.readMessages()).name("mentions").beginArray();
    standing.mentions().forEach(out::number);
    out.endArray().name("mute").number(standing.muteUntilMillis());
    out.name("block").bool(standing.blocks()).name("commit").number(standing.commit());
    return out.name("marked").number(standing.markedCommit()).endObject().toString();
  }

  private static Batch.Step.Put standing(JsonNode words) {
    List<Long> mentions = new ArrayList<>();
    words.path("mentions").forEach(seq -> mentions.add(seq.asLong(0)));
    return new Batch.Step.Put(
        Keys.ofUser('R', text(words, "user"), number(words, "log")),
        new Standing(
                number(words, "generation"),
                number(words, "got"),
                number(words, "read"),
                number(words, "messages"),
                mentions,
                number(words, "mute"),
                words.path("block").asBoolean(false),
                number(words, "commit"),
                number(words, "marked"))
            .row());
  }

  // The operator.

  private static String sanction(byte[] key, byte[] value) {
    Sanction sanction = Sanction.of(value);
    JsonWriter out = begin("sanction").name("user").string(Keys.textBehindLetter(key));
    out.name("blocked").bool(sanction.blocked()).name("muted").bool(sanction.muted());
    return out.name("before").number(sanction.revokedBeforeMillis()).endObject().toString();
  }

  private static String revoked(byte[] key, byte[] value) {
    return begin("revoked")
        .name("jti")
        .string(Keys.textBehindLetter(key))
        .name("until")
        .number(new RowReader(value).number())
        .endObject()
        .toString();
  }

  // Words.

  private static String text(JsonNode words, String name) {
    return words.path(name).asString("");
  }

  private static long number(JsonNode words, String name) {
    return words.path(name).asLong(0);
  }

  private static byte[] bytes(JsonNode words, String name) {
    return Base64.getDecoder().decode(text(words, name));
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
