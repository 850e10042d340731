package dev.tidings.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tidings.base.Clock;
import dev.tidings.base.Ids;
import dev.tidings.engine.Answer;
import dev.tidings.engine.Change;
import dev.tidings.engine.Committed;
import dev.tidings.engine.ConversationId;
import dev.tidings.engine.Engine;
import dev.tidings.engine.EngineLimits;
import dev.tidings.engine.Level;
import dev.tidings.engine.Ticket;
import dev.tidings.protocol.Payload;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// One node with its own threads, and what its single lane was told; that is the store's writer.
final class TestNode {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  final RedisEngine engine;
  final List<Committed> told = new CopyOnWriteArrayList<>();
  final AtomicInteger lost = new AtomicInteger();

  /// Hears what was told, at once.
  volatile Consumer<List<Committed>> hears = _ -> {};

  TestNode(RedisAddress address, String prefix, String name) {
    this(address, prefix, name, Wanted.of(Level.DISK));
  }

  TestNode(RedisAddress address, String prefix, String name, Wanted wanted) {
    engine =
        new RedisEngine(
            address,
            prefix,
            name,
            wanted,
            EngineLimits.DEFAULTS,
            Clock.system(),
            new Ids(new Random(name.hashCode())),
            Optional.empty());
    engine.lost().thenRun(lost::incrementAndGet);
    engine.start(
        List.of(
            new Engine.LaneDoor(
                Runnable::run,
                (_, committed, answers) -> {
                  told.addAll(committed);
                  if (!committed.isEmpty()) {
                    hears.accept(committed);
                  }
                  answers.forEach(answered -> answered.ticket().on(answered.answer()));
                })));
  }

  Answer send(String cid) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    boolean taken =
        engine.submit(
            new Change.Append(
                Ticket.of(0, answer::complete),
                ConversationId.between("ann", "bob"),
                "ann",
                cid,
                Payload.of("\"" + cid + "\""),
                false));
    assertThat(taken).isTrue();
    return answer.orTimeout(30, TimeUnit.SECONDS).join();
  }

  /// Repeats until it is kept, as a client does.
  Answer.Appended keep(String cid) {
    return (Answer.Appended)
        await().atMost(PATIENCE).until(() -> send(cid), Answer.Appended.class::isInstance);
  }

  List<String> texts() {
    return told.stream()
        .filter(Committed.Appended.class::isInstance)
        .map(Committed.Appended.class::cast)
        .map(each -> new String(each.entry().data().json(), StandardCharsets.UTF_8))
        .toList();
  }
}
