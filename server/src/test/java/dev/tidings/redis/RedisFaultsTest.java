package dev.tidings.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tidings.engine.Answer;
import dev.tidings.engine.Level;
import dev.tidings.protocol.ErrorCode;
import dev.tidings.testbed.network.FaultProxy;
import dev.tidings.testbed.redis.NeedsRedis;
import dev.tidings.testbed.redis.RedisProcess;
import dev.tidings.testbed.redis.RedisReply;
import dev.tidings.testbed.redis.RedisSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What becomes of what is asked while Redis or the way to it fails.
@NeedsRedis
class RedisFaultsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final RedisProcess redis = RedisProcess.start(RedisSettings.ON_DISK);
  private final List<TestNode> nodes = new ArrayList<>();

  @AfterEach
  void end() {
    nodes.forEach(node -> node.engine.close());
    redis.close();
  }

  private TestNode node(String name) {
    return node(name, redis.uri());
  }

  private TestNode node(String name, String uri) {
    TestNode node = new TestNode(RedisAddress.of(uri), "tidings", name);
    nodes.add(node);
    return node;
  }

  private static void isUnavailable(Answer answer) {
    assertThat(answer)
        .isInstanceOfSatisfying(
            Answer.Refused.class,
            refused -> assertThat(refused.code()).isEqualTo(ErrorCode.UNAVAILABLE));
  }

  @Test
  void whileRedisIsFrozenSendsAreRefusedAndLaterAllResumes() {
    TestNode node = node("a");
    assertThat(node.keep("1").level()).isEqualTo(Level.DISK);
    redis.pause();
    isUnavailable(node.send("2"));
    isUnavailable(node.send("3"));
    assertThat(node.engine.fault()).isNotEmpty();
    redis.resume();
    node.keep("2");
    node.keep("3");
    await().atMost(PATIENCE).until(() -> node.engine.fault().isEmpty());
    assertThat(node.texts()).containsExactlyInAnyOrder("\"1\"", "\"2\"", "\"3\"");
    assertThat(node.lost).hasValue(0);
  }

  @Test
  void aRedisThatWasKilledAndComesBackHasAllThatWasConfirmed() {
    TestNode one = node("a");
    TestNode other = node("b");
    long seq = one.keep("1").seq();
    redis.kill();
    isUnavailable(one.send("2"));
    redis.start();
    assertThat(one.keep("2").seq()).isEqualTo(seq + 1);
    assertThat(other.keep("2").duplicate()).isTrue();
    assertThat(other.keep("3").seq()).isEqualTo(seq + 2);
    await().atMost(PATIENCE).until(() -> one.texts().size() == 3 && other.texts().size() == 3);
    assertThat(one.lost).hasValue(0);
  }

  @Test
  void aRedisThatComesBackEmptyIsNoticedAlsoByWhoIsIdle() {
    TestNode one = node("a");
    TestNode idle = node("b");
    one.keep("1");
    redis.kill();
    redis.startEmpty();
    await().atMost(PATIENCE).until(() -> one.lost.get() == 1 && idle.lost.get() == 1);
    isUnavailable(one.send("2"));
    String before = one.engine.cursor(one.engine.commit(), 0);
    TestNode anew = node("c");
    assertThat(anew.engine.toldUpTo(before, 0)).as("a cursor of before").isEmpty();
    assertThat(anew.keep("2").seq()).isEqualTo(1);
  }

  /// Others were quicker to write again than this one was to look.
  @Test
  void aStoreThatBeganAgainIsNotTakenForTheOldOne() {
    TestNode one = node("a");
    one.keep("1");
    redis.pause(); // whoever looks now waits
    redis.kill();
    redis.startEmpty();
    TestNode anew = node("b");
    for (int i = 0; i < 10; i++) {
      anew.keep("" + i);
    }
    await().atMost(PATIENCE).until(() -> one.lost.get() == 1);
    assertThat(one.texts()).containsExactly("\"1\"");
  }

  @Test
  void aCommitWhoseAnswerIsLostIsKeptOnceOnly() {
    try (FaultProxy proxy = FaultProxy.to(redis.address(), 7)) {
      TestNode node = node("a", redis.uri(proxy.port()));
      TestNode other = node("b");
      node.keep("0");
      for (int i = 1; i <= 10; i++) {
        proxy.toClient().cutAfter(1);
        node.keep("" + i);
        proxy.heal();
      }
      List<String> all = new ArrayList<>();
      for (int i = 0; i <= 10; i++) {
        all.add("\"" + i + "\"");
      }
      await().atMost(PATIENCE).until(() -> other.texts().size() >= all.size());
      assertThat(other.texts()).isEqualTo(all);
      await().atMost(PATIENCE).until(() -> node.texts().size() >= all.size());
      assertThat(node.texts()).isEqualTo(all);
    }
  }

  @Test
  void aNodeThatDiedInItsTurnKeepsTheOthersOnlyForAMoment() {
    TestNode node = node("a");
    try (Link link = Link.open(RedisAddress.of(redis.uri()), "tidings")) {
      RedisStore dead = new RedisStore(link, new Durability(link, Wanted.of(Level.DISK)), "dead");
      await().atMost(PATIENCE).until(() -> dead.take().granted());
      node.keep("1");
      assertThat(node.texts()).containsExactly("\"1\"");
    }
  }

  @Test
  void aNodeThatHearsNothingDoesNotTakeTheTurnAgain() {
    try (FaultProxy proxy = FaultProxy.to(redis.address(), 7)) {
      TestNode deaf = node("a", redis.uri(proxy.port()));
      TestNode other = node("b");
      deaf.keep("1");
      other.keep("2");
      proxy.toClient().freeze();
      isUnavailable(deaf.send("3"));
      other.keep("4"); // perhaps behind the turn that it had
      isUnavailable(deaf.send("3"));
      isUnavailable(deaf.send("3"));
      other.keep("5");
      assertThat(redis.ask("ZCARD", "{tidings}:waiting")).isEqualTo(new RedisReply.Number(0));
      assertThat(redis.ask("HGET", "{tidings}:turn", "node").toString()).doesNotContain("a-");
    }
  }

  @Test
  void aFullRedisRefusesAndGoesOnWhenItHasRoom() {
    TestNode node = node("a");
    node.keep("1");
    redis.configure("maxmemory", "1");
    isUnavailable(node.send("2"));
    assertThat(node.engine.fault()).contains("OOM");
    redis.configure("maxmemory", "0");
    node.keep("2");
    assertThat(node.texts()).containsExactly("\"1\"", "\"2\"");
  }

  @Test
  void whatRedisDoesNotSyncIsNotPromised() {
    redis.configure("appendfsync", "everysec");
    assertThat(node("a").keep("1").level()).isEqualTo(Level.MEMORY);
  }
}
