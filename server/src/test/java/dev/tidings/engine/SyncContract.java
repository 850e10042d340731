package dev.tidings.engine;

import static dev.tidings.engine.EngineBed.refused;
import static dev.tidings.engine.EngineBed.seqs;
import static dev.tidings.engine.EngineBed.texts;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.protocol.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What `sync` promises: every change visible to a user that his cursor does not cover is told
/// (docs/protocol.md §8).
public abstract class SyncContract extends EngineFixture {
  private static final long DAY = 24L * 3_600_000;

  /// Steps of one random story.
  protected int storySteps() {
    return 250;
  }

  /// Random stories, one per seed; more with `-Dtidings.seeds=…`.
  static LongStream seeds() {
    return LongStream.range(0, Integer.getInteger("tidings.seeds", 25));
  }

  @Test
  void fromScratchEverythingIsToldNewestFirst() {
    bed.send("ann", "u:bob", "1");
    bed.create("cat", "g:ops", List.of("ann"), false, false);
    bed.send("ann", "u:dan", "2");
    bed.send("bob", "u:ann", "3");
    Answer.SyncPage page = bed.sync("ann", "");
    assertThat(addresses("ann", page)).containsExactly("u:bob", "u:dan", "g:ops");
    assertThat(page.next()).isEmpty();
    assertThat(page.cursor()).isNotEmpty();
    Answer.Row bob = page.rows().getFirst();
    assertThat(bob.low()).isEqualTo(1);
    assertThat(bob.head()).isEqualTo(2);
    assertThat(texts(bob.tail())).containsExactly("3");
    assertThat(bob.gone()).isFalse();
    assertThat(page.rows().getLast().role()).isEqualTo("member");
  }

  @Test
  void sinceACursorOnlyWhatMovedIsTold() {
    bed.send("ann", "u:bob", "1");
    bed.create("cat", "g:ops", List.of("ann"), false, false);
    String cursor = bed.sync("ann", "").cursor();
    assertThat(bed.sync("ann", cursor).rows()).isEmpty();
    bed.send("cat", "g:ops", "2");
    assertThat(addresses("ann", bed.sync("ann", cursor))).containsExactly("g:ops");
    restart();
    assertThat(addresses("ann", bed.sync("ann", cursor))).containsExactly("g:ops");
    assertThat(bed.sync("ann", bed.sync("ann", cursor).cursor()).rows()).isEmpty();
  }

  @Test
  void aNewConversationIsToldToBoth() {
    String ann = bed.sync("ann", "").cursor();
    String bob = bed.sync("bob", "").cursor();
    bed.send("ann", "u:bob", "1");
    assertThat(addresses("bob", bed.sync("bob", bob))).containsExactly("u:ann");
    assertThat(addresses("ann", bed.sync("ann", ann))).containsExactly("u:bob");
  }

  @Test
  void whoIsPutOutIsToldSoOnceAndUntilHisCursorCoversIt() {
    bed.create("ann", "g:ops", List.of("bob"), false, false);
    String cursor = bed.sync("bob", "").cursor();
    bed.remove("ann", "g:ops", "bob");
    bed.send("ann", "g:ops", "unseen");
    Answer.SyncPage page = bed.sync("bob", cursor);
    Answer.Row gone = page.rows().getFirst();
    assertThat(gone.gone()).isTrue();
    assertThat(gone.low()).isEqualTo(1);
    assertThat(gone.head()).isEqualTo(2);
    assertThat(seqs(gone.tail())).containsExactly(2L);
    assertThat(bed.sync("bob", page.cursor()).rows()).isEmpty();
    bed.send("ann", "g:ops", "unseen too");
    assertThat(bed.sync("bob", page.cursor()).rows()).isEmpty();
    assertThat(bed.sync("bob", "").rows()).hasSize(1);
  }

  @Test
  void quietComingAndGoingIsToldByRows() {
    bed.create("ann", "g:ops", List.of(), true, true);
    bed.send("ann", "g:ops", "1");
    String cursor = bed.sync("bob", "").cursor();
    bed.join("bob", "g:ops");
    Answer.SyncPage in = bed.sync("bob", cursor);
    assertThat(in.rows().getFirst().low()).isEqualTo(2);
    assertThat(in.rows().getFirst().head()).isEqualTo(1);
    assertThat(in.rows().getFirst().tail()).isEmpty();
    bed.remove("ann", "g:ops", "bob");
    assertThat(bed.sync("bob", in.cursor()).rows().getFirst().gone()).isTrue();
  }

  @Test
  void announcementsAreInEverySync() {
    bed.visit("ann");
    Answer.SyncPage first = bed.sync("ann", "");
    assertThat(addresses("ann", first)).containsExactly("a:all");
    assertThat(addresses("ann", bed.sync("ann", first.cursor()))).containsExactly("a:all");
    bed.send("root", "a:all", "1");
    Answer.Row row = bed.sync("ann", first.cursor()).rows().getFirst();
    assertThat(row.head()).isEqualTo(1);
    assertThat(texts(row.tail())).containsExactly("1");
  }

  @Test
  void aTailHasTheNewestInOrderAndLosesItsOldestFirst() {
    String big = "\"" + "x".repeat(1_000) + "\"";
    for (int i = 0; i < 5; i++) {
      bed.send("ann", "u:bob", big);
    }
    assertThat(seqs(tail(3, 1 << 20))).containsExactly(3L, 4L, 5L);
    assertThat(seqs(tail(20, 1 << 20))).containsExactly(1L, 2L, 3L, 4L, 5L);
    assertThat(tail(0, 1 << 20)).isEmpty();
    assertThat(seqs(tail(5, 2_700))).containsExactly(4L, 5L);
    assertThat(tail(5, 700)).isEmpty();
  }

  private List<Entry> tail(int entries, int bytesMax) {
    return page(new Query.Sync("ann", List.of(), "", entries, 200, "", bytesMax))
        .rows()
        .getFirst()
        .tail();
  }

  @Test
  void pagesFollowOneAnother() {
    for (int i = 0; i < 7; i++) {
      bed.send("ann", "u:user" + i, "1");
    }
    List<String> seen = new ArrayList<>();
    Answer.SyncPage page = page(new Query.Sync("ann", List.of(), "", 1, 3, "", 1 << 20));
    String cursorThen = bed.sync("ann", "").cursor();
    while (!page.next().isEmpty()) {
      assertThat(page.cursor()).isEmpty();
      assertThat(page.rows()).hasSize(3);
      seen.addAll(addresses("ann", page));
      page = page(new Query.Sync("ann", List.of(), "", 1, 3, page.next(), 1 << 20));
    }
    seen.addAll(addresses("ann", page));
    assertThat(seen)
        .containsExactly(
            "u:user6", "u:user5", "u:user4", "u:user3", "u:user2", "u:user1", "u:user0");
    assertThat(page.cursor()).isEqualTo(cursorThen);
  }

  @Test
  void aPageIsCutAtItsBytesButHasAtLeastOneRow() {
    for (int i = 0; i < 4; i++) {
      bed.send("ann", "u:user" + i, "1");
    }
    assertThat(page(new Query.Sync("ann", List.of(), "", 0, 200, "", 1)).rows()).hasSize(1);
    assertThat(page(new Query.Sync("ann", List.of(), "", 0, 200, "", 600)).rows()).hasSize(2);
  }

  @Test
  void whatMovesBetweenTwoPagesIsToldByTheNextSync() {
    for (int i = 0; i < 3; i++) {
      bed.send("ann", "u:user" + i, "1");
    }
    Answer.SyncPage first = page(new Query.Sync("ann", List.of(), "", 1, 2, "", 1 << 20));
    bed.send("user0", "u:ann", "2");
    Answer.SyncPage second =
        page(new Query.Sync("ann", List.of(), "", 1, 2, first.next(), 1 << 20));
    assertThat(addresses("ann", bed.sync("ann", second.cursor()))).contains("u:user0");
  }

  /// A row that moves to the front while the pages are read has a place at their end.
  @Test
  void whatMovesBetweenTwoPagesIsTold() {
    for (int i = 0; i < 4; i++) {
      bed.send("ann", "u:user" + i, "1");
    }
    bed.mark("user0", "u:ann", 0, 1);
    Answer.SyncPage first = page(new Query.Sync("ann", List.of(), "", 1, 2, "", 1 << 20));
    bed.send("user0", "u:ann", "2");
    bed.send("user3", "u:ann", "2");
    Answer.SyncPage second =
        page(new Query.Sync("ann", List.of(), "", 1, 2, first.next(), 1 << 20));
    Answer.SyncPage third =
        page(new Query.Sync("ann", List.of(), "", 1, 2, second.next(), 1 << 20));
    assertThat(addresses("ann", first)).containsExactly("u:user3", "u:user2");
    assertThat(addresses("ann", second)).containsExactly("u:user1", "u:user3");
    assertThat(addresses("ann", third)).containsExactly("u:user0");
    assertThat(third.rows().getFirst().stand().peerRead()).isEqualTo(1);
    assertThat(third.next()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "1-2", "-", "0-0-0-0", "0-0-ä", "0-zzzzzz-zzz", "7-0-zzz"})
  void aCursorThatWasNeverGivenIsRefused(String cursor) {
    bed.send("ann", "u:bob", "1");
    assertThat(refused(bed.read(new Query.Sync("ann", List.of(), cursor, 1, 9, "", 9_999))))
        .isEqualTo(ErrorCode.CURSOR);
  }

  @Test
  void aCursorOutlivesThirtyDaysButNotForty() {
    bed.send("ann", "u:bob", "1");
    String cursor = bed.sync("ann", "").cursor();
    bed.send("bob", "u:ann", "2");
    clock.advance(30 * DAY);
    assertThat(bed.sync("ann", cursor).rows()).hasSize(1);
    clock.advance(10 * DAY);
    assertThat(refused(bed.read(new Query.Sync("ann", List.of(), cursor, 1, 9, "", 9_999))))
        .isEqualTo(ErrorCode.CURSOR);
  }

  /// However the hours fall: as long as a cursor is taken, a departure behind it is told.
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 12, 22, 23})
  void noDepartureIsForgottenBeforeTheCursorsThatPrecedeIt(int hour) {
    clock.advance(hour * 3_600_000L);
    bed.create("ann", "g:ops", List.of("bob"), false, false);
    String cursor = bed.sync("bob", "").cursor();
    bed.remove("ann", "g:ops", "bob");
    boolean taken = true;
    for (int hours = 0; hours < 40 * 24 && taken; hours++) {
      clock.advance(3_600_000);
      Answer answer = bed.read(new Query.Sync("bob", List.of(), cursor, 1, 9, "", 9_999));
      taken = answer instanceof Answer.SyncPage;
      if (answer instanceof Answer.SyncPage page) {
        assertThat(page.rows()).as("after %d hours", hours).hasSize(1);
      }
    }
    assertThat(taken).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "a:b:c", "0-0-0:1", "0-0-0:1:ä", "x:1:1"})
  void aPageThatWasNeverNamedIsRefused(String next) {
    assertThat(refused(bed.read(new Query.Sync("ann", List.of(), "", 1, 9, next, 9_999))))
        .isEqualTo(ErrorCode.BAD_REQUEST);
  }

  @Test
  void aCursorOfWhatALaneWasToldCoversIt() {
    bed.send("ann", "u:bob", "1");
    bed.settle();
    long told = bed.heard(0).getLast().commit();
    String cursor = bed.engine().cursor(told, clock.epochMillis());
    assertThat(bed.sync("ann", cursor).rows()).isEmpty();
    bed.send("ann", "u:bob", "2");
    assertThat(bed.sync("ann", cursor).rows()).hasSize(1);
  }

  /// The promise itself: whatever happens, in whatever order, a user who keeps what he was told
  /// holds after each sync what he would hold had he been there all the time.
  @ParameterizedTest
  @MethodSource("seeds")
  void whoSyncsHoldsWhatWhoWasThereHolds(long seed) {
    new SyncStory(seed).play(storySteps());
  }

  private final class SyncStory extends RandomStory {
    SyncStory(long seed) {
      super(seed, clock);
    }

    @Override
    EngineBed bed() {
      return bed;
    }

    @Override
    void restartEngine() {
      restart();
    }
  }

  private Answer.SyncPage page(Query.Sync query) {
    return (Answer.SyncPage) bed.read(query);
  }

  private static List<String> addresses(String viewer, Answer.SyncPage page) {
    return page.rows().stream().map(row -> row.conversation().id().addressFor(viewer)).toList();
  }
}
