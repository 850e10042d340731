package dev.tidings.client.core;

import static dev.tidings.client.core.Story.WELCOME;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.client.core.Story.Result;
import dev.tidings.client.json.Json;
import dev.tidings.client.model.ClientFailure;
import dev.tidings.client.model.ClientOptions;
import dev.tidings.client.model.Outgoing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Sending and repeating, docs/protocol.md §5.
class SendingTest {

  @Test
  void aSendIsAnswered() {
    Story story = new Story();
    var server = story.live("");

    Result result = story.sends("u:bob", "hi");
    Json.Obj send = server.next("send");
    server.ok(send, "\"in\":\"u:bob\",\"epoch\":\"e1\",\"seq\":7,\"level\":\"disk\"");

    assertThat(send.string("cid").orElseThrow()).matches("[A-Za-z0-9_-]{22}");
    assertThat(result.reply().number("seq")).hasValue(7);
  }

  @Test
  void everySendHasItsOwnCid() {
    Story story = new Story();
    var server = story.live("");

    story.sends("u:bob", "hi");
    story.sends("u:bob", "hi");

    assertThat(server.next("send").string("cid")).isNotEqualTo(server.next("send").string("cid"));
  }

  @Test
  void aCidOfTheApplicationIsKept() {
    Story story = new Story();
    var server = story.live("");

    story.asks(Json.parseUnit("{\"op\":\"send\",\"to\":\"u:bob\",\"cid\":\"mine\",\"data\":1}"));

    assertThat(server.next("send").string("cid")).contains("mine");
  }

  @Test
  void whatElseIsSaidOfAMessageGoesWithIt() {
    Story story = new Story();
    var server = story.live("");
    Outgoing price =
        Outgoing.to("t:prices", Json.of(7)).withTtl(Duration.ofMinutes(1)).withKey("gold");

    story.asks(Json.object().put("op", "send").putAll(price.fields()).build());

    Json.Obj send = server.next("send");
    assertThat(send.number("ttl")).hasValue(60);
    assertThat(send.string("key")).contains("gold");
    assertThat(Outgoing.to("u:bob", Json.of("hi")).withTtl(Duration.ofMillis(1)).fields())
        .satisfies(brief -> assertThat(brief.number("ttl")).hasValue(1));
  }

  @Test
  void aSendWaitsForTheConnection() {
    Story story = new Story();
    Result result = story.sends("u:bob", "early");
    var server = story.live("");

    server.ok(server.next("send"), "\"seq\":1");

    assertThat(result.isDone()).isTrue();
  }

  @Test
  void aLostOkIsRepeatedWithTheSameCid() {
    Story story = new Story();
    var server = story.live("");
    Result result = story.sends("u:bob", "hi");
    Json.Obj first = server.next("send");
    server.breaks();

    var again = story.comesBack();
    again.next("sync");
    Json.Obj repeat = again.next("send");
    again.ok(repeat, "\"seq\":7,\"dup\":true");

    assertThat(repeat.string("cid")).isEqualTo(first.string("cid"));
    assertThat(repeat.member("data")).isEqualTo(first.member("data"));
    assertThat(result.reply().isTrue("dup")).isTrue();
  }

  @Test
  void repeatsKeepTheOrderAndLaterSendsStayBehind() {
    Story story = new Story();
    var server = story.live("");
    story.sends("u:bob", "1");
    story.sends("u:bob", "2");
    story.sends("u:bob", "3");
    server.next("send");
    server.ok(server.next("send"), "\"seq\":2");
    server.breaks();
    story.sends("u:bob", "4");

    var again = story.comesBack();
    again.next("sync");

    assertThat(texts(again, 3)).containsExactly("1", "3", "4");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rate", "busy", "unavailable", "timeout", "internal", "new_in_v1"})
  void aTemporaryRefusalIsRepeatedInOrderAfterItsRetry(String code) {
    Story story = new Story();
    var server = story.live("");
    story.sends("u:bob", "1");
    story.sends("u:bob", "2");
    Json.Obj one = server.next("send");
    Json.Obj two = server.next("send");

    server.err(one, "\"code\":\"" + code + "\",\"retry\":800");
    story.sends("u:bob", "3");
    story.lane.advance(100);
    server.err(two, "\"code\":\"" + code + "\",\"retry\":700");
    story.lane.advance(699);
    assertThat(server.isQuiet()).isTrue();
    story.lane.advance(1);

    assertThat(texts(server, 3)).containsExactly("1", "2", "3");
    assertThat(server.isQuiet()).isTrue();
  }

  @Test
  void afterARefusalOneIsTriedAndOneMoreWithEachAnswer() {
    Story story = new Story();
    var server = story.live("");
    for (int i = 1; i <= 10; i++) {
      story.sends("u:bob", Integer.toString(i));
    }
    for (int i = 1; i <= 10; i++) {
      server.err(server.next("send"), "\"code\":\"rate\",\"retry\":800");
    }
    story.lane.advance(800);

    Json.Obj one = server.next("send");
    assertThat(server.isQuiet()).isTrue();
    server.ok(one, "\"seq\":1");
    server.next("send");
    server.next("send");
    assertThat(server.isQuiet()).isTrue();
  }

  @Test
  void nothingIsRepeatedBeforeAllThatWasUnderWayIsAnswered() {
    Story story = new Story();
    var server = story.live("");
    story.sends("u:bob", "1");
    story.sends("u:bob", "2");
    Json.Obj one = server.next("send");
    Json.Obj two = server.next("send");

    server.err(one, "\"code\":\"rate\",\"retry\":100");
    story.lane.advance(5000);
    assertThat(server.isQuiet()).isTrue();
    server.err(two, "\"code\":\"rate\",\"retry\":100");
    story.lane.advance(100);

    assertThat(texts(server, 2)).containsExactly("1", "2");
  }

  @Test
  void aPermanentRefusalFailsWithItsCode() {
    Story story = new Story();
    var server = story.live("");
    Result result = story.sends("g:ops", "hi");

    server.err(server.next("send"), "\"code\":\"not_member\",\"msg\":\"join first\"");

    assertThat(result.failure())
        .isInstanceOfSatisfying(
            ClientFailure.Refused.class,
            refused -> assertThat(refused.code()).isEqualTo("not_member"))
        .hasMessage("not_member: join first");
  }

  @Test
  void theWindowLeavesRoomForReading() {
    Story story = new Story();
    var server = story.live("");
    for (int i = 0; i < 100; i++) {
      story.sends("u:bob", Integer.toString(i));
    }
    List<Json.Obj> sent = new ArrayList<>();
    while (!server.isQuiet()) {
      sent.add(server.next("send"));
    }
    assertThat(sent).hasSize(56);

    server.ok(sent.getFirst(), "\"seq\":1");

    assertThat(server.next("send").member("data").orElseThrow().text()).isEqualTo("\"56\"");
    assertThat(server.isQuiet()).isTrue();
  }

  @Test
  void aFullQueueFailsTheNextAtOnce() {
    Story story = new Story(ClientOptions.ofUser("alice").withRequestsMax(2));
    Result one = story.sends("u:bob", "1");
    Result two = story.sends("u:bob", "2");

    Result three = story.sends("u:bob", "3");

    assertThat(three.failure()).isInstanceOf(ClientFailure.QueueFull.class);
    assertThat(one.isDone()).isFalse();
    assertThat(two.isDone()).isFalse();
  }

  @Test
  void whatIsUnderWayCountsAsQueued() {
    Story story = new Story(ClientOptions.ofUser("alice").withRequestsMax(1));
    var server = story.live("");
    story.sends("u:bob", "1");
    Json.Obj send = server.next("send");

    assertThat(story.sends("u:bob", "2").failure()).isInstanceOf(ClientFailure.QueueFull.class);
    server.ok(send, "\"seq\":1");

    assertThat(story.sends("u:bob", "3").isDone()).isFalse();
  }

  @Test
  void afterTheServersMemoryTheOutcomeIsUnknown() {
    Story story = new Story();
    var server = story.starts();
    server.says("{\"op\":\"welcome\",\"ping\":25,\"max\":{\"dedupe\":86400}}");
    story.synced(server, "");
    Result attempted = story.sends("u:bob", "attempted");
    server.next("send");
    server.breaks();
    Result waiting = story.sends("u:bob", "waiting");

    story.lane.advance(86_400_000L - 60_001);
    assertThat(attempted.isDone()).isFalse();
    story.lane.advance(1);

    assertThat(attempted.failure()).isInstanceOf(ClientFailure.OutcomeUnknown.class);
    assertThat(waiting.isDone()).isFalse();
  }

  @Test
  void closingTellsWhatWasAttemptedFromWhatWasNot() {
    Story story = new Story();
    var server = story.live("");
    Result attempted = story.sends("u:bob", "1");
    server.breaks();
    Result waiting = story.sends("u:bob", "2");

    story.core.close();

    assertThat(attempted.failure()).isInstanceOf(ClientFailure.OutcomeUnknown.class);
    assertThat(waiting.failure()).isInstanceOf(ClientFailure.ClientClosed.class);
    assertThat(story.sends("u:bob", "3").failure()).isInstanceOf(ClientFailure.ClientClosed.class);
  }

  @Test
  void aVerdictFailsWhatWaits() {
    Story story = new Story();
    var server = story.live("");
    Result attempted = story.sends("u:bob", "1");

    server.says("{\"op\":\"bye\",\"code\":\"replaced\",\"close\":4503}");

    assertThat(attempted.failure())
        .isInstanceOf(ClientFailure.OutcomeUnknown.class)
        .hasMessageContaining("replaced");
  }

  @Test
  void whatIsLargerThanAFrameIsNotTried() {
    Story story = new Story();
    var server = story.live("");

    Result tooLarge = story.sends("u:bob", "x".repeat(65_536));
    story.sends("u:bob", "ä".repeat(30_000));

    assertThat(tooLarge.failure()).hasMessageStartingWith("too_large");
    server.next("send");
  }

  @Test
  void groupChangesAreRepeatedSafelyAndReadsNeedNoCid() {
    Story story = new Story();
    var server = story.live("");

    story.asks(Json.parseUnit("{\"op\":\"group\",\"do\":\"join\",\"in\":\"g:ops\"}"));
    story.asks(Json.parseUnit("{\"op\":\"group\",\"do\":\"info\",\"in\":\"g:ops\"}"));

    assertThat(server.next("group").string("cid")).isPresent();
    assertThat(server.next("group").string("cid")).isEmpty();
  }

  @Test
  void aPauseOutlivesTheConnection() {
    Story story = new Story();
    var server = story.live("");
    story.sends("u:bob", "1");
    server.err(server.next("send"), "\"code\":\"rate\",\"retry\":60000");
    server.breaks();
    var again = story.comesBack();
    story.synced(again, "");
    assertThat(again.isQuiet()).isTrue();

    again.says("{\"op\":\"ping\"}");
    again.next("pong");
    story.lane.advance(30_000);
    again.says(WELCOME.replace("\"op\":\"welcome\"", "\"op\":\"pong\""));
    story.lane.advance(30_000);

    assertThat(texts(again, 1)).containsExactly("1");
  }

  /// The payloads of the next sends, each answered before the next is looked for.
  private static List<String> texts(FakeWire.Connection server, int count) {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Json.Obj send = server.next("send");
      server.ok(send, "\"seq\":" + (i + 1));
      texts.add(((Json.Str) Json.parse(send.member("data").orElseThrow().text())).value());
    }
    return texts;
  }
}
