package dev.tidings.client.core;

import static dev.tidings.client.core.Story.msg;
import static dev.tidings.client.core.Story.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.client.core.Story.Result;
import dev.tidings.client.json.Json;
import dev.tidings.client.model.ClientOptions;
import dev.tidings.client.model.Conversation;
import dev.tidings.client.model.Entry;
import dev.tidings.client.model.Mark;
import dev.tidings.client.model.Positions;
import dev.tidings.client.model.Signal;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Edits, recalls, marks and signals, docs/protocol.md §5 and §8.
class RevisingTest {
  private static final String BOB = "u:bob";

  @Test
  void editsAndRecallsAreRepeatedUnderTheirCid() {
    Story story = new Story();
    var server = story.live(row(BOB, "e1", 1, 0));
    Result edit =
        story.asks(
            Json.object().put("op", "edit").put("in", BOB).put("seq", 1).put("data", "x").build());
    Json.Obj first = server.next("edit");
    server.breaks();

    var again = story.comesBack();
    story.synced(again, row(BOB, "e1", 1, 0));
    Json.Obj second = again.next("edit");
    again.ok(second, "\"in\":\"u:bob\",\"epoch\":\"e1\",\"seq\":2,\"dup\":true");

    assertThat(first.string("cid")).isPresent().isEqualTo(second.string("cid"));
    assertThat(edit.isDone()).isTrue();
    Result recall =
        story.asks(Json.object().put("op", "recall").put("in", BOB).put("seq", 1).build());
    again.err(again.next("recall"), "\"code\":\"too_late\",\"msg\":\"\"");
    assertThat(recall.isDone()).isTrue();
  }

  @Test
  void aRevisionIsHandedOverOnceLikeAnyEntry() {
    Story story = new Story();
    var server = story.live(row(BOB, "e1", 1, 0));
    server.says(msg(BOB, 1));
    server.says(
        "{\"op\":\"msg\",\"in\":\"u:bob\",\"seq\":2,\"from\":\"bob\",\"kind\":\"edit\",\"ref\":1,"
            + "\"data\":\"new\",\"ts\":2}");
    server.says(
        "{\"op\":\"msg\",\"in\":\"u:bob\",\"seq\":2,\"from\":\"bob\",\"kind\":\"edit\",\"ref\":1,"
            + "\"data\":\"new\",\"ts\":2}");

    assertThat(story.heard(BOB)).containsExactly(1L, 2L);
    Entry edit = story.entries().toList().getLast();
    assertThat(edit.kind()).contains("edit");
    assertThat(edit.ref()).hasValue(1);
  }

  @Test
  void marksOfOthersAreHandedOver() {
    Story story = new Story();
    var server = story.live(row(BOB, "e1", 1, 5));
    server.says("{\"op\":\"mark\",\"in\":\"u:bob\",\"from\":\"bob\",\"read\":4}");
    server.says("{\"op\":\"mark\",\"in\":\"u:bob\",\"from\":\"bob\",\"got\":5,\"read\":4}");

    assertThat(marks(story))
        .containsExactly(new Mark(BOB, "bob", 4, 4), new Mark(BOB, "bob", 5, 4));
  }

  @Test
  void marksForASlowApplicationMergeIntoTheNewest() {
    Story story =
        new Story(ClientOptions.ofUser("alice").withBacklogMax(2_000), Positions.inMemory());
    var server = story.live(row(BOB, "e1", 1, 500));
    story.applicationStops();
    for (int seq = 1; seq <= 300; seq++) {
      server.says("{\"op\":\"mark\",\"in\":\"u:bob\",\"from\":\"bob\",\"read\":" + seq + "}");
      server.says("{\"op\":\"signal\",\"in\":\"u:bob\",\"from\":\"bob\",\"data\":" + seq + "}");
    }
    story.applicationGoesOn();

    assertThat(marks(story)).hasSizeLessThan(20);
    assertThat(marks(story).getLast()).isEqualTo(new Mark(BOB, "bob", 300, 300));
    assertThat(signals(story)).hasSizeLessThan(20);
  }

  @Test
  void aSignalIsSaidAtOnceOrNever() {
    Story story = new Story();
    Json.Obj typing =
        Json.object().put("op", "signal").put("to", BOB).put("data", "typing").build();
    story.core.say(typing);
    var server = story.live("");
    story.core.say(typing);

    assertThat(server.next("signal").text()).isEqualTo(typing.text());
    server.says("{\"op\":\"signal\",\"in\":\"u:bob\",\"from\":\"bob\",\"data\":{\"typing\":true}}");
    assertThat(signals(story)).hasSize(1);
    assertThat(signals(story).getFirst().data().orElseThrow().text())
        .isEqualTo("{\"typing\":true}");
  }

  @Test
  void aRowTellsWhatIsUnread() {
    Story story = new Story();
    story.live(
        "{\"in\":\"u:bob\",\"epoch\":\"e1\",\"low\":1,\"head\":9,\"got\":7,\"read\":6,\"unread\":3,"
            + "\"mentions\":1,\"peer\":{\"got\":9,\"read\":8},\"mute\":true}");
    story.heard(BOB);

    Conversation bob =
        story.deliveries.stream()
            .filter(Delivery.Listed.class::isInstance)
            .map(delivery -> ((Delivery.Listed) delivery).conversation())
            .findFirst()
            .orElseThrow();
    assertThat(List.of(bob.read(), bob.unread(), bob.mentions(), bob.peerRead()))
        .containsExactly(6L, 3L, 1L, 8L);
    assertThat(bob.isMuted()).isTrue();
    assertThat(bob.isBlocked()).isFalse();
  }

  private static List<Mark> marks(Story story) {
    story.heard(BOB);
    return story.deliveries.stream()
        .filter(Delivery.Marked.class::isInstance)
        .map(delivery -> ((Delivery.Marked) delivery).mark())
        .toList();
  }

  private static List<Signal> signals(Story story) {
    story.heard(BOB);
    return story.deliveries.stream()
        .filter(Delivery.Signalled.class::isInstance)
        .map(delivery -> ((Delivery.Signalled) delivery).signal())
        .toList();
  }
}
