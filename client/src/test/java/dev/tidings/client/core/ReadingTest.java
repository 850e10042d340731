package dev.tidings.client.core;

import static dev.tidings.client.core.Story.item;
import static dev.tidings.client.core.Story.items;
import static dev.tidings.client.core.Story.msg;
import static dev.tidings.client.core.Story.page;
import static dev.tidings.client.core.Story.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.client.json.Json;
import dev.tidings.client.model.ClientOptions;
import dev.tidings.client.model.Gap;
import dev.tidings.client.model.Position;
import dev.tidings.client.model.Positions;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The client rule and the table of docs/protocol.md §8.
class ReadingTest {
  private static final String OPS = "g:ops";

  @Test
  void liveEntriesAreHandedOverInOrder() {
    Story story = new Story();
    var server = story.live(row(OPS, "e1", 1, 0));

    server.says(msg(OPS, 1) + "\n" + msg(OPS, 2));
    server.says(msg(OPS, 3));

    assertThat(story.heard(OPS)).containsExactly(1L, 2L, 3L);
    assertThat(story.entries()).allSatisfy(entry -> assertThat(entry.epoch()).isEqualTo("e1"));
  }

  @Test
  void anEntryThatComesTwiceIsHandedOverOnce() {
    Story story = new Story();
    var server = story.live(row(OPS, "e1", 1, 0));

    server.says(msg(OPS, 1));
    server.says(msg(OPS, 1));

    assertThat(story.heard(OPS)).containsExactly(1L);
  }

  @Test
  void liveEntriesWaitForTheSyncReply() {
    Story story = new Story();
    var server = story.welcomed();
    Json.Obj sync = server.next("sync");

    server.says(msg(OPS, 8));
    assertThat(story.heard(OPS)).isEmpty();
    server.ok(
        sync,
        "\"cursor\":\"k\",\"convs\":[{\"in\":\"g:ops\",\"epoch\":\"e1\",\"low\":1,"
            + "\"head\":7,\"tail\":"
            + items(6, 7)
            + "}]");
    server.ok(server.next("history"), page("e1", 1, 8, 1, 5));

    assertThat(story.heard(OPS)).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
  }

  @Test
  void aConversationOfWhichNothingIsHeldBeginsWithItsNewestEntries() {
    Story story = new Story(ClientOptions.ofUser("alice").withFirstEntries(2));

    story.live(
        "{\"in\":\"g:ops\",\"epoch\":\"e1\",\"low\":1,\"head\":70,\"tail\":" + items(66, 70) + "}");

    assertThat(story.heard(OPS)).containsExactly(69L, 70L);
  }

  @Test
  void aHoleIsRepairedFromHistory() {
    Story story = new Story();
    var server = story.live(row(OPS, "e1", 1, 0));

    server.says(msg(OPS, 1));
    server.says(msg(OPS, 4));
    Json.Obj history = server.next("history");
    server.says(msg(OPS, 5));
    assertThat(story.heard(OPS)).containsExactly(1L);
    server.ok(history, page("e1", 1, 5, 2, 3));

    assertThat(story.entries())
        .allSatisfy(entry -> assertThat(entry.unit().string("in")).contains(OPS));
    assertThat(history.string("epoch")).contains("e1");
    assertThat(history.number("after")).hasValue(1);
    assertThat(story.heard(OPS)).containsExactly(1L, 2L, 3L, 4L, 5L);
    assertThat(story.gaps()).isEmpty();
    assertThat(server.isQuiet()).isTrue();
  }

  @Test
  void historyComesPageByPage() {
    Story story =
        new Story(ClientOptions.ofUser("alice").withFirstEntries(ClientOptions.ALL_ENTRIES));
    var server = story.live(row(OPS, "e1", 1, 5));

    server.ok(server.next("history"), page("e1", 1, 5, 1, 2));
    server.ok(server.next("history"), page("e1", 1, 5, 3, 4));
    server.ok(server.next("history"), page("e1", 1, 5, 5, 5));

    assertThat(story.heard(OPS)).containsExactly(1L, 2L, 3L, 4L, 5L);
    assertThat(server.isQuiet()).isTrue();
  }

  @Test
  void syncComesPageByPageAndHoldsBackWhatIsInNoPageYet() {
    Story story = new Story();
    var server = story.welcomed();
    Json.Obj first = server.next("sync");
    server.says(msg("u:bob", 1));
    server.says(msg(OPS, 1));

    server.ok(first, "\"next\":\"p2\",\"convs\":[" + row(OPS, "e1", 1, 1) + "]");
    Json.Obj second = server.next("sync");
    assertThat(story.heard(OPS)).containsExactly(1L);
    assertThat(story.heard("u:bob")).isEmpty();
    server.ok(second, "\"cursor\":\"k9\",\"convs\":[" + row("u:bob", "e2", 1, 1) + "]");

    assertThat(second.string("next")).contains("p2");
    assertThat(story.heard("u:bob")).containsExactly(1L);
    assertThat(story.positions.cursor()).contains("k9");
  }

  @Test
  void aNewConversationAsksWhereItBegins() {
    Story story = new Story();
    var server = story.live("");

    server.says(msg("g:new", 12));
    Json.Obj history = server.next("history");
    assertThat(story.heard("g:new")).isEmpty();
    server.ok(history, page("e5", 11, 12, 11, 12));

    assertThat(story.heard("g:new")).containsExactly(11L, 12L);
    assertThat(story.gaps()).isEmpty();
  }

  @Test
  void whatWasTrimmedIsReportedAsAGap() {
    Story story = new Story(ClientOptions.ofUser("alice").withFirstEntries(0));
    var server = story.live(row(OPS, "e1", 1, 3));
    server.breaks();

    var again = story.comesBack();
    story.synced(again, row(OPS, "e1", 9, 9));
    again.ok(again.next("history"), page("e1", 9, 9, 9, 9));

    assertThat(story.gaps()).containsExactly(new Gap.Trimmed(OPS, "e1", 3, 9));
    assertThat(story.heard(OPS)).endsWith(9L);
  }

  @Test
  void whoJoinsAgainBeginsANewStretch() {
    Story story = new Story();
    var server = story.live(row(OPS, "e1", 1, 0));
    server.says(msg(OPS, 1));

    server.says(msg(OPS, 20));
    server.ok(server.next("history"), page("e1", 20, 20, 20, 20));

    assertThat(story.heard(OPS)).containsExactly(1L, 20L);
    assertThat(story.gaps()).containsExactly(new Gap.Trimmed(OPS, "e1", 1, 20));
  }

  @Test
  void anotherEpochAfterAReturnBeginsAnew() {
    Story story = new Story(ClientOptions.ofUser("alice").withFirstEntries(1));
    var server = story.live(row(OPS, "e1", 1, 0));
    server.says(msg(OPS, 1));
    server.breaks();

    var again = story.comesBack();
    again.says(msg(OPS, 2));
    story.synced(again, row(OPS, "e2", 1, 1));
    again.ok(again.next("history"), page("e2", 1, 2, 1, 1));

    assertThat(story.gaps()).containsExactly(new Gap.NewLog(OPS, "e1", "e2", 0));
    assertThat(story.entries())
        .extracting(entry -> entry.epoch() + entry.seq())
        .containsExactly("e11", "e21", "e22");
    assertThat(story.positions.all()).containsEntry(OPS, new Position("e2", 2));
  }

  @Test
  void aGapThatNamesAnotherEpochBeginsAnewOnTheSameConnection() {
    Story story = new Story();
    var server = story.live(row(OPS, "e1", 1, 0));
    server.says(msg(OPS, 1));

    server.says("{\"op\":\"gap\",\"in\":\"g:ops\",\"epoch\":\"e2\",\"after\":0,\"head\":0}");
    server.says(msg(OPS, 1));

    assertThat(story.gaps()).containsExactly(new Gap.NewLog(OPS, "e1", "e2", 0));
    assertThat(story.heard(OPS)).containsExactly(1L, 1L);
  }

  @Test
  void anEpochThatChangesDuringARepairIsFollowed() {
    Story story = new Story(ClientOptions.ofUser("alice").withFirstEntries(0));
    var server = story.live(row(OPS, "e1", 1, 0));
    server.says(msg(OPS, 3));

    server.err(server.next("history"), "\"code\":\"epoch\",\"epoch\":\"e2\",\"low\":1,\"head\":2");
    server.says(msg(OPS, 3));

    assertThat(story.gaps()).containsExactly(new Gap.NewLog(OPS, "e1", "e2", 2));
    assertThat(story.heard(OPS)).containsExactly(3L);
  }

  @Test
  void aServerThatLostItsTailIsTreatedAsANewLog() {
    Story story = new Story(ClientOptions.ofUser("alice").withFirstEntries(0));
    var server = story.live(row(OPS, "e1", 1, 9));
    server.breaks();

    var again = story.comesBack();
    story.synced(again, row(OPS, "e1", 1, 4));

    assertThat(story.gaps()).containsExactly(new Gap.NewLog(OPS, "e1", "e1", 4));
  }

  @Test
  void aGapInTheMiddleIsRepaired() {
    Story story = new Story();
    var server = story.live(row(OPS, "e1", 1, 0));

    server.says("{\"op\":\"gap\",\"in\":\"g:ops\",\"epoch\":\"e1\",\"after\":0,\"head\":2}");
    server.ok(server.next("history"), page("e1", 1, 2, 1, 2));

    assertThat(story.heard(OPS)).containsExactly(1L, 2L);
    assertThat(story.gaps()).isEmpty();
  }

  @Test
  void aGoneConversationIsReportedAndForgotten() {
    Story story = new Story();
    var server = story.live(row(OPS, "e1", 1, 5));

    server.says("{\"op\":\"gap\",\"in\":\"g:ops\",\"gone\":true}");

    assertThat(story.gaps()).containsExactly(new Gap.Gone(OPS));
    assertThat(story.positions.all()).isEmpty();
  }

  @Test
  void whatTheServerRefusesToShowIsAGapAndLaterEntriesGoOn() {
    Story story = new Story();
    var server = story.live(row(OPS, "e1", 1, 0));
    server.says(msg(OPS, 4));

    server.err(server.next("history"), "\"code\":\"not_member\"");

    assertThat(story.gaps()).containsExactly(new Gap.Unreadable(OPS, "e1", 0, 4, "not_member"));
    assertThat(story.heard(OPS)).containsExactly(4L);
  }

  @Test
  void aBusyServerIsAskedAgainAfterItsRetry() {
    Story story = new Story();
    var server = story.live(row(OPS, "e1", 1, 0));
    server.says(msg(OPS, 2));

    server.err(server.next("history"), "\"code\":\"busy\",\"retry\":700");
    story.lane.advance(699);
    assertThat(server.isQuiet()).isTrue();
    story.lane.advance(1);
    server.ok(server.next("history"), page("e1", 1, 2, 1, 1));

    assertThat(story.heard(OPS)).containsExactly(1L, 2L);
  }

  @Test
  void aHeadThatNeverShowsIsGivenUpAsAGap() {
    Story story = new Story();
    var server = story.live(row(OPS, "e1", 1, 0));
    server.says("{\"op\":\"gap\",\"in\":\"g:ops\",\"epoch\":\"e1\",\"after\":0,\"head\":3}");

    for (int attempt = 0; attempt < 5; attempt++) {
      server.ok(server.next("history"), "\"epoch\":\"e1\",\"low\":1,\"head\":3,\"items\":[]");
      for (int second = 0; second < 16; second++) {
        server.says("{\"op\":\"signal\"}");
        story.lane.advance(1000);
      }
    }

    assertThat(story.gaps()).containsExactly(new Gap.Unreadable(OPS, "e1", 0, 4, "missing"));
    assertThat(server.isQuiet()).isTrue();
  }

  @Test
  void aNewClientGoesOnWhereTheStoredPositionsEnd() {
    Positions positions = Positions.inMemory();
    positions.reached(OPS, new Position("e1", 41));
    positions.covered("k41");
    Story story = new Story(ClientOptions.ofUser("alice"), positions);
    var server = story.welcomed();

    Json.Obj sync = server.next("sync");
    server.ok(
        sync,
        "\"cursor\":\"k43\",\"convs\":[{\"in\":\"g:ops\",\"epoch\":\"e1\",\"low\":1,"
            + "\"head\":43,\"tail\":"
            + items(42, 43)
            + "}]");

    assertThat(sync.string("since")).contains("k41");
    assertThat(story.heard(OPS)).containsExactly(42L, 43L);
    assertThat(positions.all()).isEqualTo(Map.of(OPS, new Position("e1", 43)));
    assertThat(positions.cursor()).contains("k43");
  }

  @Test
  void aCursorFromAPingIsTakenOnlyWhenNothingIsMissing() {
    Story story = new Story();
    var server = story.live(row(OPS, "e1", 1, 0));
    server.says(msg(OPS, 2));
    Json.Obj history = server.next("history");

    server.says("{\"op\":\"ping\",\"cursor\":\"k7\"}");
    server.next("pong");
    assertThat(story.positions.cursor()).contains("k1");
    server.ok(history, page("e1", 1, 2, 1, 1));

    assertThat(story.positions.cursor()).contains("k7");
  }

  @Test
  void aCursorThatCameBeforeACutIsNotTakenAfterIt() {
    Story story = new Story();
    var server = story.live(row(OPS, "e1", 1, 0));
    server.says(msg(OPS, 2));
    server.next("history");
    server.says("{\"op\":\"ping\",\"cursor\":\"k7\"}");
    server.breaks();

    var again = story.comesBack();
    Json.Obj sync = again.next("sync");

    assertThat(sync.string("since")).contains("k1");
  }

  @Test
  void aCursorThatCameBeforeTheSyncReplyIsNotTaken() {
    Story story = new Story();
    story.live("").breaks();
    var again = story.comesBack();
    again.next("sync");
    again.says("{\"op\":\"ping\",\"cursor\":\"k7\"}");
    again.breaks();

    assertThat(story.comesBack().next("sync").string("since")).contains("k1");
  }

  @Test
  void aCursorThatIsTooOldMeansSyncFromScratch() {
    Story story = new Story();
    story.live(row(OPS, "e1", 1, 0)).breaks();
    var again = story.comesBack();

    again.err(again.next("sync"), "\"code\":\"cursor\"");
    Json.Obj sync = again.next("sync");
    again.ok(
        sync,
        "\"cursor\":\"k5\",\"convs\":["
            + "{\"in\":\"g:ops\",\"epoch\":\"e1\",\"low\":1,\"head\":1,\"tail\":["
            + item(1)
            + "]}]");

    assertThat(sync.string("since")).isEmpty();
    assertThat(story.heard(OPS)).containsExactly(1L);
  }

  @Test
  void whatASyncFromScratchDoesNotNameIsGoneAndItsNameBeginsAnew() {
    Story story = new Story();
    var server = story.live(row(OPS, "e1", 1, 0) + "," + row("u:bob", "e1", 1, 0));
    server.says(msg("u:bob", 1));
    server.says(msg("u:bob", 2));
    server.breaks();
    var again = story.comesBack();
    again.err(again.next("sync"), "\"code\":\"cursor\"");
    Json.Obj sync = again.next("sync");
    again.says(msg("u:bob", 1)); // of another log, though its number is known
    again.ok(sync, "\"cursor\":\"k5\",\"convs\":[]");
    Json.Obj history = again.next("history");
    again.ok(history, page("e2", 1, 1, 1, 1));

    assertThat(history.string("in")).contains("u:bob");
    assertThat(story.gaps()).containsExactlyInAnyOrder(new Gap.Gone(OPS), new Gap.Gone("u:bob"));
    assertThat(story.heard("u:bob")).containsExactly(1L, 2L, 1L);
    again.says(msg(OPS, 1));
    again.ok(again.next("history"), page("e2", 1, 1, 1, 1));
    assertThat(story.heard(OPS)).containsExactly(1L);
  }

  @Test
  void aSlowApplicationLeavesEntriesInTheServersLog() {
    Story story = new Story(ClientOptions.ofUser("alice").withBacklogMax(2000));
    var server = story.live(row(OPS, "e1", 1, 0));
    story.applicationStops();

    for (int seq = 1; seq <= 100; seq++) {
      server.says(msg(OPS, seq));
    }
    assertThat(server.isQuiet()).isTrue();
    story.applicationGoesOn();
    Json.Obj history = server.next("history");
    server.ok(history, page("e1", 1, 100, history.number("after").orElseThrow() + 1, 100));

    assertThat(history.number("after").orElseThrow()).isLessThan(50);
    assertThat(story.heard(OPS)).hasSize(100).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void aSlowApplicationHoldsUpTheNextPageOfRows() {
    Story story = new Story(ClientOptions.ofUser("alice").withBacklogMax(600));
    var server = story.welcomed();
    story.applicationStops();

    server.ok(
        server.next("sync"),
        "\"next\":\"p2\",\"convs\":[" + row("g:a", "e", 1, 0) + "," + row("g:b", "e", 1, 0) + "]");
    assertThat(server.isQuiet()).isTrue();
    story.applicationGoesOn();

    assertThat(server.next("sync").string("next")).contains("p2");
  }
}
