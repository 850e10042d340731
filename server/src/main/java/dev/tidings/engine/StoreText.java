package dev.tidings.engine;

import dev.tidings.protocol.JsonWriter;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Everything that a store holds as lines of JSON, and back.
///
/// The first line says what it is, the last one how many rows stand between, so that half of an
/// export is not taken for a whole one. Two exports of the same rows are the same bytes. How the
/// last run ended is left out: an import is whole or refused. So is what moved lately, which only
/// spares `sync` some looking.
public final class StoreText {
  private static final int VERSION = 1;
  private static final String FIRST = "tidings";
  private static final String LAST = "end";

  /// What keys begin with. Three come first, in this order: they say what the others are about.
  private static final int[] LETTERS =
      IntStream.concat(
              "SNM".chars(), IntStream.range(0, 0xFF).filter(letter -> "SNM".indexOf(letter) < 0))
          .toArray();

  private StoreText() {}

  /// Hands out every row, a line for each, without line ends.
  public static void export(Store store, Consumer<String> lines) {
    export(store, lines, () -> {});
  }

  /// As [#export(Store, Consumer)], of a store that may change meanwhile.
  ///
  /// @param beforeEnd called before the last line, which never comes if this throws
  public static void export(Store store, Consumer<String> lines, Runnable beforeEnd) {
    lines.accept(first(""));
    long[] rows = new long[1];
    for (int letter : LETTERS) {
      walk(store, letter, (key, value) -> rows[0] += put(lines, key, value));
    }
    beforeEnd.run();
    lines.accept(last(rows[0]));
  }

  private static int put(Consumer<String> lines, byte[] key, byte[] value) {
    if (key[0] == Keys.MOVES || Arrays.equals(key, Keys.RUN)) {
      return 0;
    }
    lines.accept(RowText.line(key, value));
    return 1;
  }

  /// Hands out what `user` wrote and what is kept about him: entries by him, memberships, channels,
  /// pointers and marks; before the first of a conversation, the conversation.
  public static void export(Store store, String user, Consumer<String> lines) {
    lines.accept(first(user));
    long[] rows = new long[1];
    Set<Long> introduced = new HashSet<>();
    for (int letter = 0; letter < 0xFF; letter++) {
      walk(
          store,
          letter,
          (key, value) -> {
            if (Keys.isOf(key, value, user)) {
              long number = Keys.numberIn(key);
              byte[] meta = number == 0 ? null : store.get(Keys.meta(number));
              if (meta != null && introduced.add(number)) {
                rows[0] += put(lines, Keys.meta(number), meta);
              }
              rows[0] += put(lines, key, value);
            }
          });
    }
    lines.accept(last(rows[0]));
  }

  private interface Row {
    void on(byte[] key, byte[] value);
  }

  private static void walk(Store store, int letter, Row row) {
    byte[] from = {(byte) letter};
    byte[] to = {(byte) (letter + 1)};
    try (Store.Scan scan = store.ascending(from, to)) {
      while (scan.next()) {
        row.on(scan.key(), scan.value());
      }
    }
  }

  private static String first(String user) {
    JsonWriter out = new JsonWriter(64).beginObject().name("row").plain(FIRST);
    out.name("version").number(VERSION);
    if (!user.isEmpty()) {
      out.name("user").plain(user);
    }
    return out.endObject().toString();
  }

  private static String last(long rows) {
    return new JsonWriter(64)
        .beginObject()
        .name("row")
        .plain(LAST)
        .name("rows")
        .number(rows)
        .endObject()
        .toString();
  }

  /// Takes the lines of an export into an empty store. Until [#end()] was called the store is not
  /// opened by any engine. Confined to one thread.
  public static final class Import {
    private static final long BATCH_BYTES = 1L << 20;

    private final Store store;
    private Batch batch = new Batch();
    private long batchBytes;
    private long rows;
    private long lines;
    private @Nullable JsonNode last;

    /// @throws Refused if the store holds anything
    public Import(Store store) {
      this.store = store;
      for (int letter : LETTERS) {
        walk(
            store,
            letter,
            (key, value) -> {
              throw new Refused("there is data already; import where there is none");
            });
      }
      Batch begun = new Batch();
      begun.put(Keys.IMPORTING, new byte[] {1});
      store.commit(begun, true);
    }

    /// An export that cannot be taken. The message says why, for the operator.
    public static final class Refused extends RuntimeException {
      private static final long serialVersionUID = 1L;

      Refused(String message) {
        super(message);
      }
    }

    /// The next line, without its end.
    public void line(String line) {
      lines++;
      if (lines == 1) {
        checkFirst(line);
        return;
      }
      if (last != null) {
        throw new Refused("line " + lines + ": something follows the end");
      }
      if (line.startsWith("{\"row\":\"" + LAST + "\"")) {
        last = read(line);
        return;
      }
      Batch.Step.Put row;
      try {
        row = RowText.row(line);
      } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
        throw new Refused("line " + lines + ": " + e.getMessage());
      }
      batch.putUnseen(row.key(), row.value());
      rows++;
      batchBytes += row.key().length + row.value().length;
      if (batchBytes >= BATCH_BYTES) {
        keep(false);
      }
    }

    private void checkFirst(String line) {
      JsonNode words = read(line);
      if (!words.path("row").asString("").equals(FIRST)) {
        throw new Refused("this is no export of Tidings");
      }
      if (words.path("version").asInt(0) != VERSION) {
        throw new Refused("this is an export of another version");
      }
      if (words.has("user")) {
        throw new Refused("this is the export of one user; only one of everything is taken");
      }
    }

    private JsonNode read(String line) {
      try {
        return JsonMapper.shared().readTree(line);
      } catch (JacksonException e) {
        throw new Refused("line " + lines + ": no JSON");
      }
    }

    private void keep(boolean sync) {
      store.commit(batch, sync);
      batch = new Batch();
      batchBytes = 0;
    }

    /// All lines were given; answers how many rows there are now.
    public long end() {
      JsonNode end = last;
      if (end == null) {
        throw new Refused("the end is missing: this is not the whole export");
      }
      if (end.path("rows").asLong(-1) != rows) {
        throw new Refused(
            "there are " + rows + " rows, and " + end.path("rows") + " were exported");
      }
      batch.delete(Keys.IMPORTING);
      keep(true);
      return rows;
    }
  }
}
