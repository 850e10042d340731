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
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/// What every engine promises of edits and recalls.
public abstract class RevisionContract extends EngineFixture {
  private static final long WINDOW = LIMITS.editSeconds() * 1_000;

  @Test
  void anEditChangesWhatTheMessageSaysAndIsAnEntryItself() {
    bed.send("ann", "u:bob", "1");
    bed.send("bob", "u:ann", "2");
    Answer.Appended edit = done(bed.edit("ann", "u:bob", 1, "9"));
    assertThat(edit.seq()).isEqualTo(3);
    List<Entry> items = bed.all("bob", "u:ann").items();
    assertThat(texts(items)).containsExactly("9", "2", "9");
    assertThat(items.stream().map(Entry::rev)).containsExactly(3L, 0L, 0L);
    assertThat(items.getLast().kind()).isEqualTo(Entry.Kind.EDIT);
    assertThat(items.getLast().ref()).isEqualTo(1);
    assertThat(items.getFirst().tsMillis()).isEqualTo(clock.epochMillis());
    restart();
    assertThat(texts(bed.all("bob", "u:ann").items())).containsExactly("9", "2", "9");
  }

  @Test
  void onlyTheNewestEditSaysWhatTheMessageSays() {
    bed.send("ann", "u:bob", "1");
    bed.edit("ann", "u:bob", 1, "2");
    bed.edit("ann", "u:bob", 1, "3");
    assertThat(texts(bed.all("bob", "u:ann").items())).containsExactly("3", "", "3");
    assertThat(bed.all("bob", "u:ann").items().getFirst().rev()).isEqualTo(3);
  }

  @Test
  void aRecallLeavesNothingToRead() {
    bed.send("ann", "u:bob", "1");
    bed.edit("ann", "u:bob", 1, "2");
    Answer.Appended recall = done(bed.recall("ann", "u:bob", 1));
    assertThat(recall.seq()).isEqualTo(3);
    for (int i = 0; i < 2; i++) {
      List<Entry> items = bed.all("bob", "u:ann").items();
      assertThat(texts(items)).containsExactly("", "", "");
      assertThat(items.getFirst().voidBy()).isEqualTo(Entry.VoidBy.RECALL);
      assertThat(items.getFirst().rev()).isEqualTo(3);
      assertThat(items.getLast().kind()).isEqualTo(Entry.Kind.RECALL);
      assertThat(items.getLast().ref()).isEqualTo(1);
      assertThat(seqs(items)).containsExactly(1L, 2L, 3L);
      assertThat(texts(tail("bob", 20))).containsExactly("", "", "");
      restart();
    }
  }

  private List<Entry> tail(String user, int entries) {
    Answer.SyncPage page =
        (Answer.SyncPage) bed.read(new Query.Sync(user, List.of(), "", entries, 9, "", 1 << 20));
    return page.rows().getFirst().tail();
  }

  @Test
  void everybodyIsToldTheNewTextAtOnce() {
    bed.send("ann", "u:bob", "1");
    bed.edit("ann", "u:bob", 1, "2");
    bed.recall("ann", "u:bob", 1);
    bed.settle();
    List<Entry> told =
        bed.committed().stream().map(each -> ((Committed.Appended) each).entry()).toList();
    assertThat(texts(told)).containsExactly("1", "2", "");
    assertThat(told.stream().map(Entry::ref)).containsExactly(0L, 1L, 1L);
  }

  @Test
  void whatIsRecalledInTheSameBatchIsGoneToo() {
    bed.submit(ticket -> send(ticket, ""));
    bed.submit(ticket -> send(ticket, "c"));
    bed.editing("ann", "u:bob", "", 1, "3");
    Ask first = bed.recalling("ann", "u:bob", "", 1);
    Ask second = bed.recalling("ann", "u:bob", "", 2);
    assertThat(done(first.answer()).seq()).isEqualTo(4);
    assertThat(done(second.answer()).seq()).isEqualTo(5);
    assertThat(texts(bed.all("bob", "u:ann").items())).containsExactly("", "", "", "", "");
  }

  private static Change send(Ticket ticket, String cid) {
    return new Change.Append(ticket, id("ann", "u:bob"), "ann", cid, Payload.of("1"), false);
  }

  @Test
  void onlyTheAuthorEditsAndRecalls() {
    bed.send("ann", "u:bob", "1");
    assertThat(refused(bed.edit("bob", "u:ann", 1, "2"))).isEqualTo(ErrorCode.FORBIDDEN);
    assertThat(refused(bed.recall("bob", "u:ann", 1))).isEqualTo(ErrorCode.FORBIDDEN);
    assertThat(texts(bed.all("bob", "u:ann").items())).containsExactly("1");
  }

  @Test
  void whoLeadsAGroupRecallsWhatOthersWroteAndEditsNothing() {
    bed.create("ann", "g:ops", List.of("bob", "cat"), false, false);
    bed.send("bob", "g:ops", "1");
    assertThat(refused(bed.edit("ann", "g:ops", 2, "9"))).isEqualTo(ErrorCode.FORBIDDEN);
    assertThat(refused(bed.recall("cat", "g:ops", 2))).isEqualTo(ErrorCode.FORBIDDEN);
    clock.advance(WINDOW + 1);
    assertThat(refused(bed.recall("bob", "g:ops", 2))).isEqualTo(ErrorCode.TOO_LATE);
    assertThat(done(bed.recall("ann", "g:ops", 2)).seq()).isEqualTo(3);
    assertThat(texts(bed.all("cat", "g:ops").items())).containsExactly("", "", "");
  }

  @Test
  void aBackendRecallsAnything() {
    bed.send("ann", "u:bob", "1");
    clock.advance(2 * WINDOW);
    Answer recall =
        bed.change(
            ticket -> new Change.Recall(ticket, id("ann", "u:bob"), "server", "", "", 1, true));
    assertThat(done(recall).seq()).isEqualTo(2);
    assertThat(texts(bed.all("bob", "u:ann").items())).containsExactly("", "");
  }

  @Test
  void afterAWhileItIsTooLate() {
    bed.send("ann", "u:bob", "1");
    clock.advance(WINDOW);
    assertThat(done(bed.edit("ann", "u:bob", 1, "2")).seq()).isEqualTo(2);
    clock.advance(1);
    assertThat(refused(bed.edit("ann", "u:bob", 1, "3"))).isEqualTo(ErrorCode.TOO_LATE);
    assertThat(refused(bed.recall("ann", "u:bob", 1))).isEqualTo(ErrorCode.TOO_LATE);
    assertThat(texts(bed.all("ann", "u:bob").items())).containsExactly("2", "2");
  }

  @Test
  void whatWasRecalledIsNeitherEditedNorRecalledAgain() {
    bed.send("ann", "u:bob", "1");
    bed.recall("ann", "u:bob", 1);
    assertThat(refused(bed.edit("ann", "u:bob", 1, "2"))).isEqualTo(ErrorCode.TOO_LATE);
    assertThat(refused(bed.recall("ann", "u:bob", 1))).isEqualTo(ErrorCode.TOO_LATE);
    assertThat(bed.all("ann", "u:bob").head()).isEqualTo(2);
  }

  @Test
  void onlyMessagesAreRevised() {
    bed.create("ann", "g:ops", List.of("bob"), false, false);
    bed.send("ann", "g:ops", "1");
    bed.edit("ann", "g:ops", 2, "2");
    for (long seq : new long[] {1, 3, 4, 99}) {
      assertThat(refused(bed.edit("ann", "g:ops", seq, "9"))).isEqualTo(ErrorCode.NOT_FOUND);
      assertThat(refused(bed.recall("ann", "g:ops", seq))).isEqualTo(ErrorCode.NOT_FOUND);
    }
    assertThat(refused(bed.edit("ann", "u:nobody", 1, "9"))).isEqualTo(ErrorCode.NOT_FOUND);
    assertThat(refused(bed.recall("ann", "g:absent", 1))).isEqualTo(ErrorCode.NOT_FOUND);
    assertThat(bed.sync("ann", "").rows()).as("nothing was begun").hasSize(1);
  }

  /// What one may not see is as if it were not there, also when one wrote it.
  @Test
  void whatLiesBeforeMyMembershipIsNotMineToRevise() {
    bed.create("ann", "g:ops", List.of("bob"), true, false);
    bed.send("bob", "g:ops", "1");
    bed.leave("bob", "g:ops");
    assertThat(refused(bed.recall("bob", "g:ops", 2))).isEqualTo(ErrorCode.NOT_MEMBER);
    bed.join("bob", "g:ops");
    assertThat(refused(bed.recall("bob", "g:ops", 2))).isEqualTo(ErrorCode.NOT_FOUND);
    assertThat(refused(bed.recall("dan", "g:ops", 2))).isEqualTo(ErrorCode.NOT_MEMBER);
    bed.create("ann", "g:closed", List.of(), false, false);
    bed.send("ann", "g:closed", "1");
    assertThat(refused(bed.recall("dan", "g:closed", 2)))
        .isEqualTo(refused(bed.recall("dan", "g:absent", 2)));
  }

  @Test
  void anotherEpochTouchesNothing() {
    String epoch = bed.send("ann", "u:bob", "1").conversation().epoch();
    Answer other =
        bed.change(ticket ->
            new Change.Edit(
                ticket, id("ann", "u:bob"), "ann", "", "other", 1, Payload.of("2"), false));
    assertThat(other).isEqualTo(new Answer.OtherEpoch(epoch, 1, 1));
    Answer same =
        bed.change(
            ticket -> new Change.Recall(ticket, id("ann", "u:bob"), "ann", "", epoch, 1, false));
    assertThat(done(same).seq()).isEqualTo(2);
  }

  @Test
  void aRepeatIsAnsweredAndNotDone() {
    bed.send("ann", "u:bob", "1");
    Answer.Appended edit = done(bed.editing("ann", "u:bob", "c", 1, "2").answer());
    Answer.Appended again = done(bed.editing("ann", "u:bob", "c", 1, "2").answer());
    assertThat(again.duplicate()).isTrue();
    assertThat(again.seq()).isEqualTo(edit.seq()).isEqualTo(2);
    bed.recalling("ann", "u:bob", "d", 1).answer();
    restart();
    clock.advance(2 * WINDOW);
    assertThat(done(bed.editing("ann", "u:bob", "c", 1, "2").answer()).duplicate()).isTrue();
    assertThat(done(bed.recalling("ann", "u:bob", "d", 1).answer()).duplicate()).isTrue();
    assertThat(refused(bed.editing("ann", "u:bob", "c", 1, "3").answer())).isEqualTo(ErrorCode.CID);
    assertThat(refused(bed.recalling("ann", "u:bob", "c", 1).answer())).isEqualTo(ErrorCode.CID);
    assertThat(refused(bed.sendWith("ann", "u:bob", "c", "2"))).isEqualTo(ErrorCode.CID);
    assertThat(bed.all("ann", "u:bob").head()).isEqualTo(3);
  }

  /// ADR 10: the row of a message is what a repeat is held against, changed or not.
  @Test
  void aRepeatOfWhatWasRevisedSinceIsStillARepeat() {
    bed.sendWith("ann", "u:bob", "c", "1");
    bed.sendWith("ann", "u:bob", "d", "2");
    bed.edit("ann", "u:bob", 1, "9");
    bed.recall("ann", "u:bob", 2);
    for (int i = 0; i < 2; i++) {
      assertThat(done(bed.sendWith("ann", "u:bob", "c", "1")).seq()).isEqualTo(1);
      assertThat(done(bed.sendWith("ann", "u:bob", "d", "2")).seq()).isEqualTo(2);
      assertThat(refused(bed.sendWith("ann", "u:bob", "c", "9"))).isEqualTo(ErrorCode.CID);
      restart();
    }
  }

  @Test
  void aRepeatOfWhatWasRevisedAndFiledIsStillARepeat() {
    bed.sendWith("ann", "u:bob", "c", "1");
    bed.sendWith("ann", "u:bob", "d", "2");
    bed.recall("ann", "u:bob", 1);
    bed.edit("ann", "u:bob", 2, "9");
    for (int i = 0; i < Marks.RECENT_ENTRIES_MAX + Marks.FILED_ENTRIES; i++) {
      bed.sending("bob", "u:ann", "", "1");
      if (i % Marks.FILED_ENTRIES == 0) {
        bed.settle();
      }
    }
    restart();
    assertThat(done(bed.sendWith("ann", "u:bob", "c", "1")).seq()).isEqualTo(1);
    assertThat(done(bed.sendWith("ann", "u:bob", "d", "2")).seq()).isEqualTo(2);
  }

  @Test
  void revisionsAreNoMessages() {
    bed.send("ann", "u:bob", "1");
    bed.edit("ann", "u:bob", 1, "2");
    bed.recall("ann", "u:bob", 1);
    bed.send("ann", "u:bob", "3");
    assertThat(bed.all("ann", "u:bob").items().stream().map(Entry::messages))
        .containsExactly(1L, 1L, 1L, 2L);
  }

  @Test
  void aRevisionMovesTheConversation() {
    bed.send("ann", "u:bob", "1");
    String cursor = bed.sync("bob", "").cursor();
    bed.edit("ann", "u:bob", 1, "2");
    Answer.Row row = bed.sync("bob", cursor).rows().getFirst();
    assertThat(row.head()).isEqualTo(2);
    assertThat(texts(row.tail())).containsExactly("2");
  }

  @Test
  void announcementsAndTopicsAreRevisedToo() {
    bed.visit("bob");
    bed.send("root", "a:all", "1");
    bed.edit("root", "a:all", 1, "2");
    assertThat(texts(bed.all("bob", "a:all").items())).containsExactly("2", "2");
    bed.send("root", "t:news", "1");
    bed.recall("root", "t:news", 1);
    Answer news =
        bed.read(
            new Query.History(
                id("bob", "t:news"),
                "bob",
                "",
                OptionalLong.of(0),
                OptionalLong.empty(),
                9,
                9_999,
                true));
    assertThat(texts(page(news).items())).containsExactly("", "");
  }

  @Test
  void aPageHoldsWhatItsEditsSay() {
    String big = "\"" + "x".repeat(1_000) + "\"";
    bed.send("ann", "u:bob", "1");
    bed.edit("ann", "u:bob", 1, big);
    Answer cut =
        bed.read(
            new Query.History(
                id("ann", "u:bob"),
                "ann",
                "",
                OptionalLong.of(0),
                OptionalLong.empty(),
                9,
                1_500,
                false));
    assertThat(seqs(page(cut).items())).containsExactly(1L);
    assertThat(page(cut).more()).isTrue();
  }
}
