package dev.tidings.engine;

import static dev.tidings.engine.EngineBed.done;
import static dev.tidings.engine.EngineBed.id;
import static dev.tidings.engine.EngineBed.page;
import static dev.tidings.engine.EngineBed.refused;
import static dev.tidings.engine.EngineBed.seqs;
import static dev.tidings.engine.EngineBed.texts;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.engine.EngineBed.Ask;
import dev.tidings.protocol.ErrorCode;
import dev.tidings.protocol.Payload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What every engine promises, whatever it stands on. Groups and sync have pages of their own:
/// [GroupContract], [SyncContract].
public abstract class EngineContract extends EngineFixture {
  private static final long HOUR = 3_600_000;

  // ---- Numbers ----------------------------------------------------------------------------------

  @Test
  void eachConversationCountsFromOneWithoutHoles() {
    bed.create("ann", "g:ops", List.of("bob"), false, false);
    for (int i = 0; i < 5; i++) {
      bed.send("ann", "u:bob", "1");
      bed.send("bob", "u:ann", "2");
      bed.send("ann", "g:ops", "3");
      bed.send("ann", "t:news", "4");
      bed.send("ann", "u:cat", "5");
      bed.send("ann", "a:all", "6");
    }
    assertThat(seqs(bed.all("ann", "u:bob").items())).containsExactlyElementsOf(upTo(10));
    assertThat(seqs(bed.all("ann", "g:ops").items())).containsExactlyElementsOf(upTo(6));
    assertThat(seqs(bed.all("ann", "t:news").items())).containsExactlyElementsOf(upTo(5));
    assertThat(seqs(bed.all("ann", "u:cat").items())).containsExactlyElementsOf(upTo(5));
    assertThat(bed.send("ann", "a:all", "7").seq()).isEqualTo(6);
  }

  @Test
  void numbersGoOnAfterARestartUnderTheSameEpoch() {
    Answer.Appended first = bed.send("ann", "u:bob", "1");
    bed.send("ann", "u:bob", "2");
    restart();
    Answer.Appended third = bed.send("bob", "u:ann", "3");
    assertThat(third.seq()).isEqualTo(3);
    assertThat(third.conversation()).isEqualTo(first.conversation());
    assertThat(texts(bed.all("ann", "u:bob").items())).containsExactly("1", "2", "3");
  }

  @Test
  void everyLogHasAnEpochAndANumberOfItsOwn() {
    Conversation one = bed.send("ann", "u:bob", "1").conversation();
    Conversation other = bed.send("ann", "u:cat", "1").conversation();
    restart();
    Conversation third = bed.send("ann", "u:dan", "1").conversation();
    assertThat(List.of(one.epoch(), other.epoch(), third.epoch())).doesNotHaveDuplicates();
    assertThat(List.of(one.number(), other.number(), third.number())).doesNotHaveDuplicates();
  }

  @Test
  void timesNeverFallWithinAConversation() {
    long first = bed.send("ann", "u:bob", "1").tsMillis();
    clock.setBack(HOUR);
    long second = bed.send("ann", "u:bob", "2").tsMillis();
    assertThat(second).isEqualTo(first);
    restart();
    assertThat(bed.send("ann", "u:bob", "3").tsMillis()).isEqualTo(first);
    clock.advance(2 * HOUR);
    assertThat(bed.send("ann", "u:bob", "4").tsMillis()).isEqualTo(first + HOUR);
  }

  @Test
  void whatOneThreadSubmitsIsDecidedInItsOrder() {
    List<Ask> asks = new ArrayList<>();
    for (int i = 1; i <= 500; i++) {
      asks.add(bed.sending("ann", i % 2 == 0 ? "u:bob" : "u:cat", "", Integer.toString(i)));
    }
    asks.forEach(Ask::answer);
    assertThat(textsIn(bed.history("ann", "u:bob", OptionalLong.of(0), OptionalLong.empty())))
        .containsExactlyElementsOf(
            IntStream.rangeClosed(1, 200).mapToObj(i -> Integer.toString(2 * i)).toList());
  }

  @Test
  void anEntryComesBackAsItWasSent() {
    Answer.Appended done = done(bed.sendWith("ann", "u:bob", "c-1", "{\"t\":\"grüß 日本\"}"));
    Entry entry = bed.all("bob", "u:ann").items().getFirst();
    assertThat(entry.seq()).isEqualTo(1);
    assertThat(entry.kind()).isEqualTo(Entry.Kind.MESSAGE);
    assertThat(entry.from()).isEqualTo("ann");
    assertThat(entry.cid()).isEqualTo("c-1");
    assertThat(entry.tsMillis()).isEqualTo(done.tsMillis()).isEqualTo(clock.epochMillis());
    assertThat(texts(List.of(entry))).containsExactly("{\"t\":\"grüß 日本\"}");
  }

  @Test
  void messagesAreCountedAndOtherEntriesAreNot() {
    bed.create("ann", "g:ops", List.of("bob"), false, false);
    bed.send("ann", "g:ops", "1");
    bed.remove("ann", "g:ops", "bob");
    restart();
    bed.send("ann", "g:ops", "2");
    assertThat(bed.all("ann", "g:ops").items().stream().map(Entry::messages))
        .containsExactly(0L, 1L, 1L, 2L);
  }

  @Test
  void theLevelToldIsTheEnginesLevel() {
    assertThat(bed.send("ann", "u:bob", "1").level()).isEqualTo(bed.engine().level());
    assertThat(bed.engine().fault()).isEmpty();
  }

  // ---- Repeats ----------------------------------------------------------------------------------

  @Test
  void aRepeatInTheSameBatchIsAnsweredAndNotDone() {
    Ask first = bed.sending("ann", "u:bob", "c", "1");
    Ask repeat = bed.sending("ann", "u:bob", "c", "1");
    assertFirstAndRepeat(first.answer(), repeat.answer());
  }

  @Test
  void aRepeatInALaterBatchIsAnsweredAndNotDone() {
    Answer first = bed.sendWith("ann", "u:bob", "c", "1");
    bed.send("bob", "u:ann", "2");
    clock.advance(1_000);
    assertFirstAndRepeat(first, bed.sendWith("ann", "u:bob", "c", "1"));
  }

  @Test
  void aRepeatAfterARestartIsAnsweredAndNotDone() {
    Answer first = bed.sendWith("ann", "u:bob", "c", "1");
    restart();
    assertFirstAndRepeat(first, bed.sendWith("ann", "u:bob", "c", "1"));
  }

  private void assertFirstAndRepeat(Answer first, Answer repeat) {
    assertThat(done(first).duplicate()).isFalse();
    assertThat(done(repeat).duplicate()).isTrue();
    assertThat(done(repeat).seq()).isEqualTo(done(first).seq()).isEqualTo(1);
    assertThat(done(repeat).tsMillis()).isEqualTo(done(first).tsMillis());
    assertThat(done(repeat).conversation()).isEqualTo(done(first).conversation());
    assertThat(texts(bed.all("ann", "u:bob").items()).stream().filter("1"::equals)).hasSize(1);
  }

  @Test
  void otherDataUnderTheSameCidIsRefused() {
    bed.sendWith("ann", "u:bob", "c", "1");
    assertThat(refused(bed.sendWith("ann", "u:bob", "c", "2"))).isEqualTo(ErrorCode.CID);
    restart();
    assertThat(refused(bed.sendWith("ann", "u:bob", "c", "2"))).isEqualTo(ErrorCode.CID);
    Ask one = bed.sending("ann", "u:bob", "d", "1");
    Ask other = bed.sending("ann", "u:bob", "d", "2");
    assertThat(done(one.answer()).seq()).isEqualTo(2);
    assertThat(refused(other.answer())).isEqualTo(ErrorCode.CID);
  }

  @Test
  void aCidIsOnesOwnInOneConversation() {
    assertThat(done(bed.sendWith("ann", "u:bob", "c", "1")).duplicate()).isFalse();
    assertThat(done(bed.sendWith("bob", "u:ann", "c", "1")).duplicate()).isFalse();
    assertThat(done(bed.sendWith("ann", "u:cat", "c", "1")).duplicate()).isFalse();
    assertThat(bed.all("ann", "u:bob").head()).isEqualTo(2);
  }

  @Test
  void withoutACidNothingIsARepeat() {
    bed.send("ann", "u:bob", "1");
    assertThat(bed.send("ann", "u:bob", "1").seq()).isEqualTo(2);
  }

  /// Wherever the first one falls in the engine's own division of time.
  @ParameterizedTest
  @ValueSource(longs = {0, 1, HOUR / 2, HOUR - 1, HOUR})
  void aCidIsRememberedAsLongAsPromised(long offsetMillis) {
    clock.advance(offsetMillis);
    bed.sendWith("ann", "u:bob", "c", "1");
    clock.advance(LIMITS.dedupeSeconds() * 1_000L - 1);
    assertThat(done(bed.sendWith("ann", "u:bob", "c", "1")).duplicate()).isTrue();
  }

  @Test
  void aCidIsForgottenInTheEnd() {
    bed.sendWith("ann", "u:bob", "c", "1");
    for (int hours = 0; hours < 3; hours++) {
      clock.advance(HOUR);
      bed.send("bob", "u:ann", "9");
    }
    assertThat(done(bed.sendWith("ann", "u:bob", "c", "2")).seq()).isEqualTo(5);
    restart();
    assertThat(done(bed.sendWith("ann", "u:bob", "c", "2")).duplicate()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aClockThatIsSetBackForgetsNoCid(boolean restarting) {
    bed.sendWith("ann", "u:bob", "c", "1");
    clock.setBack(3 * HOUR);
    if (restarting) {
      restart();
    }
    assertThat(done(bed.sendWith("ann", "u:bob", "c", "1")).duplicate()).isTrue();
    bed.sendWith("ann", "u:bob", "d", "1");
    clock.advance(3 * HOUR);
    assertThat(done(bed.sendWith("ann", "u:bob", "d", "1")).duplicate()).isTrue();
  }

  @Test
  void aBusyConversationForgetsNoCid() {
    int many = Marks.RECENT_ENTRIES_MAX + 2 * Marks.FILED_ENTRIES;
    for (int from = 0; from < many; from += Marks.FILED_ENTRIES) {
      for (int i = from; i < from + Marks.FILED_ENTRIES; i++) {
        bed.sending("ann", "u:bob", "c-" + i, "1");
      }
      bed.settle();
    }
    for (int i : new int[] {0, Marks.FILED_ENTRIES, many - 1}) {
      Answer.Appended repeat = done(bed.sendWith("ann", "u:bob", "c-" + i, "1"));
      assertThat(repeat.duplicate()).isTrue();
      assertThat(repeat.seq()).isEqualTo(i + 1);
      assertThat(refused(bed.sendWith("ann", "u:bob", "c-" + i, "2"))).isEqualTo(ErrorCode.CID);
      restart();
    }
  }

  @Test
  void aRepeatIsAnsweredAlsoToOneWhoWasPutOutMeanwhile() {
    bed.create("ann", "g:ops", List.of("bob"), false, false);
    Answer.Appended first = done(bed.sendWith("bob", "g:ops", "c", "1"));
    bed.remove("ann", "g:ops", "bob");
    Answer.Appended repeat = done(bed.sendWith("bob", "g:ops", "c", "1"));
    assertThat(repeat.duplicate()).isTrue();
    assertThat(repeat.seq()).isEqualTo(first.seq());
    assertThat(refused(bed.sendWith("bob", "g:ops", "d", "1"))).isEqualTo(ErrorCode.NOT_MEMBER);
  }

  // ---- Who may ----------------------------------------------------------------------------------

  @Test
  void aNoteToOneselfIsAConversation() {
    bed.send("ann", "u:ann", "1");
    assertThat(texts(bed.all("ann", "u:ann").items())).containsExactly("1");
    assertThat(bed.sync("ann", "").rows()).hasSize(1);
  }

  @Test
  void aPrivateConversationIsNotReadByOthers() {
    bed.send("ann", "u:bob", "1");
    Query foreign =
        new Query.History(
            id("ann", "u:bob"),
            "cat",
            "",
            OptionalLong.empty(),
            OptionalLong.empty(),
            10,
            1_000,
            false);
    assertThat(refused(bed.read(foreign))).isEqualTo(ErrorCode.NOT_FOUND);
    assertThat(bed.sync("cat", "").rows()).isEmpty();
  }

  @Test
  void anAnnouncementChannelIsReadByWhoEnteredIt() {
    bed.send("root", "a:staff", "1");
    bed.send("root", "a:staff", "2");
    ConversationId staff = id("root", "a:staff");
    assertThat(bed.change(ticket -> new Change.Visit(ticket, "ann", List.of(staff))))
        .isEqualTo(new Answer.Done());
    bed.visit("bob");
    bed.send("root", "a:staff", "3");
    restart();
    assertThat(texts(bed.all("ann", "a:staff").items())).containsExactly("2", "3");
    assertThat(refused(bed.history("bob", "a:staff", OptionalLong.of(0), OptionalLong.empty())))
        .isEqualTo(ErrorCode.NOT_FOUND);
    Query.UserAtConnect connects = new Query.UserAtConnect("ann", List.of(staff));
    assertThat(((Answer.UserState) bed.read(connects)).visited()).isTrue();
    Query.UserAtConnect bobs = new Query.UserAtConnect("bob", List.of(staff));
    assertThat(((Answer.UserState) bed.read(bobs)).visited()).isFalse();
    assertThat(((Answer.UserState) bed.read(bobs)).groups()).isEmpty();
  }

  /// In every `sync` of those who may read them now, and of nobody else.
  @Test
  void aSyncTellsOfTheChannelsThatItIsAskedFor() {
    ConversationId staff = id("root", "a:staff");
    bed.send("root", "a:staff", "1");
    bed.change(ticket -> new Change.Visit(ticket, "ann", List.of(staff)));
    assertThat(channelsIn("ann", List.of(staff))).containsExactlyInAnyOrder("a:all", "a:staff");
    assertThat(channelsIn("ann", List.of())).containsExactly("a:all");
    assertThat(channelsIn("bob", List.of(staff))).isEmpty();
  }

  private List<String> channelsIn(String user, List<ConversationId> channels) {
    Answer answer = bed.read(new Query.Sync(user, channels, "", 1, 200, "", 1 << 20));
    return ((Answer.SyncPage) answer)
        .rows().stream().map(row -> row.conversation().id().toString()).toList();
  }

  @Test
  void announcementsBeginAtTheHeadOfTheFirstVisit() {
    bed.send("root", "a:all", "1");
    bed.send("root", "a:all", "2");
    bed.visit("ann");
    bed.send("root", "a:all", "3");
    bed.visit("ann");
    restart();
    bed.visit("ann");
    assertThat(texts(bed.all("ann", "a:all").items())).containsExactly("2", "3");
    bed.visit("bob");
    assertThat(texts(bed.all("bob", "a:all").items())).containsExactly("3");
  }

  @Test
  void theFirstAnnouncementReachesWhoCameBefore() {
    bed.visit("ann");
    assertThat(bed.all("ann", "a:all").items()).isEmpty();
    bed.send("root", "a:all", "1");
    assertThat(texts(bed.all("ann", "a:all").items())).containsExactly("1");
  }

  // ---- Reading ----------------------------------------------------------------------------------

  @Test
  void historyIsReadInEveryDirection() {
    for (int i = 1; i <= 10; i++) {
      bed.send("ann", "u:bob", Integer.toString(i));
    }
    assertHistory(OptionalLong.empty(), OptionalLong.empty(), 3, true, 8, 9, 10);
    assertHistory(
        OptionalLong.empty(), OptionalLong.empty(), 10, false, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    assertHistory(OptionalLong.of(4), OptionalLong.empty(), 3, true, 5, 6, 7);
    assertHistory(OptionalLong.of(7), OptionalLong.empty(), 3, false, 8, 9, 10);
    assertHistory(OptionalLong.of(10), OptionalLong.empty(), 3, false);
    assertHistory(OptionalLong.of(99), OptionalLong.empty(), 3, false);
    assertHistory(OptionalLong.empty(), OptionalLong.of(4), 2, true, 2, 3);
    assertHistory(OptionalLong.empty(), OptionalLong.of(3), 2, false, 1, 2);
    assertHistory(OptionalLong.empty(), OptionalLong.of(1), 2, false);
    assertHistory(OptionalLong.empty(), OptionalLong.of(99), 2, true, 9, 10);
    assertHistory(OptionalLong.of(2), OptionalLong.of(6), 9, false, 3, 4, 5);
    assertHistory(OptionalLong.of(2), OptionalLong.of(6), 2, true, 3, 4);
    assertHistory(OptionalLong.of(5), OptionalLong.of(6), 2, false);
    assertHistory(OptionalLong.of(6), OptionalLong.of(2), 2, false);
  }

  private void assertHistory(
      OptionalLong after, OptionalLong before, int limit, boolean more, long... seqs) {
    Answer.Page page =
        page(
            bed.read(
                new Query.History(
                    id("ann", "u:bob"), "ann", "", after, before, limit, 1 << 20, false)));
    String request = "after " + after + " before " + before + " limit " + limit;
    assertThat(seqs(page.items())).as(request).containsExactly(box(seqs));
    assertThat(page.more()).as(request).isEqualTo(more);
    assertThat(page.low()).isEqualTo(1);
    assertThat(page.head()).isEqualTo(10);
  }

  private static Long[] box(long... values) {
    return Arrays.stream(values).boxed().toArray(Long[]::new);
  }

  @Test
  void aPageIsCutAtItsBytesButHasAtLeastOneEntry() {
    String big = "\"" + "x".repeat(1_000) + "\"";
    for (int i = 0; i < 5; i++) {
      bed.send("ann", "u:bob", big);
    }
    assertThat(seqs(cut(OptionalLong.of(0), 2_500).items())).containsExactly(1L, 2L);
    assertThat(seqs(cut(OptionalLong.empty(), 2_500).items())).containsExactly(4L, 5L);
    assertThat(seqs(cut(OptionalLong.of(0), 10).items())).containsExactly(1L);
    assertThat(seqs(cut(OptionalLong.empty(), 10).items())).containsExactly(5L);
    assertThat(cut(OptionalLong.of(0), 10).more()).isTrue();
    assertThat(cut(OptionalLong.of(4), 10).more()).isFalse();
  }

  private Answer.Page cut(OptionalLong after, int bytesMax) {
    return page(
        bed.read(
            new Query.History(
                id("ann", "u:bob"), "ann", "", after, OptionalLong.empty(), 9, bytesMax, false)));
  }

  @Test
  void historyOfAnotherEpochIsRefusedWithThePresentOne() {
    Conversation present = bed.send("ann", "u:bob", "1").conversation();
    assertThat(bed.read(inEpoch("u:bob", "other")))
        .isEqualTo(new Answer.OtherEpoch(present.epoch(), 1, 1));
    assertThat(seqs(page(bed.read(inEpoch("u:bob", present.epoch()))).items())).containsExactly(1L);
  }

  /// Whoever holds something of a log that is not there holds another one.
  @Test
  void historyOfALogNotBegunHasNoEpoch() {
    Answer.Page empty = page(bed.read(inEpoch("u:cat", "")));
    assertThat(empty.conversation().epoch()).isEmpty();
    assertThat(empty.low()).isEqualTo(1);
    assertThat(empty.head()).isZero();
    assertThat(empty.items()).isEmpty();
    assertThat(empty.more()).isFalse();
    assertThat(bed.read(inEpoch("u:cat", "other"))).isEqualTo(new Answer.OtherEpoch("", 1, 0));
  }

  private static Query inEpoch(String in, String epoch) {
    return new Query.History(
        id("ann", in), "ann", epoch, OptionalLong.of(0), OptionalLong.empty(), 9, 9_999, false);
  }

  @Test
  void readingMakesNoLog() {
    bed.all("ann", "u:bob");
    bed.all("ann", "t:news");
    assertThat(bed.sync("ann", "").rows()).isEmpty();
    assertThat(bed.all("ann", "t:news").conversation().number()).isZero();
  }

  @Test
  void aReadBehindChangesSeesThem() {
    for (int i = 1; i <= 50; i++) {
      Ask send = bed.sending("ann", "u:bob", "", "1");
      Ask read = bed.submit(ticket -> new Change.Read(ticket, inEpoch("u:bob", "")));
      assertThat(page(read.answer()).head()).isEqualTo(i);
      assertThat(send.isAnswered()).as("answered before the read behind it").isTrue();
    }
  }

  @Test
  void aReadSeesWhatWasAnsweredBefore() {
    for (int i = 1; i <= 50; i++) {
      bed.send("ann", "u:bob", "1");
      assertThat(bed.all("bob", "u:ann").head()).isEqualTo(i);
    }
  }

  @Test
  void aUserAtConnectKnowsHisGroups() {
    long one =
        done(bed.create("ann", "g:one", List.of("bob"), false, false)).conversation().number();
    long two =
        done(bed.create("ann", "g:two", List.of("bob"), false, true)).conversation().number();
    bed.create("ann", "g:three", List.of("bob"), false, false);
    bed.remove("ann", "g:three", "bob");
    Answer.UserState before =
        (Answer.UserState) bed.read(new Query.UserAtConnect("bob", List.of()));
    assertThat(before.groups()).containsExactly(one, two);
    assertThat(before.visited()).isFalse();
    bed.visit("bob");
    Answer.UserState after = (Answer.UserState) bed.read(new Query.UserAtConnect("bob", List.of()));
    assertThat(after.visited()).isTrue();
    assertThat(after.groups()).containsExactly(one, two);
    assertThat(after.commit()).isGreaterThanOrEqualTo(before.commit());
  }

  @Test
  void presenceIsVisibleToWhomOneWroteAndToWhoSharesAGroup() {
    bed.send("ann", "u:bob", "1");
    assertThat(mayKnow("bob", "ann")).isTrue();
    assertThat(mayKnow("ann", "bob")).as("bob never wrote to ann").isFalse();
    bed.send("bob", "u:ann", "2");
    assertThat(mayKnow("ann", "bob")).isTrue();
    assertThat(mayKnow("cat", "ann")).isFalse();
    bed.create("ann", "g:ops", List.of("cat"), false, false);
    assertThat(mayKnow("cat", "ann")).isTrue();
    assertThat(mayKnow("ann", "cat")).isTrue();
    bed.remove("ann", "g:ops", "cat");
    assertThat(mayKnow("cat", "ann")).isFalse();
    assertThat(mayKnow("ann", "ann")).isTrue();
    restart();
    assertThat(mayKnow("ann", "bob")).isTrue();
  }

  private boolean mayKnow(String viewer, String user) {
    Answer answer = bed.read(new Query.PresenceOf(viewer, user, false));
    if (answer instanceof Answer.Visible) {
      return true;
    }
    assertThat(refused(answer)).isEqualTo(ErrorCode.NOT_FOUND);
    return false;
  }

  // ---- What lanes hear --------------------------------------------------------------------------

  @Test
  void everyLaneHearsTheSameInTheSameOrder() {
    bed.create("ann", "g:ops", List.of("bob"), true, false);
    List<Ask> asks = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      asks.add(bed.sending("ann", i % 3 == 0 ? "g:ops" : "u:bob", "", Integer.toString(i)));
    }
    asks.forEach(Ask::answer);
    bed.join("cat", "g:ops");
    bed.leave("cat", "g:ops");
    bed.settle();
    List<Committed> first = bed.committed();
    assertThat(first).hasSize(300 + 1 + 1 + 2 + 2);
    for (int lane = 0; lane < EngineBed.LANES; lane++) {
      assertThat(bed.heard(lane).stream().flatMap(each -> each.committed().stream()).toList())
          .isEqualTo(first);
      assertThat(bed.heard(lane).stream().map(EngineBed.Heard::commit).toList()).isSorted();
    }
  }

  @Test
  void entriesAreToldInTheOrderOfTheirNumbersAndNeverTwice() {
    for (int i = 0; i < 100; i++) {
      bed.sending("ann", "u:bob", "", "1");
      bed.sending("ann", "u:bob", "c", "2");
    }
    bed.settle();
    assertThat(bed.committed().stream().map(each -> ((Committed.Appended) each).entry().seq()))
        .containsExactlyElementsOf(upTo(101));
  }

  @Test
  void aRepeatIsToldToNobody() {
    bed.sendWith("ann", "u:bob", "c", "1");
    bed.sendWith("ann", "u:bob", "c", "1");
    bed.sendWith("ann", "u:bob", "c", "2");
    bed.settle();
    assertThat(bed.committed()).hasSize(1);
  }

  @Test
  void whatIsToldIsWhatIsRead() {
    bed.create("ann", "g:ops", List.of("bob"), false, false);
    bed.sendWith("ann", "g:ops", "c", "{\"a\":1}");
    bed.remove("ann", "g:ops", "bob");
    bed.settle();
    List<Entry> told = new ArrayList<>();
    for (Committed each : bed.committed()) {
      if (each instanceof Committed.Appended appended) {
        told.add(appended.entry());
      }
    }
    assertThat(bed.all("ann", "g:ops").items())
        .usingRecursiveFieldByFieldElementComparator()
        .containsExactlyElementsOf(told);
  }

  @Test
  void everyQuestionIsAnsweredOnceOnItsLane() {
    List<Ask> asks = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      asks.add(bed.sending("ann", "u:bob", "c" + i % 50, "1"));
      asks.add(bed.sending("ann", "g:absent", "", "1"));
      asks.add(bed.submit(ticket -> new Change.Visit(ticket, "ann", List.of())));
      asks.add(bed.submit(ticket -> new Change.Read(ticket, inEpoch("u:bob", ""))));
      asks.add(bed.begin(new Query.UserAtConnect("ann", List.of())));
      asks.add(bed.begin(inEpoch("g:absent", "")));
    }
    bed.settle();
    asks.forEach(Ask::answer);
    assertThat(bed.all("ann", "u:bob").head()).isEqualTo(50);
  }

  @ParameterizedTest
  @ValueSource(strings = {"server", "bob"})
  void aPrivilegedSenderNeedsNoMembership(String actor) {
    bed.create("ann", "g:ops", List.of("bob"), false, false);
    bed.remove("ann", "g:ops", "bob");
    Answer answer =
        bed.change(ticket ->
            new Change.Append(
                ticket, id("ann", "g:ops"), actor, "", Payload.of("1"), /* privileged= */ true));
    assertThat(done(answer).seq()).isEqualTo(3);
    Query whole =
        new Query.History(
            id("ann", "g:ops"),
            actor,
            "",
            OptionalLong.of(0),
            OptionalLong.empty(),
            9,
            9_999,
            /* privileged= */ true);
    assertThat(seqs(page(bed.read(whole)).items())).containsExactly(1L, 2L, 3L);
    assertThat(bed.read(new Query.Info(id("ann", "g:ops"), actor, true)))
        .isInstanceOf(Answer.GroupInfo.class);
    assertThat(bed.read(new Query.Members(id("ann", "g:ops"), actor, "", 9, true)))
        .isInstanceOf(Answer.MembersPage.class);
  }

  // ---- In passing -------------------------------------------------------------------------------

  @Test
  void aSignalIsToldInItsPlaceAndNotKept() {
    bed.sending("ann", "u:bob", "", "1");
    Ask signal = bed.signalling("ann", "u:bob", "2");
    bed.sending("ann", "u:bob", "", "3");
    assertThat(signal.answer()).isEqualTo(new Answer.Done());
    bed.settle();
    assertThat(bed.committed())
        .satisfiesExactly(
            first -> assertThat(first).isInstanceOf(Committed.Appended.class),
            second ->
                assertThat(second)
                    .isInstanceOfSatisfying(
                        Committed.Signalled.class,
                        told -> {
                          assertThat(told.from()).isEqualTo("ann");
                          assertThat(told.conversation().id()).isEqualTo(id("ann", "u:bob"));
                          assertThat(told.by()).isSameAs(signal);
                        }),
            third -> assertThat(third).isInstanceOf(Committed.Appended.class));
    assertThat(texts(bed.all("bob", "u:ann").items())).containsExactly("1", "3");
    assertThat(bed.sync("ann", "").rows()).hasSize(1);
  }

  @Test
  void aSignalMovesNothing() {
    bed.visit("ann");
    long commit = bed.engine().commit();
    assertThat(bed.signalling("ann", "u:bob", "1").answer()).isEqualTo(new Answer.Done());
    bed.settle();
    assertThat(bed.committed()).hasSize(1);
    assertThat(bed.engine().commit()).isEqualTo(commit + (numbersAll() ? 1 : 0));
    assertThat(bed.all("ann", "u:bob").conversation().number()).isZero();
  }

  @Test
  void onlyMembersSignalInAGroup() {
    bed.create("ann", "g:ops", List.of("bob"), false, false);
    assertThat(bed.signalling("bob", "g:ops", "1").answer()).isEqualTo(new Answer.Done());
    assertThat(refused(bed.signalling("cat", "g:ops", "1").answer()))
        .isEqualTo(ErrorCode.NOT_FOUND);
    assertThat(refused(bed.signalling("cat", "g:absent", "1").answer()))
        .isEqualTo(ErrorCode.NOT_FOUND);
    bed.remove("ann", "g:ops", "bob");
    assertThat(refused(bed.signalling("bob", "g:ops", "1").answer()))
        .isEqualTo(ErrorCode.NOT_MEMBER);
  }

  @Test
  void nothingIsTakenAfterTheEnd() {
    bed.engine().close();
    Ask ask = bed.ask();
    assertThat(bed.engine().submit(new Change.Visit(ask, "ann", List.of()))).isFalse();
    assertThat(bed.engine().read(new Query.UserAtConnect("ann", List.of()), ask)).isFalse();
    bed.engine().close();
  }

  @Test
  void whatWasAcceptedIsKeptWhenTheEngineEnds() {
    for (int i = 0; i < 100; i++) {
      bed.sending("ann", "u:bob", "", "1");
    }
    restart();
    assertThat(bed.all("ann", "u:bob").head()).isEqualTo(100);
  }

  private static List<Long> upTo(long last) {
    return IntStream.rangeClosed(1, (int) last).mapToObj(i -> (long) i).toList();
  }

  private static List<String> textsIn(Answer answer) {
    return texts(page(answer).items());
  }
}
