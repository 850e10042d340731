package dev.tidings.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.base.Clock;
import dev.tidings.hub.OtherNodes;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What nodes tell each other through a real Redis.
class RedisNodesTest {
  private final String prefix = TestRedis.freshPrefix();
  private final Link link = TestRedis.link(prefix);
  private final Ear earA = new Ear();
  private final Ear earB = new Ear();
  private final RedisNodes a = new RedisNodes(TestRedis.address(), prefix, "a", Clock.system());
  private final RedisNodes b = new RedisNodes(TestRedis.address(), prefix, "b", Clock.system());

  /// What a node has heard, one line each.
  private static final class Ear implements OtherNodes.Listener {
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

    @Override
    public void on(String node, Map<String, Long> sinceMillis) {
      sinceMillis.forEach((user, since) -> heard.add("on " + node + " " + user + " " + since));
    }

    @Override
    public void off(String node, Set<String> users) {
      users.forEach(user -> heard.add("off " + node + " " + user));
    }

    @Override
    public void device(String user, String device) {
      heard.add("device " + user + " " + device);
    }

    @Override
    public void announced(String user, String device) {
      heard.add("announced " + user + " " + device);
    }

    @Override
    public void forgetAnnounced() {
      // at every start
    }

    @Override
    public void kick(OtherNodes.Kick kick) {
      heard.add("" + kick);
    }

    @Override
    public void passed(OtherNodes.Publication publication, Runnable done) {
      heard.add(
          publication.topic()
              + (publication.latest() ? " latest " + publication.key() : "")
              + " "
              + publication.count()
              + " "
              + new String(publication.units(), UTF_8));
      done.run();
    }

    void assertHears(String expected) throws InterruptedException {
      assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo(expected);
    }

    /// As [#assertHears(String)], perhaps behind what was heard already.
    void assertHears(String expected, String once) throws InterruptedException {
      String next = heard.poll(20, TimeUnit.SECONDS);
      assertThat(once.equals(next) ? heard.poll(20, TimeUnit.SECONDS) : next).isEqualTo(expected);
    }
  }

  private void start() {
    a.start(earA);
    b.start(earB);
  }

  @AfterEach
  void close() {
    a.close();
    b.close();
  }

  @Test
  void everyNodeHearsWhoIsOnTheOthers() throws InterruptedException {
    a.start(earA);
    a.came("ann", 17);
    b.start(earB); // it reads what was told before, or hears it, or both
    earB.assertHears("on a ann 17");
    b.came("ben", 18);
    earA.assertHears("on b ben 18");
    a.left("ann");
    earB.assertHears("off a ann", "on a ann 17");
  }

  @Test
  void aNodeThatStopsTakesItsUsersOffAtOnce() throws InterruptedException {
    start();
    a.came("ann", 17);
    earB.assertHears("on a ann 17");
    a.close();
    earB.assertHears("off a ann");
    assertThat(link.await(link.commands().exists(link.key("on:a")), 5_000)).isZero();
  }

  @Test
  void theUsersOfANodeWithoutALeaseAreTakenOffByTheOthers() throws InterruptedException {
    start();
    link.await(
        link.commands().hset(link.key("on:dead"), "zoe".getBytes(UTF_8), "5".getBytes(UTF_8)),
        5_000);
    link.await(link.commands().sadd(link.key("nodes"), "dead".getBytes(UTF_8)), 5_000);
    RedisNodes c = new RedisNodes(TestRedis.address(), prefix, "c", Clock.system());
    try (c) {
      Ear earC = new Ear();
      c.start(earC);
      c.came("cat", 3);
      earB.assertHears("on c cat 3");
      assertThat(link.await(link.commands().exists(link.key("on:dead")), 5_000)).isZero();
      assertThat(earC.heard).noneMatch(line -> line.contains("zoe"));
    }
  }

  @Test
  void aNodeWhoseLeaseRanOutTellsOfItsUsersAnew() throws InterruptedException {
    start();
    a.came("ann", 17);
    earB.assertHears("on a ann 17");
    link.await(link.commands().del(link.key("lease:a")), 5_000);
    earB.assertHears("off a ann");
    earB.assertHears("on a ann 17");
  }

  @Test
  void everybodyIsLookedForAnewWhereSomethingWasMissed() throws InterruptedException {
    start();
    a.came("ann", 17);
    earB.assertHears("on a ann 17");
    link.await(
        link.commands().hset(link.key("on:a"), "amy".getBytes(UTF_8), "9".getBytes(UTF_8)), 5_000);
    link.await(link.commands().hdel(link.key("on:a"), "ann".getBytes(UTF_8)), 5_000);
    link.await(link.commands().incrby(link.key("told:last"), 5), 5_000); // five are nowhere
    a.kick(new OtherNodes.Kick(OtherNodes.Kick.Of.USER, "eve", "", 0));
    earB.assertHears("off a ann");
    earB.assertHears("on a amy 9");
  }

  @Test
  void devicesAndKicksHaveOneOrder() throws InterruptedException {
    start();
    assertThat(a.device("ann", "my phone")).isTrue();
    earA.assertHears("announced ann my phone");
    earB.assertHears("device ann my phone");
    OtherNodes.Kick kick = new OtherNodes.Kick(OtherNodes.Kick.Of.USER, "ann", "my phone", 7);
    b.kick(kick);
    earA.assertHears("" + kick);
  }

  @Test
  void publicationsArePassedOnInOrder() throws InterruptedException {
    start();
    a.pass(
        List.of(
            new OtherNodes.Publication("t", false, "", 2, "{}\n{}".getBytes(UTF_8)),
            new OtherNodes.Publication("u", true, "a key", 1, "{\"n\":1}".getBytes(UTF_8))));
    earB.assertHears("t 2 {}\n{}");
    earB.assertHears("u latest a key 1 {\"n\":1}");
  }
}
