package dev.tidings.engine;

import static dev.tidings.engine.EngineBed.done;
import static dev.tidings.engine.EngineBed.id;
import static dev.tidings.engine.EngineBed.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidings.base.Ids;
import dev.tidings.engine.Retention.Keep;
import dev.tidings.engine.StoreText.Import;
import dev.tidings.protocol.Command.GroupPatch;
import dev.tidings.protocol.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Everything as lines, and back.
class StoreTextTest {
  private static final Retention RETENTION =
      new Retention(
          List.of(new Retention.Rule("t:*", new Keep(2, Keep.UNBOUNDED, Keep.UNBOUNDED))));

  private final ManualClock clock = new ManualClock();
  private final MemoryStore store = new MemoryStore();
  private String cursor = "";

  private EngineBed open(Store of) {
    EngineLimits limits = EngineLimits.DEFAULTS.withRetention(RETENTION);
    return new EngineBed(
        MemoryEngineTest.drive(of, clock, new Ids(new Random(3)), limits, Level.DISK));
  }

  /// Something of every kind.
  @BeforeEach
  void write() {
    EngineBed bed = open(store);
    bed.sendWith("ann", "u:bob", "c-1\" \\ ü", "{\"t\" : [1.0, 1e3, \"ü\\n\"]}");
    bed.send("bob", "u:ann", "\"2\"");
    bed.send("cat", "u:cat", "true");
    bed.create("ann", "g:ops", List.of("bob", "cat"), true, false);
    bed.createWith("bob", "g:quiet", "c-2", List.of("ann"), false, true);
    bed.send("bob", "g:ops", "3");
    bed.leave("cat", "g:ops");
    bed.set("ann", "g:ops", patch("{\"a\" : 1}"), Map.of("bob", Role.ADMIN));
    bed.create("ann", "g:over", List.of("bob"), true, true);
    bed.delete("ann", "g:over");
    bed.change(ticket ->
        new Change.Sanctioning(ticket, "mallory", before -> new Sanction(true, true, 17)));
    bed.change(ticket -> new Change.RevokeToken(ticket, "jti \" é"));
    bed.change(ticket -> new Change.DefineChannel(ticket, id("ann", "a:beta"), "v:\"é|3.*"));
    bed.visit("ann");
    bed.send("root", "a:all", "4");
    bed.change(ticket -> new Change.Visit(ticket, "ann", List.of(id("ann", "a:staff"))));
    bed.send("root", "a:staff", "5");
    for (int i = 0; i < 2 * Trimming.ROWS_MAX; i++) {
      bed.sending("ann", "t:news", "n-" + i, "6");
    }
    bed.settle();
    bed.change(ticket ->
        new Change.Append(
            ticket, id("bob", "t:other"), "bob", "", List.of(), Payload.of("7"), 3_600, false));
    bed.change(ticket ->
        new Change.Append(
            ticket, id("bob", "g:ops"), "bob", "", List.of("ann"), Payload.of("8"), false));
    bed.change(ticket -> new Change.Recall(ticket, id("bob", "u:ann"), "bob", "", "", 2, false));
    cursor = bed.sync("bob", "").cursor();
    bed.engine().close();
  }

  private static GroupPatch patch(String data) {
    return new GroupPatch(
        Optional.of("T\" ü"),
        Optional.of(Payload.of(data)),
        Optional.of(true),
        Optional.of(false),
        Optional.of(true),
        Optional.of(true));
  }

  private static List<String> export(Store of) {
    List<String> lines = new ArrayList<>();
    StoreText.export(of, lines::add);
    return lines;
  }

  private static MemoryStore imported(List<String> lines) {
    MemoryStore copy = new MemoryStore();
    Import taken = new Import(copy);
    lines.forEach(taken::line);
    assertThat(taken.end()).isEqualTo(lines.size() - 2);
    return copy;
  }

  @Test
  void whatWasExportedAndImportedExportsTheSame() {
    List<String> lines = export(store);
    assertThat(export(imported(lines))).isEqualTo(lines);
  }

  @Test
  void everyRowIsSaidInWords() {
    List<String> kinds = export(store).stream().map(line -> text(line, "row")).distinct().toList();
    assertThat(kinds)
        .containsExactlyInAnyOrder(
            "tidings",
            "setting",
            "name",
            "conversation",
            "trimmed",
            "entry",
            "mark",
            "member",
            "membership",
            "channel",
            "pointer",
            "standing",
            "expiry",
            "filter",
            "sanction",
            "revoked",
            "end");
  }

  private static String text(String line, String name) {
    JsonNode words = JsonMapper.shared().readTree(line);
    return words.path(name).asString("");
  }

  @Test
  void clientsGoOnWithWhatWasImported() {
    EngineBed before = open(store);
    Answer.Page page = before.all("bob", "u:ann");
    before.engine().close();
    EngineBed bed = open(imported(export(store)));
    Answer.Page same = bed.all("bob", "u:ann");
    assertThat(same.conversation()).isEqualTo(page.conversation());
    assertThat(same.head()).isEqualTo(3);
    assertThat(texts(same.items())).isEqualTo(texts(page.items()));
    assertThat(bed.sync("bob", cursor).rows()).isEmpty();
    Answer.Appended repeat =
        done(bed.sendWith("ann", "u:bob", "c-1\" \\ ü", "{\"t\" : [1.0, 1e3, \"ü\\n\"]}"));
    assertThat(repeat.duplicate()).isTrue();
    assertThat(done(bed.sendWith("ann", "t:news", "n-0", "6")).duplicate()).isTrue();
    assertThat(bed.send("bob", "u:ann", "7").seq()).isEqualTo(4);
    assertThat(texts(bed.all("ann", "a:staff").items())).containsExactly("5");
    assertThat(bed.sync("bob", cursor).rows()).hasSize(1);
    bed.engine().close();
  }

  /// A payload may have line ends; a row of a later version may have anything.
  @Test
  void whatHasNoWordsIsGivenAsItIs() {
    EngineBed bed = open(store);
    bed.change(ticket ->
        new Change.Append(ticket, id("ann", "u:bob"), "ann", "", Payload.of("{\n\"a\":1}"), false));
    bed.engine().close();
    Batch batch = new Batch();
    batch.put(new byte[] {'Z', 0, (byte) 0xFF}, new byte[] {1, 2, 3});
    batch.put(Keys.entry(1, 99), new byte[] {(byte) 0xFF, 1});
    store.commit(batch, true);
    List<String> lines = export(store);
    assertThat(lines.stream().filter(line -> text(line, "row").equals("other"))).hasSize(3);
    assertThat(export(imported(lines))).isEqualTo(lines);
  }

  @Test
  void anExportOfOneUserHasWhatIsAboutHimAndNothingElse() {
    List<String> lines = new ArrayList<>();
    StoreText.export(store, "cat", lines::add);
    assertThat(lines.getFirst()).contains("\"user\":\"cat\"");
    assertThat(lines.stream().map(line -> text(line, "row")))
        .containsExactlyInAnyOrder(
            "tidings",
            "pointer",
            "conversation",
            "entry",
            "conversation",
            "entry",
            "membership",
            "end");
    assertThat(lines.stream().filter(line -> line.startsWith("{\"row\":\"entry\"")))
        .allMatch(line -> text(line, "from").equals("cat"));
    List<String> bobs = new ArrayList<>();
    StoreText.export(store, "bob", bobs::add);
    assertThat(bobs).anyMatch(line -> line.startsWith("{\"row\":\"mark\""));
    assertThat(bobs).anyMatch(line -> line.startsWith("{\"row\":\"member\""));
    List<String> nobody = new ArrayList<>();
    StoreText.export(store, "ca", nobody::add);
    assertThat(nobody).hasSize(2);
  }

  @Test
  void halfAnExportIsNotTaken() {
    List<String> lines = export(store);
    MemoryStore half = new MemoryStore();
    Import cut = new Import(half);
    lines.subList(0, lines.size() / 2).forEach(cut::line);
    assertThatThrownBy(cut::end).isInstanceOf(Import.Refused.class).hasMessageContaining("end");
    assertThatThrownBy(() -> open(half))
        .isInstanceOf(Store.StoreException.class)
        .hasMessageContaining("import");
    assertThatThrownBy(() -> new Import(half)).isInstanceOf(Import.Refused.class);
    Import lacking = new Import(new MemoryStore());
    for (int i = 0; i < lines.size(); i++) {
      if (i != 5) {
        lacking.line(lines.get(i));
      }
    }
    assertThatThrownBy(lacking::end)
        .isInstanceOf(Import.Refused.class)
        .hasMessageContaining("rows");
  }

  @Test
  void whatIsNoExportIsNotTaken() {
    assertRefused("no export", "");
    assertRefused("no export", "{\"op\":\"msg\"}");
    assertRefused("another version", "{\"row\":\"tidings\",\"version\":2}");
    assertRefused("one user", "{\"row\":\"tidings\",\"version\":1,\"user\":\"ann\"}");
    String first = "{\"row\":\"tidings\",\"version\":1}";
    assertRefused("line 2", first, "{\"row\":\"shout\"}");
    assertRefused("line 2", first, "{\"row\":\"other\",\"key\":\"&\",\"value\":\"\"}");
    assertRefused("line 2", first, "[]");
    assertRefused("line 3", first, "{\"row\":\"end\",\"rows\":0}", "{}");
    assertThatThrownBy(() -> new Import(store)).hasMessageContaining("data already");
  }

  private static void assertRefused(String words, String... lines) {
    Import taken = new Import(new MemoryStore());
    assertThatThrownBy(() -> List.of(lines).forEach(taken::line))
        .isInstanceOf(Import.Refused.class)
        .hasMessageContaining(words);
  }
}
