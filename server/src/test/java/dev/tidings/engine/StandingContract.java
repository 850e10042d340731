package dev.tidings.engine;

import static dev.tidings.engine.EngineBed.done;
import static dev.tidings.engine.EngineBed.id;
import static dev.tidings.engine.EngineBed.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.engine.EngineBed.Ask;
import dev.tidings.protocol.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What every engine promises of marks, unread counts, mentions and wishes.
public abstract class StandingContract extends EngineFixture {
  // ---- Marks ------------------------------------------------------------------------------------

  @Test
  void aMarkOnlyRisesAndIsCutToTheHead() {
    bed.send("ann", "u:bob", "1");
    bed.send("ann", "u:bob", "2");
    bed.send("ann", "u:bob", "3");
    assertThat(bed.mark("bob", "u:ann", 2, 1)).isEqualTo(new Answer.Marked(2, 1));
    assertThat(bed.mark("bob", "u:ann", 1, 0)).isEqualTo(new Answer.Marked(2, 1));
    assertThat(bed.mark("bob", "u:ann", 99, 2)).isEqualTo(new Answer.Marked(3, 2));
    assertThat(bed.mark("bob", "u:ann", 0, 99)).isEqualTo(new Answer.Marked(3, 3));
  }

  @Test
  void whoHasReadHasGot() {
    bed.send("ann", "u:bob", "1");
    assertThat(bed.read("bob", "u:ann", 1)).isEqualTo(new Answer.Marked(1, 1));
  }

  @Test
  void bothSeeTheMarksInTheirRows() {
    bed.send("ann", "u:bob", "1");
    bed.send("bob", "u:ann", "2");
    bed.mark("bob", "u:ann", 2, 1);
    for (int i = 0; i < 2; i++) {
      Answer.Stand bob = bed.row("bob", "u:ann").stand();
      assertThat(bob.got()).isEqualTo(2);
      assertThat(bob.read()).isEqualTo(1);
      assertThat(bob.peerGot()).isZero();
      Answer.Stand ann = bed.row("ann", "u:bob").stand();
      assertThat(ann.got()).isZero();
      assertThat(ann.peerGot()).isEqualTo(2);
      assertThat(ann.peerRead()).isEqualTo(1);
      restart();
    }
  }

  @Test
  void aMarkIsToldOnceAndOnlyIfItRises() {
    bed.send("ann", "u:bob", "1");
    Ask first = bed.marking("bob", "u:ann", 0, 1);
    first.answer();
    bed.read("bob", "u:ann", 1);
    bed.settle();
    assertThat(bed.committed()).hasSize(2);
    assertThat(bed.committed().getLast())
        .isInstanceOfSatisfying(
            Committed.Marked.class,
            told -> {
              assertThat(told.user()).isEqualTo("bob");
              assertThat(told.read()).isEqualTo(1);
              assertThat(told.toAll()).isTrue();
              assertThat(told.by()).isSameAs(first);
            });
  }

  /// It is kept with what comes next, and its number with it.
  @Test
  void aMarkAloneTakesNoCommitNumberAndIsReportedAllTheSame() {
    bed.send("ann", "u:bob", "1");
    String ann = bed.sync("ann", "").cursor();
    String bob = bed.sync("bob", "").cursor();
    long commit = bed.engine().commit();
    bed.read("bob", "u:ann", 1);
    assertThat(bed.engine().commit()).isEqualTo(commit + (numbersAll() ? 1 : 0));
    assertThat(addresses("ann", bed.sync("ann", ann))).containsExactly("u:bob");
    assertThat(addresses("bob", bed.sync("bob", bob))).containsExactly("u:ann");
    restart();
    assertThat(bed.sync("ann", ann).rows().getFirst().stand().peerRead()).isEqualTo(1);
    bed.send("cat", "u:dan", "2");
    String later = bed.sync("ann", "").cursor();
    assertThat(bed.sync("ann", later).rows()).isEmpty();
  }

  @Test
  void marksDoNotChangeTheOrderOfConversations() {
    bed.send("ann", "u:bob", "1");
    bed.send("ann", "u:cat", "2");
    bed.read("ann", "u:bob", 1);
    assertThat(addresses("ann", bed.sync("ann", ""))).containsExactly("u:cat", "u:bob");
  }

  @Test
  void membersOfASmallGroupSeeEachOthersMarks() {
    bed.create("ann", "g:ops", List.of("bob"), false, false);
    bed.send("ann", "g:ops", "1");
    bed.mark("bob", "g:ops", 2, 1);
    Answer.MembersPage page =
        (Answer.MembersPage) bed.read(new Query.Members(id("ann", "g:ops"), "ann", "", 9, false));
    assertThat(page.members())
        .containsExactly(
            new Answer.Member("ann", "owner", 0, 0), new Answer.Member("bob", "member", 2, 1));
    String cursor = bed.sync("ann", "").cursor();
    bed.read("bob", "g:ops", 2);
    assertThat(bed.sync("ann", cursor).rows()).as("others' marks move no row").isEmpty();
  }

  @Test
  void whoMayNotReadMarksNothing() {
    bed.create("ann", "g:ops", List.of("bob"), false, false);
    bed.send("ann", "g:ops", "1");
    assertThat(refused(bed.read("cat", "g:ops", 1)))
        .isEqualTo(refused(bed.read("cat", "g:absent", 1)))
        .isEqualTo(ErrorCode.NOT_FOUND);
    assertThat(refused(bed.read("cat", "a:all", 1))).isEqualTo(ErrorCode.NOT_FOUND);
    assertThat(bed.read("cat", "u:ann", 1)).isEqualTo(new Answer.Marked(0, 0));
    assertThat(bed.sync("cat", "").rows()).isEmpty();
    bed.remove("ann", "g:ops", "bob");
    bed.send("ann", "g:ops", "2");
    assertThat(bed.read("bob", "g:ops", 99))
        .as("his stretch ends")
        .isEqualTo(new Answer.Marked(3, 3));
  }

  @Test
  void aMarkOfAnotherEpochCountsNothing() {
    String epoch = bed.send("ann", "u:bob", "1").conversation().epoch();
    Answer other =
        bed.change(ticket -> new Change.Mark(ticket, id("bob", "u:ann"), "bob", "other", 1, 1));
    assertThat(other).isEqualTo(new Answer.OtherEpoch(epoch, 1, 1));
    assertThat(bed.row("bob", "u:ann").stand().read()).isZero();
  }

  // ---- Unread -----------------------------------------------------------------------------------

  @Test
  void unreadCountsMessagesAboveMyMark() {
    bed.create("ann", "g:ops", List.of("bob"), false, false);
    bed.send("ann", "g:ops", "1"); // 2
    bed.edit("ann", "g:ops", 2, "9"); // 3
    bed.add("ann", "g:ops", "cat"); // 4
    bed.send("ann", "g:ops", "2"); // 5
    bed.send("bob", "g:ops", "3"); // 6
    assertThat(unread("bob", "g:ops")).isEqualTo(3);
    assertThat(unread("cat", "g:ops")).as("since she is in").isEqualTo(2);
    bed.read("bob", "g:ops", 1);
    assertThat(unread("bob", "g:ops")).isEqualTo(3);
    bed.read("bob", "g:ops", 2);
    assertThat(unread("bob", "g:ops")).isEqualTo(2);
    bed.read("bob", "g:ops", 4);
    assertThat(unread("bob", "g:ops")).isEqualTo(2);
    bed.read("bob", "g:ops", 5);
    assertThat(unread("bob", "g:ops")).isEqualTo(1);
    restart();
    assertThat(unread("bob", "g:ops")).isEqualTo(1);
    bed.read("bob", "g:ops", 6);
    assertThat(unread("bob", "g:ops")).isZero();
  }

  @Test
  void unreadEndsWithMyStretch() {
    bed.create("ann", "g:ops", List.of("bob"), false, false);
    bed.send("ann", "g:ops", "1");
    bed.remove("ann", "g:ops", "bob");
    bed.send("ann", "g:ops", "2");
    assertThat(unread("bob", "g:ops")).isEqualTo(1);
  }

  @Test
  void aMarkInTheBatchOfItsMessageCountsIt() {
    bed.sending("ann", "u:bob", "", "1");
    bed.sending("ann", "u:bob", "", "2");
    bed.sending("ann", "u:bob", "", "3");
    bed.marking("bob", "u:ann", 0, 2);
    bed.settle();
    assertThat(unread("bob", "u:ann")).isEqualTo(1);
  }

  @Test
  void announcementsBeforeMyFirstVisitAreRead() {
    bed.send("root", "a:all", "1");
    bed.send("root", "a:all", "2");
    bed.visit("ann");
    assertThat(unread("ann", "a:all")).isZero();
    assertThat(bed.row("ann", "a:all").stand().read()).isEqualTo(2);
    bed.send("root", "a:all", "3");
    assertThat(unread("ann", "a:all")).isEqualTo(1);
    bed.visit("bob");
    bed.send("root", "a:all", "4");
    assertThat(unread("bob", "a:all")).isEqualTo(1);
  }

  @Test
  void anEmptyConversationHasNothingUnread() {
    bed.visit("ann");
    assertThat(unread("ann", "a:all")).isZero();
    bed.create("bob", "g:quiet", List.of(), true, true);
    bed.send("bob", "g:quiet", "1");
    bed.join("ann", "g:quiet");
    assertThat(unread("ann", "g:quiet")).isZero();
    bed.send("bob", "g:quiet", "2");
    assertThat(unread("ann", "g:quiet")).isEqualTo(1);
  }

  private long unread(String user, String in) {
    return bed.row(user, in).stand().unread();
  }

  // ---- Mentions ---------------------------------------------------------------------------------

  @Test
  void aMentionIsShownAndCountedForThoseItNames() {
    bed.create("ann", "g:ops", List.of("bob", "cat"), false, false);
    bed.mention("ann", "g:ops", "1", "bob", "bob", "ann", "stranger");
    bed.mention("cat", "g:ops", "2", "bob");
    List<Entry> items = bed.all("cat", "g:ops").items();
    assertThat(items.get(1).mention()).containsExactly("bob", "bob", "ann", "stranger");
    assertThat(items.get(2).mention()).containsExactly("bob");
    assertThat(mentions("bob", "g:ops")).isEqualTo(2);
    assertThat(mentions("cat", "g:ops")).isZero();
    assertThat(mentions("ann", "g:ops")).as("his own").isZero();
    bed.read("bob", "g:ops", 2);
    restart();
    assertThat(mentions("bob", "g:ops")).isEqualTo(1);
    bed.read("bob", "g:ops", 3);
    assertThat(mentions("bob", "g:ops")).isZero();
    bed.add("ann", "g:ops", "stranger");
    assertThat(mentions("stranger", "g:ops")).as("before he was in").isZero();
  }

  @Test
  void whatIsTakenBackMentionsNobody() {
    bed.mention("ann", "u:bob", "1", "bob");
    bed.mention("ann", "u:bob", "2", "bob");
    bed.edit("ann", "u:bob", 1, "9");
    assertThat(mentions("bob", "u:ann")).isEqualTo(2);
    assertThat(bed.all("bob", "u:ann").items().getFirst().mention()).containsExactly("bob");
    bed.recall("ann", "u:bob", 1);
    assertThat(mentions("bob", "u:ann")).isEqualTo(1);
    assertThat(bed.all("bob", "u:ann").items().getFirst().mention()).isEmpty();
  }

  @Test
  void mentionsAreBounded() {
    for (int i = 0; i < Standing.MENTIONS_MAX + 20; i++) {
      bed.mention("ann", "u:bob", "1", "bob");
    }
    assertThat(mentions("bob", "u:ann")).isEqualTo(Standing.MENTIONS_MAX);
    bed.read("bob", "u:ann", Standing.MENTIONS_MAX);
    assertThat(mentions("bob", "u:ann")).isEqualTo(20);
  }

  private int mentions(String user, String in) {
    return bed.row(user, in).stand().mentions();
  }

  // ---- Wishes -----------------------------------------------------------------------------------

  @Test
  void aMuteIsKeptAndReportedToMyOtherDevices() {
    bed.create("ann", "g:ops", List.of("bob"), false, false);
    String cursor = bed.sync("bob", "").cursor();
    String ann = bed.sync("ann", "").cursor();
    assertThat(bed.mute("bob", "g:ops", Long.MAX_VALUE)).isEqualTo(new Answer.Done());
    restart();
    assertThat(bed.sync("bob", cursor).rows().getFirst().stand().muteUntilMillis())
        .isEqualTo(Long.MAX_VALUE);
    assertThat(bed.sync("ann", ann).rows()).isEmpty();
    bed.mute("bob", "g:ops", 77);
    assertThat(bed.row("bob", "g:ops").stand().muteUntilMillis()).isEqualTo(77);
    bed.mute("bob", "g:ops", 0);
    assertThat(bed.row("bob", "g:ops").stand().muteUntilMillis()).isZero();
    assertThat(refused(bed.mute("cat", "g:ops", 1))).isEqualTo(ErrorCode.NOT_FOUND);
    assertThat(refused(bed.mute("cat", "g:absent", 1))).isEqualTo(ErrorCode.NOT_FOUND);
  }

  @Test
  void whoIsBlockedCannotSend() {
    bed.send("bob", "u:ann", "1");
    bed.block("ann", "u:bob", true);
    for (int i = 0; i < 2; i++) {
      assertThat(refused(bed.sendWith("bob", "u:ann", "", "2"))).isEqualTo(ErrorCode.FORBIDDEN);
      assertThat(refused(bed.edit("bob", "u:ann", 1, "2"))).isEqualTo(ErrorCode.FORBIDDEN);
      assertThat(refused(bed.signalling("bob", "u:ann", "2").answer()))
          .isEqualTo(ErrorCode.FORBIDDEN);
      assertThat(bed.row("ann", "u:bob").stand().blocks()).isTrue();
      assertThat(bed.row("bob", "u:ann").stand().blocks()).isFalse();
      restart();
    }
    bed.send("ann", "u:bob", "3");
    assertThat(done(bed.recall("bob", "u:ann", 1)).seq())
        .as("taking back is no message")
        .isEqualTo(3);
    bed.block("ann", "u:bob", false);
    assertThat(bed.send("bob", "u:ann", "4").seq()).isEqualTo(4);
  }

  @Test
  void aBlockBeforeTheFirstMessageIsSeenByNobodyElse() {
    String ann = bed.sync("ann", "").cursor();
    bed.block("ann", "u:bob", true);
    assertThat(addresses("ann", bed.sync("ann", ann))).containsExactly("u:bob");
    assertThat(bed.sync("bob", "").rows()).isEmpty();
    assertThat(refused(bed.sendWith("bob", "u:ann", "", "1"))).isEqualTo(ErrorCode.FORBIDDEN);
    assertThat(bed.sync("bob", "").rows()).isEmpty();
    bed.block("cat", "u:dan", false);
    assertThat(bed.sync("cat", "").rows()).as("nothing to undo").isEmpty();
    assertThat(refused(bed.block("ann", "u:ann", true))).isEqualTo(ErrorCode.BAD_REQUEST);
  }

  @Test
  void aWishIsToldToOnesOwn() {
    bed.send("ann", "u:bob", "1");
    bed.block("ann", "u:bob", true);
    bed.block("ann", "u:bob", true);
    bed.settle();
    assertThat(bed.committed()).hasSize(2);
    assertThat(bed.committed().getLast())
        .isInstanceOfSatisfying(
            Committed.Preferred.class,
            told -> {
              assertThat(told.user()).isEqualTo("ann");
              assertThat(told.blocks()).isTrue();
            });
  }

  // ---- What has moved ---------------------------------------------------------------------------

  /// A sync looks only at what has moved since its cursor, before and after a restart.
  @Test
  void everyCursorFindsWhatMovedBehindIt() {
    List<String> cursors = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      cursors.add(bed.sync("ann", "").cursor());
      if (i == 3) {
        restart();
      }
      switch (i % 3) {
        case 0 -> bed.send("user" + i, "u:ann", "1");
        case 1 -> bed.create("user" + i, "g:" + i, List.of("ann"), false, false);
        default -> bed.mute("ann", "u:user" + (i - 2), i);
      }
    }
    List<List<String>> found =
        cursors.stream().map(cursor -> addresses("ann", bed.sync("ann", cursor))).toList();
    assertThat(found.get(0)).containsExactly("g:4", "u:user3", "g:1", "u:user0");
    assertThat(found.get(1)).containsExactly("g:4", "u:user3", "g:1", "u:user0");
    assertThat(found.get(2)).containsExactly("g:4", "u:user3", "u:user0");
    assertThat(found.get(3)).containsExactly("g:4", "u:user3");
    assertThat(found.get(4)).containsExactly("g:4", "u:user3");
    assertThat(found.get(5)).containsExactly("u:user3");
    assertThat(bed.sync("ann", bed.sync("ann", "").cursor()).rows()).isEmpty();
  }

  private static List<String> addresses(String viewer, Answer.SyncPage page) {
    return page.rows().stream().map(row -> row.conversation().id().addressFor(viewer)).toList();
  }

  @Test
  void aGroupOfManyIsNotToldOfMarks() {
    bed.create("ann", "g:ops", List.of("bob"), false, false);
    assertThat(told("bob", "g:ops", 1)).isTrue();
    assertThat(EngineLimits.INTIMATES_MAX).isGreaterThan(LIMITS.groupMembersMax());
    bed.visit("ann");
    bed.send("root", "a:all", "1");
    assertThat(told("ann", "a:all", 1)).isFalse();
    assertThat(IntStream.range(0, 3).mapToObj(i -> bed.read("ann", "a:all", 1)))
        .containsOnly(new Answer.Marked(1, 1));
  }

  private boolean told(String user, String in, long seq) {
    bed.read(user, in, seq);
    bed.settle();
    return ((Committed.Marked) bed.committed().getLast()).toAll();
  }
}
