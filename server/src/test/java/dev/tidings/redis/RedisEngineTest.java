package dev.tidings.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tidings.base.Clock;
import dev.tidings.base.Ids;
import dev.tidings.engine.Answer;
import dev.tidings.engine.Change;
import dev.tidings.engine.Committed;
import dev.tidings.engine.ConversationId;
import dev.tidings.engine.EngineBed.Driven;
import dev.tidings.engine.EngineContract;
import dev.tidings.engine.EngineLimits;
import dev.tidings.engine.Entry;
import dev.tidings.engine.Level;
import dev.tidings.engine.Ticket;
import dev.tidings.protocol.Payload;
import dev.tidings.testbed.redis.NeedsRedis;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// Nodes with their own threads on one Redis.
@NeedsRedis
class RedisEngineTest {
  private final String prefix = TestRedis.freshPrefix();
  private int starts;

  private RedisEngine open(Clock clock, Ids ids, EngineLimits limits) {
    return new RedisEngine(
        TestRedis.address(),
        prefix,
        "node-" + starts++,
        Wanted.of(Level.DISK),
        limits,
        clock,
        ids,
        Optional.empty());
  }

  @Nested
  class Keeps extends EngineContract {
    @Override
    protected boolean numbersAll() {
      return true;
    }

    @Override
    protected Driven open(Clock clock, Ids ids, EngineLimits limits) {
      return new Driven(RedisEngineTest.this.open(clock, ids, limits), () -> false, true);
    }
  }

  private TestNode node() {
    return new TestNode(TestRedis.address(), prefix, "node-" + starts++);
  }

  @Test
  void nodesThatSendAtOnceTellTheSameInTheSameOrder() throws InterruptedException {
    int each = 2_000;
    List<TestNode> nodes = List.of(node(), node(), node());
    AtomicInteger refused = new AtomicInteger();
    CountDownLatch answered = new CountDownLatch(nodes.size() * each);
    List<Thread> senders = new ArrayList<>();
    for (int n = 0; n < nodes.size(); n++) {
      TestNode node = nodes.get(n);
      String user = "user-" + n;
      senders.add(
          Thread.ofVirtual()
              .start(() -> {
                for (int i = 0; i < each; i++) {
                  Ticket ticket =
                      Ticket.of(
                          0,
                          answer -> {
                            if (!(answer instanceof Answer.Appended)) {
                              refused.incrementAndGet();
                            }
                            answered.countDown();
                          });
                  ConversationId to = new ConversationId(ConversationId.Kind.TOPIC, "t" + i % 3);
                  node.engine.submit(
                      new Change.Append(ticket, to, user, "c" + i, Payload.of("" + i), false));
                }
              }));
    }
    for (Thread sender : senders) {
      sender.join();
    }
    assertThat(answered.await(60, TimeUnit.SECONDS)).as("all were answered").isTrue();
    assertThat(refused).hasValue(0);
    for (TestNode node : nodes) {
      awaitTold(node, nodes.size() * each);
    }
    List<String> first = entries(nodes.getFirst());
    assertThat(entries(nodes.get(1))).isEqualTo(first);
    assertThat(entries(nodes.get(2))).isEqualTo(first);
    dense(nodes.getFirst());
    nodes.forEach(node -> node.engine.close());
  }

  private static void awaitTold(TestNode node, int count) {
    await().atMost(30, TimeUnit.SECONDS).until(() -> node.told.size() == count);
  }

  private static List<String> entries(TestNode node) {
    return node.told.stream()
        .map(Committed.Appended.class::cast)
        .map(told ->
            told.conversation().id()
                + " "
                + told.entry().seq()
                + " "
                + told.entry().from()
                + " "
                + told.entry().cid())
        .toList();
  }

  private static void dense(TestNode node) {
    Map<ConversationId, Long> heads = new HashMap<>();
    for (Committed each : node.told) {
      Entry entry = ((Committed.Appended) each).entry();
      long seq = heads.merge(each.conversation().id(), 1L, Long::sum);
      assertThat(entry.seq()).isEqualTo(seq);
    }
  }
}
