package dev.tidings.client.core;

import static dev.tidings.client.core.Story.WELCOME;
import static dev.tidings.client.core.Story.msg;
import static dev.tidings.client.core.Story.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.client.json.Json;
import dev.tidings.client.model.ClientOptions;
import dev.tidings.client.model.ClientState;
import dev.tidings.client.model.Positions;
import dev.tidings.client.model.TokenSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The lifecycle of docs/protocol.md §4.
class ConnectingTest {

  @Test
  void authenticatesAndThenSyncs() {
    Story story = new Story(ClientOptions.ofUser("alice").withDevice("phone").withPingSeconds(30));
    story.core.start();
    var server = story.wire.last();
    server.opens();

    Json.Obj auth = server.next("auth");
    server.says(WELCOME);

    assertThat(auth.text())
        .isEqualTo(
            "{\"op\":\"auth\",\"v\":1,\"user\":\"alice\",\"device\":\"phone\",\"ping\":30,"
                + "\"client\":\"tidings-java\"}");
    assertThat(server.next("sync").string("since")).isEmpty();
    assertThat(story.state()).isEqualTo(new ClientState.Live("alice", "c1"));
  }

  @Test
  void answersPings() {
    Story story = new Story();
    var server = story.live("");

    server.says("{\"op\":\"ping\"}");

    server.next("pong");
    assertThat(server.isQuiet()).isTrue();
  }

  @Test
  void silenceForTwoIntervalsMeansComingBack() {
    Story story = new Story();
    var server = story.live("");

    story.lane.advance(40_000);
    server.says("{\"op\":\"ping\"}");
    story.lane.advance(49_999);
    assertThat(server.isClosed()).isFalse();
    story.lane.advance(1);

    assertThat(server.isClosed()).isTrue();
    assertThat(story.state()).isInstanceOf(ClientState.Waiting.class);
  }

  @Test
  void asksForSignsOfLifeWhereTheServerPromisesNone() {
    Story story = new Story();
    var server = story.starts();
    server.says("{\"op\":\"welcome\",\"ping\":0}");
    story.synced(server, "");

    story.lane.advance(25_000);
    server.next("ping");
    server.says("{\"op\":\"pong\"}");
    story.lane.advance(49_999);
    assertThat(server.isClosed()).isFalse();
    story.lane.advance(1);

    assertThat(server.isClosed()).isTrue();
  }

  @Test
  void aRequestWithoutAnswerMeansComingBack() {
    Story story = new Story();
    var server = story.live("");
    Story.Result send = story.sends("u:bob", "hi");

    for (int second = 0; second < 90; second++) {
      server.says("{\"op\":\"ping\"}");
      story.lane.advance(1000);
    }

    assertThat(server.isClosed()).isTrue();
    assertThat(send.isDone()).isFalse();
  }

  @Test
  void aServerThatNeverWelcomesIsLeft() {
    Story story = new Story();
    var server = story.starts();

    story.lane.advance(20_000);

    assertThat(server.isClosed()).isTrue();
    assertThat(story.state()).isInstanceOf(ClientState.Waiting.class);
  }

  @Test
  void theBackoffDoublesToHalfAMinuteWithFullJitter() {
    long[] longest = new long[10];
    for (int seed = 0; seed < 400; seed++) {
      Backoff backoff = new Backoff(new Random(seed), 1);
      for (int attempt = 0; attempt < longest.length; attempt++) {
        long delay = backoff.nextMillis();
        long bound = Math.min(30_000, 500L << attempt);
        assertThat(delay).isBetween(0L, bound);
        longest[attempt] = Math.max(longest[attempt], delay);
      }
    }
    for (int attempt = 0; attempt < longest.length; attempt++) {
      assertThat(longest[attempt]).isGreaterThan(Math.min(30_000, 500L << attempt) * 9 / 10);
    }
  }

  @Test
  void failedConnectionsWaitLongerAndLonger() {
    Story story = new Story();
    story.core.start();
    long longest = 0;
    for (int attempt = 0; attempt < 12; attempt++) {
      story.wire.last().breaks();
      longest = Math.max(longest, waiting(story));
      story.lane.advance(waiting(story));
      assertThat(story.wire.dialled()).isEqualTo(attempt + 2);
    }
    assertThat(longest).isBetween(5_000L, 30_000L);
  }

  @Test
  void aMinuteOfLifeResetsTheBackoff() {
    Story story = new Story();
    story.core.start();
    for (int attempt = 0; attempt < 10; attempt++) {
      story.wire.last().breaks();
      story.lane.advance(30_000);
    }
    var server = story.opens();
    server.says(WELCOME);
    story.synced(server, "");
    for (int second = 0; second < 60; second++) {
      server.says("{\"op\":\"ping\"}");
      story.lane.advance(1000);
    }
    server.breaks();

    assertThat(waiting(story)).isBetween(0L, 500L);
  }

  @Test
  void anOverloadedServerIsLeftAloneForItsRetry() {
    Story story = new Story();
    var server = story.live("");

    server.says("{\"op\":\"bye\",\"code\":\"overloaded\",\"close\":4001,\"retry\":5000}");

    assertThat(server.isClosed()).isTrue();
    assertThat(waiting(story)).isBetween(5000L, 5500L);
    story.lane.advance(4999);
    assertThat(story.wire.dialled()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "4500, auth_failed",
    "4503, replaced",
    "4504, kicked",
    "4507, version",
    "4999, later"
  })
  void aStopVerdictClosesForGood(int close, String code) {
    Story story = new Story();
    var server = story.live("");

    server.says("{\"op\":\"bye\",\"code\":\"" + code + "\",\"close\":" + close + "}");
    story.lane.advance(120_000);

    assertThat(story.state()).isEqualTo(new ClientState.Closed(close, code, ""));
    assertThat(story.wire.dialled()).isEqualTo(1);
    assertThat(story.lane.alarms()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"4002", "4003", "4004", "4006", "4499", "1006", "1001", "1009"})
  void otherCloseCodesMeanComingBackAndSync(int close) {
    Story story = new Story();
    var server = story.live("");

    server.ends(close);
    var again = story.comesBack();

    assertThat(again.next("sync").string("since")).contains("k1");
  }

  @Test
  void aWebSocketCloseCodeIsAVerdictToo() {
    Story story = new Story();
    story.live("").ends(4503);

    assertThat(story.state()).isInstanceOf(ClientState.Closed.class);
  }

  @Test
  void refusedCredentialsCloseForGoodAlsoWithoutBye() {
    Story story = new Story();
    var server = story.starts();

    server.says("{\"op\":\"err\",\"re\":\"auth\",\"code\":\"forbidden\",\"msg\":\"no\"}");
    server.breaks();

    assertThat(story.state()).isEqualTo(new ClientState.Closed(4500, "forbidden", "no"));
  }

  @Test
  void aDrainingServerIsReplacedBeforeItGoes() {
    Story story = new Story();
    var old = story.live(row("u:bob", "e1", 1, 0));
    old.says("{\"op\":\"bye\",\"code\":\"draining\",\"close\":4000,\"within\":30000}");
    assertThat(old.isClosed()).isFalse();
    story.lane.advance(0);
    assertThat(story.wire.dialled()).isEqualTo(1);
    old.says(msg("u:bob", 1));
    for (int second = 0; second < 31 && story.wire.dialled() == 1; second++) {
      old.says("{\"op\":\"ping\"}");
      story.lane.advance(1000);
    }
    var replacement = story.opens();

    // The server closes the old one before the client has heard of the new one's welcome.
    old.says("{\"op\":\"bye\",\"code\":\"replaced\",\"close\":4503}");
    replacement.says(WELCOME);
    replacement.says(msg("u:bob", 1));
    story.synced(replacement, row("u:bob", "e1", 1, 1));
    replacement.says(msg("u:bob", 2));

    assertThat(old.isClosed()).isTrue();
    assertThat(story.state()).isInstanceOf(ClientState.Live.class);
    assertThat(story.heard("u:bob")).containsExactly(1L, 2L);
    assertThat(story.wire.dialled()).isEqualTo(2);
  }

  @Test
  void aReplacementThatLivesClosesTheOldOne() {
    Story story = new Story();
    var old = story.live("");
    Story.Result send = story.sends("u:bob", "hi");
    Json.Obj first = old.next("send");
    old.says("{\"op\":\"bye\",\"code\":\"draining\",\"close\":4000,\"within\":0}");
    story.lane.advance(0);
    var replacement = story.opens();
    replacement.says(WELCOME);

    assertThat(old.isClosed()).isTrue();
    replacement.next("sync");
    Json.Obj repeat = replacement.next("send");
    assertThat(repeat.string("cid")).isEqualTo(first.string("cid"));
    replacement.ok(repeat, "\"in\":\"u:bob\",\"seq\":1,\"dup\":true");
    assertThat(send.reply().isTrue("dup")).isTrue();
  }

  @Test
  void eachTryGoesToTheNextNodeAndEachRoundWaitsLonger() {
    Story story = Story.of(3);
    story.core.start();
    List<Integer> nodes = new ArrayList<>();
    for (int attempt = 0; attempt < 9; attempt++) {
      nodes.add(story.wire.last().node());
      story.wire.last().breaks();
      assertThat(waiting(story)).isBetween(0L, 500L << (attempt / 3));
      story.lane.advance(waiting(story));
    }

    assertThat(nodes.subList(0, 3)).containsExactlyInAnyOrder(0, 1, 2);
    assertThat(nodes.subList(3, 6)).isEqualTo(nodes.subList(0, 3));
    assertThat(nodes.subList(6, 9)).isEqualTo(nodes.subList(0, 3));
  }

  @Test
  void clientsBeginWithAnyOfTheNodes() {
    Set<Integer> first = new HashSet<>();
    for (int seed = 0; seed < 50; seed++) {
      FakeLane lane = new FakeLane();
      FakeWire wire = new FakeWire(lane);
      List<Dialer> nodes = List.of(wire.node(0), wire.node(1), wire.node(2));
      Random random = new Random(seed);
      ClientOptions options = ClientOptions.ofUser("alice");
      new ClientCore(lane, nodes, _ -> {}, random, options, Positions.inMemory()).start();
      lane.settle();
      first.add(wire.last().node());
    }
    assertThat(first).containsExactlyInAnyOrder(0, 1, 2);
  }

  @Test
  void aNodeThatIsGoneIsLeftForAnotherOneWithAllThatIsUnderWay() {
    Story story = Story.of(2);
    var old = story.live(row("u:bob", "e1", 1, 0));
    old.says(msg("u:bob", 1));
    old.says("{\"op\":\"ping\",\"cursor\":\"k2\"}");
    Story.Result send = story.sends("u:bob", "hi");
    old.next("pong");
    Json.Obj first = old.next("send");

    old.breaks();
    var other = story.comesBack();

    assertThat(other.node()).isNotEqualTo(old.node());
    Json.Obj sync = other.next("sync");
    assertThat(sync.string("since")).contains("k2");
    Json.Obj repeat = other.next("send");
    assertThat(repeat.string("cid")).isEqualTo(first.string("cid"));
    other.ok(sync, "\"cursor\":\"k3\",\"convs\":[" + row("u:bob", "e1", 1, 2) + "]");
    other.says(msg("u:bob", 2));
    other.ok(repeat, "\"in\":\"u:bob\",\"seq\":2,\"dup\":true");
    assertThat(send.reply().isTrue("dup")).isTrue();
    assertThat(story.heard("u:bob")).containsExactly(1L, 2L);
    assertThat(story.gaps()).isEmpty();
  }

  /// Also when the other one is not there at first: who drains would only send it away.
  @Test
  void aDrainingNodeIsReplacedByAnotherOne() {
    Story story = Story.of(2);
    var old = story.live("");
    old.says("{\"op\":\"bye\",\"code\":\"draining\",\"close\":4000,\"within\":30000}");
    for (int second = 0; second < 31 && story.wire.dialled() == 1; second++) {
      old.says("{\"op\":\"ping\"}");
      story.lane.advance(1000);
    }
    assertThat(story.wire.last().node()).isNotEqualTo(old.node());
    story.wire.last().breaks();
    story.lane.advance(500);
    var second = story.opens();

    assertThat(second.node()).isNotEqualTo(old.node());
    assertThat(old.isClosed()).isFalse();
    second.says(WELCOME);
    assertThat(old.isClosed()).isTrue();
  }

  @Test
  void aNodeThatEndsBeforeItIsReplacedNeedNotBeWaitedFor() {
    Story story = Story.of(2);
    var old = story.live("");
    old.says("{\"op\":\"bye\",\"code\":\"draining\",\"close\":4000,\"within\":3000000}");
    old.breaks();

    assertThat(waiting(story)).isBetween(0L, 500L);
    story.lane.advance(500);
    assertThat(story.wire.dialled()).isEqualTo(2);
    assertThat(story.wire.last().node()).isNotEqualTo(old.node());
  }

  @Test
  void anExpiredTokenIsReplacedByANewOne() {
    AtomicInteger asked = new AtomicInteger();
    TokenSource source = () -> CompletableFuture.completedStage("token-" + asked.incrementAndGet());
    Story story = new Story(ClientOptions.ofToken(source));
    story.live("").breaks();
    story.comesBack().says("{\"op\":\"bye\",\"code\":\"token_expired\",\"close\":4005}");
    assertThat(asked).hasValue(1);

    story.lane.advance(30_000);
    var server = story.wire.last();
    server.opens();

    assertThat(server.next("auth").string("token")).contains("token-2");
  }

  @Test
  void withoutANewerTokenTheClientIsClosed() {
    Story story = new Story(ClientOptions.ofToken(TokenSource.fixed("only")));
    story.live("").says("{\"op\":\"bye\",\"code\":\"token_expired\",\"close\":4005}");

    story.lane.advance(30_000);

    assertThat(story.state()).isInstanceOf(ClientState.Closed.class);
    assertThat(story.wire.dialled()).isEqualTo(1);
  }

  @Test
  void aTokenIsRenewedBeforeItEnds() {
    AtomicInteger asked = new AtomicInteger();
    TokenSource source = () -> CompletableFuture.completedStage("token-" + asked.incrementAndGet());
    Story story = new Story(ClientOptions.ofToken(source).withPingSeconds(0));
    var server = story.starts();
    server.says("{\"op\":\"welcome\",\"ping\":600,\"ts\":1000,\"exp\":301000}");
    story.synced(server, "");

    story.lane.advance(240_000);
    assertThat(server.next("auth").string("token")).contains("token-2");
    server.says("{\"op\":\"welcome\",\"ping\":600,\"ts\":241000,\"exp\":541000}");
    story.lane.advance(239_999);
    assertThat(server.isQuiet()).isTrue();
    story.lane.advance(1);

    assertThat(server.next("auth").string("token")).contains("token-3");
  }

  @Test
  void aTokenSourceThatFailsIsAskedAgain() {
    AtomicInteger asked = new AtomicInteger();
    Story story =
        new Story(
            ClientOptions.ofToken(() ->
                asked.incrementAndGet() == 1
                    ? CompletableFuture.failedStage(new IllegalStateException("later"))
                    : CompletableFuture.completedStage("token")));
    story.core.start();
    story.lane.advance(500);

    story.opens().says(WELCOME);

    assertThat(story.state()).isInstanceOf(ClientState.Live.class);
    assertThat(story.deliveries).anyMatch(Delivery.Failed.class::isInstance);
  }

  @Test
  void tokensAreNeverShown() {
    Story story = new Story(ClientOptions.ofToken(TokenSource.fixed("secret")).withFrames());
    story.live("");

    assertThat(story.deliveries)
        .filteredOn(Delivery.Framed.class::isInstance)
        .isNotEmpty()
        .noneMatch(frame -> ((Delivery.Framed) frame).text().contains("secret"));
  }

  @Test
  void aServerThatSpeaksSomethingElseIsLeft() {
    Story story = new Story();
    var server = story.live("");

    server.says("HTTP/1.1 400 Bad Request");

    assertThat(server.isClosed()).isTrue();
    assertThat(story.state()).isInstanceOf(ClientState.Waiting.class);
  }

  @Test
  void whatThisVersionDoesNotKnowIsIgnored() {
    Story story = new Story();
    var server = story.live(row("u:bob", "e1", 1, 0));

    server.says("{\"op\":\"hologram\",\"in\":\"u:bob\"}");
    server.says("{\"op\":\"msg\",\"in\":\"u:bob\",\"seq\":1,\"kind\":\"wink\",\"x_a\":[1]}");

    assertThat(story.heard("u:bob")).containsExactly(1L);
  }

  @Test
  void closingEndsTheConnectionAndSaysSo() {
    Story story = new Story();
    var server = story.live("");

    story.core.close();

    assertThat(server.isClosed()).isTrue();
    assertThat(story.state()).isEqualTo(new ClientState.Closed(1000, "closed", ""));
    assertThat(story.lane.alarms()).isZero();
  }

  private static long waiting(Story story) {
    return story.state() instanceof ClientState.Waiting(long delay, String _) ? delay : -1;
  }
}
