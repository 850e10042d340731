package dev.tidings.search;

import static dev.tidings.engine.EngineBed.done;
import static dev.tidings.engine.EngineBed.id;
import static dev.tidings.engine.EngineBed.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.base.Clock;
import dev.tidings.base.Ids;
import dev.tidings.engine.Answer;
import dev.tidings.engine.Change;
import dev.tidings.engine.ConversationId;
import dev.tidings.engine.EngineBed.Driven;
import dev.tidings.engine.EngineFixture;
import dev.tidings.engine.EngineLimits;
import dev.tidings.engine.Level;
import dev.tidings.engine.LogEngine;
import dev.tidings.engine.MemoryStore;
import dev.tidings.engine.Query;
import dev.tidings.engine.Retention;
import dev.tidings.engine.Retention.Keep;
import dev.tidings.engine.Retention.Rule;
import dev.tidings.engine.StoreText;
import dev.tidings.protocol.ErrorCode;
import dev.tidings.protocol.Payload;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What is found by whom: an engine in memory, and the index that follows it.
class FindingTest extends EngineFixture {
  private static final long DAY = 24L * 3_600_000;
  private static final OptionalLong NONE = OptionalLong.empty();

  private MemoryStore store = new MemoryStore();
  private boolean searching = true;
  private ByteBuffersDirectory directory = new ByteBuffersDirectory();
  private Optional<SteppedIndex> opened = Optional.empty();

  @Override
  protected Driven open(Clock clock, Ids ids, EngineLimits limits) {
    opened.ifPresent(SteppedIndex::close);
    opened = searching ? Optional.of(new SteppedIndex(directory, clock)) : Optional.empty();
    LogEngine engine =
        new LogEngine(
            store,
            clock,
            ids,
            limits,
            Level.DISK,
            "boot-1",
            () -> {},
            Runnable::run,
            opened.map(index -> new LogEngine.Searching(index, Runnable::run)));
    return new Driven(engine, () -> engine.drain() || engine.tidy(), /* ownThreads= */ false);
  }

  private SteppedIndex index() {
    return opened.orElseThrow();
  }

  private static Query.Search query(String reader, String text) {
    return new Query.Search(
        reader, List.of(), Optional.empty(), text, "", Long.MAX_VALUE, 50, "", 32_768, false);
  }

  private static Query.Search in(String reader, String in, String text, boolean privileged) {
    return new Query.Search(
        reader,
        List.of(),
        Optional.of(id(reader, in)),
        text,
        "",
        Long.MAX_VALUE,
        50,
        "",
        32_768,
        privileged);
  }

  private Answer.Found found(Query query) {
    Answer answer = bed.read(query);
    assertThat(answer).isInstanceOf(Answer.Found.class);
    return (Answer.Found) answer;
  }

  /// What is found, as `in seq`.
  private List<String> finds(String reader, String text) {
    return places(reader, found(query(reader, text)));
  }

  private List<String> finds(String reader, String in, String text) {
    return places(reader, found(in(reader, in, text, false)));
  }

  private static List<String> places(String reader, Answer.Found found) {
    return found.hits().stream()
        .map(hit -> hit.conversation().id().addressFor(reader) + " " + hit.entry().seq())
        .toList();
  }

  private void say(String from, String to, String text) {
    bed.send(from, to, "\"" + text + "\"");
  }

  // ---- By whom ----------------------------------------------------------------------------------

  @Test
  void whatIsSaidInPrivateIsFoundByTheTwo() {
    say("ann", "u:bob", "the deploy is late");
    assertThat(finds("ann", "deploy")).containsExactly("u:bob 1");
    assertThat(finds("bob", "deploy")).containsExactly("u:ann 1");
    assertThat(finds("cat", "deploy")).isEmpty();
    assertThat(finds("bob", "u:ann", "deploy")).containsExactly("u:ann 1");
    assertThat(finds("cat", "u:ann", "deploy")).isEmpty();
  }

  @Test
  void membersFindWhatIsSaidInTheGroupAndStrangersHearNothingOfIt() {
    bed.create("ann", "g:ops", List.of("bob"), false, false);
    say("ann", "g:ops", "deploy");
    assertThat(finds("bob", "deploy")).containsExactly("g:ops 2");
    assertThat(finds("bob", "g:ops", "deploy")).containsExactly("g:ops 2");
    assertThat(finds("cat", "deploy")).isEmpty();
    Answer foreign = bed.read(in("cat", "g:ops", "deploy", false));
    assertThat(foreign).isEqualTo(bed.read(in("cat", "g:none", "deploy", false)));
    assertThat(refused(foreign)).isEqualTo(ErrorCode.NOT_FOUND);
  }

  @Test
  void whoCameLaterFindsNothingFromBeforeUnlessTheGroupSharesItsPast() {
    bed.create("ann", "g:ops", List.of(), true, false);
    say("ann", "g:ops", "deploy before");
    bed.join("bob", "g:ops");
    say("ann", "g:ops", "deploy after");
    assertThat(finds("bob", "deploy")).containsExactly("g:ops 4");
    assertThat(finds("ann", "deploy")).containsExactly("g:ops 4", "g:ops 2");
  }

  @Test
  void whoLeftFindsHisStretchForAMonthAndNothingOfWhatFollows() {
    bed.create("ann", "g:ops", List.of("bob", "cat"), false, false);
    say("ann", "g:ops", "deploy one");
    bed.leave("bob", "g:ops");
    bed.remove("ann", "g:ops", "cat");
    say("ann", "g:ops", "deploy two");
    for (String gone : List.of("bob", "cat")) {
      assertThat(finds(gone, "deploy")).containsExactly("g:ops 2");
      assertThat(finds(gone, "g:ops", "deploy")).containsExactly("g:ops 2");
    }
    clock.advance(32 * DAY);
    assertThat(finds("bob", "deploy")).isEmpty();
    assertThat(refused(bed.read(in("bob", "g:ops", "deploy", false))))
        .isEqualTo(refused(bed.history("bob", "g:ops", NONE, NONE)));
  }

  @Test
  void inAGroupThatEndedEverybodyFindsHisStretch() {
    bed.create("ann", "g:ops", List.of("bob"), false, false);
    say("ann", "g:ops", "deploy");
    bed.delete("ann", "g:ops");
    assertThat(finds("bob", "deploy")).containsExactly("g:ops 2");
    clock.advance(32 * DAY);
    assertThat(finds("bob", "deploy")).isEmpty();
    assertThat(done(bed.create("bob", "g:ops", List.of(), false, false)).seq()).isEqualTo(1);
    assertThat(finds("bob", "g:ops", "deploy")).isEmpty();
  }

  @Test
  void announcementsAreFoundFromTheFirstVisitOn() {
    say("ann", "a:all", "maintenance one");
    say("ann", "a:all", "maintenance two");
    bed.visit("bob");
    say("ann", "a:all", "maintenance three");
    assertThat(finds("bob", "maintenance")).containsExactly("a:all 3", "a:all 2");
    assertThat(finds("cat", "maintenance")).isEmpty();
  }

  @Test
  void channelsAreFoundByThoseTheyAreFor() {
    ConversationId staff = id("ann", "a:staff");
    bed.change(ticket -> new Change.Visit(ticket, "bob", List.of(staff)));
    say("ann", "a:staff", "payday");
    Query.Search asStaff =
        new Query.Search(
            "bob",
            List.of(staff),
            Optional.empty(),
            "payday",
            "",
            Long.MAX_VALUE,
            50,
            "",
            32_768,
            false);
    assertThat(places("bob", found(asStaff))).containsExactly("a:staff 1");
    assertThat(finds("bob", "payday")).as("without the labels").isEmpty();
  }

  @Test
  void topicsAreFoundOnlyWhereTheyAreNamed() {
    say("ann", "t:news", "rain");
    assertThat(finds("ann", "rain")).isEmpty();
    assertThat(finds("bob", "t:news", "rain")).containsExactly("t:news 1");
    assertThat(finds("bob", "t:none", "rain")).isEmpty();
  }

  @Test
  void aBackendFindsEverythingInAConversationThatItNames() {
    bed.create("ann", "g:ops", List.of(), false, false);
    say("ann", "g:ops", "deploy");
    assertThat(places("svc", found(in("svc", "g:ops", "deploy", true)))).containsExactly("g:ops 2");
    assertThat(finds("svc", "deploy")).isEmpty();
  }

  @Test
  void aBlockChangesNothingOfWhatWasSaid() {
    say("bob", "u:ann", "deploy");
    bed.block("ann", "u:bob", true);
    assertThat(finds("ann", "deploy")).containsExactly("u:bob 1");
  }

  // ---- What is said now -------------------------------------------------------------------------

  @Test
  void anEditedMessageIsFoundByWhatItSaysNow() {
    say("ann", "u:bob", "early");
    assertThat(finds("bob", "early")).containsExactly("u:ann 1");
    bed.edit("ann", "u:bob", 1, "\"late\"");
    assertThat(finds("bob", "early")).isEmpty();
    assertThat(finds("bob", "late")).containsExactly("u:ann 1");
    bed.edit("ann", "u:bob", 1, "\"later\"");
    bed.edit("ann", "u:bob", 1, "\"latest\"");
    assertThat(finds("bob", "late")).isEmpty();
    assertThat(finds("bob", "latest")).containsExactly("u:ann 1");
  }

  @Test
  void whatWasTakenBackIsNotFoundEvenWhileTheIndexLiesBehind() {
    say("ann", "u:bob", "secret one");
    say("ann", "u:bob", "secret two");
    assertThat(finds("bob", "secret")).hasSize(2);
    index().liesBehind();
    bed.recall("ann", "u:bob", 1);
    bed.edit("ann", "u:bob", 2, "\"open\"");
    assertThat(finds("bob", "secret")).isEmpty();
    index().followsAgain();
    assertThat(finds("bob", "secret")).isEmpty();
    assertThat(finds("bob", "open")).containsExactly("u:ann 2");
    assertThat(words()).contains("open").doesNotContain("secret");
  }

  @Test
  void whatIsOverIsNotFoundAndLeavesTheIndex() {
    bed.change(ticket ->
        new Change.Append(
            ticket,
            id("ann", "u:bob"),
            "ann",
            "",
            List.of(),
            Payload.of("\"fleeting\""),
            60,
            false));
    say("ann", "u:bob", "lasting");
    assertThat(finds("bob", "fleeting")).containsExactly("u:ann 1");
    clock.advance(60_000);
    index().liesBehind();
    assertThat(finds("bob", "fleeting")).isEmpty();
    index().followsAgain();
    clock.advance(Indexer.TIDY_EVERY_MILLIS);
    assertThat(finds("bob", "lasting")).containsExactly("u:ann 2");
    assertThat(liveMessages()).isEqualTo(1);
  }

  @Test
  void whatWasTrimmedLeavesTheIndex() {
    limits = LIMITS.withRetention(new Retention(List.of(new Rule("t:*", keeping(5)))));
    restart();
    for (int i = 0; i < 500; i++) {
      say("ann", "t:news", "rain " + i);
    }
    for (int i = 0; i < 50; i++) {
      bed.settle();
    }
    assertThat(finds("bob", "t:news", "rain").size())
        .isEqualTo(bed.all("bob", "t:news").items().size());
    clock.advance(Indexer.TIDY_EVERY_MILLIS);
    finds("bob", "t:news", "rain");
    assertThat(liveMessages()).isEqualTo(bed.all("bob", "t:news").items().size());
  }

  private static Keep keeping(long entries) {
    return new Keep(entries, Keep.UNBOUNDED, Keep.UNBOUNDED);
  }

  @Test
  void whatAnErasedUserWroteLeavesTheIndexAndItsFiles() {
    say("ann", "u:bob", "secret");
    say("bob", "u:ann", "answer");
    assertThat(finds("bob", "secret")).hasSize(1);
    index().liesBehind();
    bed.change(ticket -> new Change.Erase(ticket, "ann"));
    for (int i = 0; i < 20; i++) {
      bed.settle();
    }
    assertThat(finds("bob", "secret")).isEmpty();
    index().followsAgain();
    assertThat(finds("bob", "answer")).containsExactly("u:ann 2");
    index().commit();
    assertThat(words()).contains("answer").doesNotContain("secret");
  }

  @Test
  void whatWasErasedWhileNothingFollowedLeavesTheIndexToo() {
    say("ann", "u:bob", "secret");
    assertThat(finds("bob", "secret")).hasSize(1);
    index().commit();
    index().liesBehind();
    bed.change(ticket -> new Change.Erase(ticket, "ann"));
    for (int i = 0; i < 20; i++) {
      bed.settle();
    }
    restart();
    assertThat(finds("bob", "secret")).isEmpty();
    index().commit();
    assertThat(words()).doesNotContain("secret");
  }

  /// All words that stand in the files, also those of what was removed.
  private Set<String> words() {
    index().commit();
    Set<String> words = new HashSet<>();
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      for (var leaf : reader.leaves()) {
        var terms = leaf.reader().terms(Fields.TEXT);
        if (terms != null) {
          var each = terms.iterator();
          for (var term = each.next(); term != null; term = each.next()) {
            words.add(term.utf8ToString());
          }
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return words;
  }

  private int liveMessages() {
    index().commit();
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      return reader.numDocs();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  // ---- Words ------------------------------------------------------------------------------------

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Deploy finished               | deploy
          Deploy finished               | FINISHED deploy
          Müller trinkt Café            | muller cafe
          Straße                        | STRASSE
          Das Schloß in Łódź            | schloss lodz
          東京都に行きます              | 東京
          東京都に行きます              | 行きます
          ﾊﾝｶｸ と ＡＢＣ                | ハンカク abc
          がんばって                    | がん
          我喜歡看電影                  | 電影
          黒猫                          | 猫
          안녕하세요 세계               | 세계
          안녕하세요                    | 안녕
          مَرْحَبًا بالعالم                  | مرحبا
          שָׁלוֹם עולם                    | שלום
          Привёт мир                    | привет
          Ἀθῆναι                        | αθηναι
          สวัสดีชาวโลก                  | ชาวโลก
          ສະບາຍດີ                       | ສະບາຍ
          नमस्ते दुनिया                    | दुनिया
          see foo-bar.example.org/x     | foo-bar
          see foo-bar.example.org/x     | example.org
          see foo-bar.example.org/x     | example
          call to_json(3.14)            | to_json 3.14
          one two three                 | "two three"
          I 👍 it                       | 👍
          """)
  void wordsOfAnyLanguageAreFound(String said, String sought) {
    say("ann", "u:bob", said);
    say("ann", "u:bob", "something else 別のもの");
    assertThat(finds("bob", sought)).containsExactly("u:ann 1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          one two three | "three two"
          one two three | one four
          東京都        | 京東
          かき          | がき
          สวัสดีชาวโลก  | โลกชาว
          one two       | tw
          org example   | example.org
          """)
  void whatIsNotSaidIsNotFound(String said, String sought) {
    say("ann", "u:bob", said);
    assertThat(finds("bob", sought)).isEmpty();
  }

  @Test
  void allTextsOfAPayloadAreFoundAndNoNamesOfFields() {
    bed.send(
        "ann",
        "u:bob",
        "{\"title\":\"Weather\",\"parts\":[{\"text\":\"caf\\u00e9\\nopen \\ud83d\\ude00\"},7,null]}");
    for (String word : List.of("weather", "cafe", "open", "😀")) {
      assertThat(finds("bob", word)).as(word).hasSize(1);
    }
    for (String word : List.of("title", "text", "parts", "7", "null")) {
      assertThat(finds("bob", word)).as(word).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"*", "\"", "\"\"", " ", "()", "~", "😶‍", "\u0300"})
  void whatIsNoWordIsRefused(String text) {
    Answer answer = bed.read(query("ann", text));
    if (answer instanceof Answer.Found nothing) {
      assertThat(nothing.hits()).isEmpty(); // a sign that is a word by itself
    } else {
      assertThat(refused(answer)).isEqualTo(ErrorCode.BAD_REQUEST);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a*", "text:a", "a~2", "/a.*/", "+a", "-b a", "a AND a", "[a TO b]", "\"a", "a^9"})
  void aQueryHasNoSyntaxThatFails(String text) {
    say("ann", "u:bob", "a b");
    assertThat(bed.read(query("ann", text))).isInstanceOf(Answer.Found.class);
  }

  @Test
  void tooManyWordsAreRefused() {
    assertThat(refused(bed.read(query("ann", "a ".repeat(Words.PARTS_MAX + 1)))))
        .isEqualTo(ErrorCode.BAD_REQUEST);
    assertThat(found(query("ann", "a ".repeat(Words.PARTS_MAX))).hits()).isEmpty();
  }

  // ---- In order, a page at a time ---------------------------------------------------------------

  @Test
  void theNewestComesFirstAndPagesJoinWithoutHoleOrRepeat() {
    bed.create("ann", "g:ops", List.of("bob"), false, false);
    List<String> expected = new ArrayList<>();
    for (int i = 1; i <= 30; i++) {
      String to = i % 3 == 0 ? "g:ops" : "u:bob";
      long seq = bed.send("ann", to, "\"deploy " + i + "\"").seq();
      expected.addFirst((to.equals("u:bob") ? "u:ann" : to) + " " + seq);
      if (i % 2 == 0) {
        clock.advance(1);
      }
    }
    List<String> all = finds("bob", "deploy");
    assertThat(all).containsExactlyInAnyOrderElementsOf(expected);
    List<Long> times =
        found(query("bob", "deploy")).hits().stream().map(hit -> hit.entry().tsMillis()).toList();
    assertThat(times).isSortedAccordingTo((one, other) -> Long.compare(other, one));
    List<String> paged = new ArrayList<>();
    String next = "";
    do {
      Answer.Found page =
          found(
              new Query.Search(
                  "bob",
                  List.of(),
                  Optional.empty(),
                  "deploy",
                  "",
                  Long.MAX_VALUE,
                  7,
                  next,
                  32_768,
                  false));
      paged.addAll(places("bob", page));
      next = page.next();
      say("ann", "u:bob", "deploy meanwhile"); // newer than all pages that follow
      clock.advance(1);
    } while (!next.isEmpty());
    assertThat(paged).containsExactlyElementsOf(all);
  }

  @Test
  void aPageIsCutByBytesButHoldsOneEntry() {
    String large = "deploy " + "x".repeat(20_000);
    say("ann", "u:bob", large);
    say("ann", "u:bob", large);
    Answer.Found first = found(query("bob", "deploy"));
    assertThat(places("bob", first)).containsExactly("u:ann 2");
    assertThat(first.next()).isNotEmpty();
  }

  @Test
  void fromAndBeforeNarrowTheSearch() {
    long ts = bed.send("ann", "u:bob", "\"deploy\"").tsMillis();
    clock.advance(1_000);
    say("bob", "u:ann", "deploy");
    assertThat(places("bob", found(narrowed("ann", Long.MAX_VALUE)))).containsExactly("u:ann 1");
    assertThat(places("bob", found(narrowed("cat", Long.MAX_VALUE)))).isEmpty();
    assertThat(places("bob", found(narrowed("", ts + 1)))).containsExactly("u:ann 1");
    assertThat(places("bob", found(narrowed("", ts)))).isEmpty();
  }

  private static Query.Search narrowed(String from, long before) {
    return new Query.Search(
        "bob", List.of(), Optional.empty(), "deploy", from, before, 50, "", 32_768, false);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "1-2", "1-2-3-4", "-1-2-3", "!-1-1", "zzzzzzzzzzzzzzzzzzzz-1-1"})
  void aPageThatNobodyNamedIsRefused(String next) {
    Query.Search made =
        new Query.Search(
            "bob", List.of(), Optional.empty(), "a", "", Long.MAX_VALUE, 50, next, 32_768, false);
    assertThat(refused(bed.read(made))).isEqualTo(ErrorCode.BAD_REQUEST);
  }

  // ---- Following --------------------------------------------------------------------------------

  @Test
  void afterAKillItGoesOnWhereItsLastCommitWas() {
    say("ann", "u:bob", "deploy one");
    finds("bob", "deploy");
    index().commit();
    say("ann", "u:bob", "deploy two");
    bed.edit("ann", "u:bob", 1, "\"rollback\"");
    finds("bob", "deploy");
    restart(); // nothing of the last two was committed
    assertThat(finds("bob", "deploy")).containsExactly("u:ann 2");
    assertThat(finds("bob", "rollback")).containsExactly("u:ann 1");
    assertThat(liveMessages()).isEqualTo(2);
  }

  @Test
  void anIndexThatIsGoneIsMadeAnew() {
    say("ann", "u:bob", "deploy");
    finds("bob", "deploy");
    index().commit();
    directory = new ByteBuffersDirectory();
    restart();
    assertThat(finds("bob", "deploy")).containsExactly("u:ann 1");
  }

  /// The store counts on from the copy, so its commits come to have the numbers of those that the
  /// index has followed, and are others.
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 9})
  void besideAnOlderCopyOfTheStoreItIsMadeAnewHoweverFarThatHasCome(int more) {
    say("ann", "u:bob", "deploy one");
    bed.engine().close();
    List<String> backup = new ArrayList<>();
    StoreText.export(store, backup::add);
    restart();
    say("ann", "u:bob", "deploy two");
    say("ann", "u:bob", "deploy three");
    assertThat(finds("bob", "deploy")).hasSize(3);
    index().commit();
    bed.engine().close();

    store = new MemoryStore();
    StoreText.Import copy = new StoreText.Import(store);
    backup.forEach(copy::line);
    copy.end();
    searching = false;
    restart();
    for (int i = 0; i < more; i++) {
      say("ann", "u:bob", "rollback " + i);
    }
    bed.engine().close();
    searching = true;
    restart();
    assertThat(finds("bob", "deploy")).containsExactly("u:ann 1");
    assertThat(finds("bob", "rollback")).hasSize(more);
    index().commit();
    assertThat(liveMessages()).isEqualTo(1 + more);
  }

  @Test
  void makingItAnewGoesOnAfterAKillInItsMiddle() {
    for (int i = 0; i < 2 * Indexer.ENTRIES_MAX + 100; i++) {
      say("ann", i % 2 == 0 ? "u:bob" : "u:cat", "deploy " + i);
    }
    index().step();
    index().commit();
    assertThat(liveMessages()).isBetween(1, 2 * Indexer.ENTRIES_MAX);
    index().liesBehind();
    assertThat(found(query("ann", "deploy")).whole()).isFalse();
    restart();
    Answer.Found found = found(query("ann", "deploy"));
    assertThat(found.whole()).isTrue();
    assertThat(liveMessages()).isEqualTo(2 * Indexer.ENTRIES_MAX + 100);
  }

  @Test
  void whatIsSaidWhileItFollowsIsFollowedNext() {
    for (int i = 0; i < Indexer.ENTRIES_MAX + 10; i++) {
      say("ann", "u:bob", "deploy");
    }
    index().step();
    say("ann", "u:bob", "deploy");
    say("ann", "u:cat", "deploy");
    finds("ann", "deploy");
    assertThat(liveMessages()).isEqualTo(Indexer.ENTRIES_MAX + 12);
  }
}
