package dev.tidings.client.core;

import static dev.tidings.client.core.Story.items;
import static dev.tidings.client.core.Story.msg;
import static dev.tidings.client.core.Story.page;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.client.core.Story.Result;
import dev.tidings.client.json.Json;
import dev.tidings.client.model.ClientFailure;
import dev.tidings.client.model.ClientOptions;
import dev.tidings.client.model.Gap;
import dev.tidings.client.model.Presence;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Topics and presence, docs/protocol.md §9.
class SubscribingTest {
  private static final String RAIN = "t:rain";
  private static final String LOOSE = "{\"op\":\"msg\",\"in\":\"t:rain\",\"data\":4.10,\"ts\":5}";

  @Test
  void aTopicWithoutLogIsHeardAsItComes() {
    Story story = new Story();
    var server = story.live("");
    Result result = story.subscribes(RAIN, 0);
    server.ok(server.next("sub"), "\"in\":\"t:rain\"");

    server.says(LOOSE + "\n" + LOOSE);

    assertThat(result.isDone()).isTrue();
    assertThat(story.heard(RAIN)).containsExactly(0L, 0L);
    assertThat(story.entries().findFirst().orElseThrow().data().orElseThrow().text())
        .isEqualTo("4.10");
    assertThat(story.positions.all()).isEmpty();
  }

  @Test
  void aTopicWithLogGoesOnAfterACut() {
    Story story = new Story();
    var server = story.live("");
    story.subscribes(RAIN, 0);
    server.ok(server.next("sub"), "\"epoch\":\"e1\",\"head\":42,\"whole\":false");
    server.says(msg(RAIN, 43));
    server.breaks();

    var again = story.comesBack();
    story.synced(again, "");
    Json.Obj sub = again.next("sub");
    again.ok(sub, "\"epoch\":\"e1\",\"head\":45,\"whole\":true,\"items\":" + items(44, 45));
    again.says(msg(RAIN, 46));

    assertThat(sub.string("epoch")).contains("e1");
    assertThat(sub.number("after")).hasValue(43);
    assertThat(story.heard(RAIN)).containsExactly(43L, 44L, 45L, 46L);
  }

  @Test
  void whatASubscriptionCannotCloseComesFromHistory() {
    Story story = new Story();
    var server = story.live("");
    story.subscribes(RAIN, 0);
    server.ok(server.next("sub"), "\"epoch\":\"e1\",\"head\":1");
    server.breaks();

    var again = story.comesBack();
    story.synced(again, "");
    again.ok(again.next("sub"), "\"epoch\":\"e1\",\"head\":900,\"whole\":false");
    again.ok(again.next("history"), page("e1", 898, 900, 898, 900));

    assertThat(story.heard(RAIN)).containsExactly(898L, 899L, 900L);
    assertThat(story.gaps()).containsExactly(new Gap.Trimmed(RAIN, "e1", 1, 898));
  }

  @Test
  void subscribingTwiceIsNoBreak() {
    Story story = new Story();
    var server = story.live("");
    story.subscribes(RAIN, 0);
    server.ok(server.next("sub"), "\"epoch\":\"e1\",\"head\":5");

    story.subscribes(RAIN, 0);
    Json.Obj again = server.next("sub");
    server.says(msg(RAIN, 6));
    server.ok(again, "\"epoch\":\"e1\",\"head\":5,\"whole\":true,\"items\":[]");
    server.says(msg(RAIN, 7));

    assertThat(story.heard(RAIN)).containsExactly(6L, 7L);
    assertThat(story.gaps()).isEmpty();
  }

  @Test
  void theNewestEntriesComeFirstWhereAsked() {
    Story story = new Story();
    var server = story.live("");

    story.subscribes(RAIN, 2);
    Json.Obj sub = server.next("sub");
    server.ok(sub, "\"epoch\":\"e1\",\"head\":50,\"items\":" + items(49, 50));

    assertThat(sub.number("last")).hasValue(2);
    assertThat(story.heard(RAIN)).containsExactly(49L, 50L);
  }

  @Test
  void anotherEpochOfATopicBeginsAnew() {
    Story story = new Story(ClientOptions.ofUser("alice").withFirstEntries(0));
    var server = story.live("");
    story.subscribes(RAIN, 0);
    server.ok(server.next("sub"), "\"epoch\":\"e1\",\"head\":42");
    server.breaks();

    var again = story.comesBack();
    story.synced(again, "");
    again.err(again.next("sub"), "\"code\":\"epoch\",\"epoch\":\"e2\",\"low\":1,\"head\":3");
    Json.Obj sub = again.next("sub");
    again.ok(sub, "\"epoch\":\"e2\",\"head\":3,\"whole\":true,\"items\":[]");
    again.says(msg(RAIN, 4));

    assertThat(sub.string("epoch")).contains("e2");
    assertThat(story.gaps()).containsExactly(new Gap.NewLog(RAIN, "e1", "e2", 3));
    assertThat(story.heard(RAIN)).containsExactly(4L);
  }

  @Test
  void presenceIsAskedAnewOnEachConnection() {
    Story story = new Story();
    var server = story.live("");
    story.subscribes("p:bob", 0);
    server.ok(server.next("sub"), "\"in\":\"p:bob\",\"on\":true,\"ts\":1");
    server.says("{\"op\":\"presence\",\"in\":\"p:bob\",\"user\":\"bob\",\"on\":false,\"ts\":2}");
    server.breaks();

    var again = story.comesBack();
    story.synced(again, "");
    again.ok(again.next("sub"), "\"in\":\"p:bob\",\"on\":true,\"ts\":3");

    assertThat(presences(story)).extracting(Presence::on).containsExactly(true, false, true);
    assertThat(presences(story))
        .allSatisfy(presence -> assertThat(presence.user()).contains("bob"));
  }

  @Test
  void unsubscribingEndsItAndDropsWhatWasOnItsWay() {
    Story story = new Story();
    var server = story.live("");
    story.subscribes(RAIN, 0);
    server.ok(server.next("sub"), "\"in\":\"t:rain\"");

    Result result = new Result();
    story.core.unsubscribe(RAIN, result);
    server.says(LOOSE);
    server.ok(server.next("unsub"), "\"in\":\"t:rain\"");
    server.breaks();
    var again = story.comesBack();
    story.synced(again, "");

    assertThat(result.isDone()).isTrue();
    assertThat(story.heard(RAIN)).isEmpty();
    assertThat(again.isQuiet()).isTrue();
  }

  @Test
  void aRefusedSubscriptionFailsAndIsNotAskedAgain() {
    Story story = new Story();
    var server = story.live("");
    Result result = story.subscribes(RAIN, 0);
    server.err(server.next("sub"), "\"code\":\"forbidden\"");
    server.breaks();

    var again = story.comesBack();
    story.synced(again, "");

    assertThat(result.failure()).isInstanceOf(ClientFailure.Refused.class);
    assertThat(again.isQuiet()).isTrue();
  }

  @Test
  void aSubscriptionRefusedAfterAReturnIsReportedAsGone() {
    Story story = new Story();
    var server = story.live("");
    story.subscribes(RAIN, 0);
    server.ok(server.next("sub"), "\"in\":\"t:rain\"");
    server.breaks();

    var again = story.comesBack();
    story.synced(again, "");
    again.err(again.next("sub"), "\"code\":\"forbidden\"");

    assertThat(story.gaps()).containsExactly(new Gap.Gone(RAIN));
  }

  @Test
  void aBusyServerIsAskedAgain() {
    Story story = new Story();
    var server = story.live("");
    Result result = story.subscribes(RAIN, 0);
    server.err(server.next("sub"), "\"code\":\"busy\",\"retry\":300");

    story.lane.advance(300);
    server.ok(server.next("sub"), "\"in\":\"t:rain\"");

    assertThat(result.isDone()).isTrue();
  }

  @Test
  void whatASlowApplicationMissedOfATopicWithoutLogIsCounted() {
    Story story = new Story(ClientOptions.ofUser("alice").withBacklogMax(1000));
    var server = story.live("");
    story.subscribes(RAIN, 0);
    server.ok(server.next("sub"), "\"in\":\"t:rain\"");
    story.applicationStops();

    for (int i = 0; i < 50; i++) {
      server.says(LOOSE);
    }
    story.applicationGoesOn();
    long heard = story.heard(RAIN).size();

    assertThat(heard).isBetween(1L, 10L);
    assertThat(story.gaps()).containsExactly(new Gap.Lost(RAIN, 50 - heard));
  }

  @Test
  void whatTheServerDroppedIsReported() {
    Story story = new Story();
    var server = story.live("");

    server.says("{\"op\":\"gap\",\"in\":\"t:rain\",\"lost\":12}");

    assertThat(story.gaps()).containsExactly(new Gap.Lost(RAIN, 12));
  }

  private static List<Presence> presences(Story story) {
    return story.deliveries.stream()
        .filter(Delivery.Seen.class::isInstance)
        .map(delivery -> ((Delivery.Seen) delivery).presence())
        .toList();
  }
}
