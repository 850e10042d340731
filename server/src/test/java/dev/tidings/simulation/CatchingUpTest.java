package dev.tidings.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.engine.EngineLimits;
import dev.tidings.engine.Retention;
import dev.tidings.engine.Retention.Keep;
import dev.tidings.session.Outbox;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Readers that are slower than their conversations.
class CatchingUpTest {
  /// The largest frame that the core makes: a run of entries that was nearly full when a large one
  /// came, or a page of the log.
  private static final int FRAME_BYTES_MAX = 16 * 1024 + 34 * 1024;

  private static final String PAGE_OF_TEXT = "x".repeat(3_000);

  @Test
  void slowReaderCatchesUpFromTheLog() {
    Simulation.story(sim -> {
      ModelClient ann = sim.client("ann").connects();
      ModelClient bob = sim.client("bob").connects();
      ModelClient cat = sim.client("cat").connects();
      sim.settle();
      ann.creates("g:lobby", "bob", "cat");
      sim.settle();
      bob.stopsReading();
      for (int i = 0; i < 100; i++) {
        ann.sends("g:lobby", i + PAGE_OF_TEXT);
        sim.steps(10);
      }
      sim.settle();
      assertThat(bob.bytesWaitingMost()).isLessThan(Outbox.CAPACITY_BYTES + FRAME_BYTES_MAX);
      assertThat(bob.texts("g:lobby")).isEmpty();
      assertThat(ann.texts("g:lobby")).hasSize(100); // the sender is not delayed
      assertThat(cat.texts("g:lobby")).hasSize(100); // nor is another reader
      bob.readsAgain();
      sim.settle();
      assertThat(bob.heard("g:lobby")).isEqualTo(numbers(1, 101)); // no gap, no repeat
      assertThat(bob.bytesWaitingMost()).isLessThan(Outbox.CAPACITY_BYTES + FRAME_BYTES_MAX);
    });
  }

  @Test
  void catchUpMeetsLive() {
    Simulation.story(
        60,
        sim -> {
          ModelClient ann = sim.client("ann").connects();
          ModelClient bob = sim.client("bob").connects();
          ModelClient cat = sim.client("cat").connects();
          sim.settle();
          ann.creates("g:ops", "bob", "cat");
          bob.follows("t:kept.a");
          sim.settle();
          for (int i = 0; i < 60; i++) {
            (sim.random().nextBoolean() ? ann : cat).sends("g:ops", i + PAGE_OF_TEXT);
            if (sim.random().nextInt(3) == 0) {
              ann.sends("u:bob", i + PAGE_OF_TEXT);
              cat.sends("t:kept.a", i + PAGE_OF_TEXT);
            }
            switch (sim.random().nextInt(6)) {
              case 0 -> bob.stopsReading();
              case 1, 2 -> bob.takesOnly(sim.random().nextInt(60_000));
              default -> bob.readsAgain();
            }
            sim.steps(sim.random().nextInt(40));
          }
          bob.readsAgain();
          sim.settle();
          assertThat(bob.heard("g:ops")).isEqualTo(numbers(1, 61));
          assertThat(bob.entries("u:ann")).hasSameSizeAs(ann.texts("u:bob"));
          assertThat(bob.entries("t:kept.a")).hasSameSizeAs(bob.entries("u:ann"));
        });
  }

  @Test
  void readerBehindInTooManyConversationsIsSentToSync() {
    Simulation.story(
        3,
        sim -> {
          ModelClient bob = sim.client("bob").connects();
          sim.settle();
          bob.stopsReading();
          ModelClient ann = sim.client("ann").connects();
          for (int i = 0; i < 25; i++) { // more than an outbox holds
            ann.sends("u:bob", i + PAGE_OF_TEXT);
          }
          sim.settle();
          for (int i = 0; i < 256; i++) {
            sim.client("user" + i).connects().sends("u:bob", "hello");
            sim.settle();
          }
          bob.readsAgain();
          sim.settle();
          assertThat(bob.closeCode()).hasValue(4002);
          assertThat(Json.text(bob.units("bye").getLast(), "code")).isEqualTo("slow");
          bob.connects();
          sim.settle();
          assertThat(bob.texts("u:ann")).hasSize(25);
          assertThat(bob.texts("u:user255")).containsExactly("hello");
        });
  }

  @Test
  void readerWhoTakesNothingForAMinuteIsClosed() {
    Simulation.story(sim -> {
      Terminal bob = sim.terminal("bob").joinsAs("bob");
      sim.settle();
      ModelClient ann = sim.client("ann").connects();
      bob.socket().takeOnly(0);
      sim.settle();
      ann.sends("u:bob", "hello");
      for (int second = 0; second < 59; second++) {
        bob.says("{'op':'pong'}"); // it lives, it only does not read
        sim.passes(1_000);
      }
      assertThat(bob.isOver()).isFalse();
      sim.passes(3_000);
      bob.socket().takeAll();
      sim.settle();
      assertThat(bob.closeCode()).hasValue(4002);
      assertThat(Json.text(bob.last(), "code")).isEqualTo("slow");
    });
  }

  @Test
  void readerWhoTakesALittleAllTheTimeIsNotClosed() {
    Simulation.story(sim -> {
      Terminal bob = sim.terminal("bob").joinsAs("bob");
      sim.settle();
      ModelClient ann = sim.client("ann").connects();
      sim.settle();
      for (int second = 0; second < 90; second++) {
        ann.sends("u:bob", "x".repeat(400));
        bob.says("{'op':'pong'}");
        bob.socket().takeOnly(100); // slower than what comes, so that ever more waits
        sim.passes(1_000);
      }
      bob.socket().takeAll();
      sim.settle();
      assertThat(bob.isOver()).isFalse();
      assertThat(bob.heard("msg")).hasSize(90);
    });
  }

  @Test
  void noCursorIsToldWhileBehind() {
    Simulation.story(sim -> {
      ModelClient ann = sim.client("ann").connects();
      ModelClient bob = sim.client("bob").connects();
      sim.settle();
      bob.takesOnly(1_000);
      for (int i = 0; i < 40; i++) {
        ann.sends("u:bob", i + PAGE_OF_TEXT);
      }
      sim.passes(26_000);
      bob.takesOnly(30_000);
      sim.passes(1_000);
      bob.isCut();
      bob.connects();
      sim.settle();
      assertThat(bob.heard("u:ann")).isEqualTo(numbers(1, 40));
    });
  }

  @Test
  void whatWasTrimmedWhileAReaderWasSlowIsSaidToBeGone() {
    Simulation.story(sim -> {
      Keep ten = new Keep(10, Keep.UNBOUNDED, Keep.UNBOUNDED);
      sim.with(
          EngineLimits.DEFAULTS.withRetention(
              new Retention(List.of(new Retention.Rule("g:*", ten)))));
      ModelClient ann = sim.client("ann").connects();
      ModelClient bob = sim.client("bob").connects();
      sim.settle();
      ann.creates("g:lobby", "bob");
      sim.settle();
      bob.stopsReading();
      for (int i = 0; i < 100; i++) {
        ann.sends("g:lobby", i + PAGE_OF_TEXT);
        sim.steps(10);
      }
      sim.passes(2_000);
      assertThat(bob.texts("g:lobby")).isEmpty();
      bob.readsAgain();
      sim.settle();
      List<Long> heard = bob.heard("g:lobby");
      assertThat(heard).endsWith(99L, 100L, 101L).doesNotContain(50L).isSorted();
      assertThat(bob.units("gap")).isNotEmpty();
      assertThat(Json.number(bob.units("gap").getFirst(), "after")).isLessThan(50);
    });
  }

  @Test
  void whatWasOverBeforeASlowReaderCameToItIsVoid() {
    Simulation.story(sim -> {
      Terminal ann = sim.terminal("ann").joinsAs("ann");
      Terminal bob = sim.terminal("bob").joinsAs("bob");
      sim.settle();
      bob.socket().takeOnly(0);
      for (int i = 0; i < 60; i++) {
        ann.says("{'op':'send','to':'u:bob','ttl':10,'data':'" + i + PAGE_OF_TEXT + "'}");
        sim.steps(10);
      }
      ann.says("{'op':'send','to':'u:bob','ttl':1000,'data':'lasting'}");
      sim.passes(10_000);
      bob.socket().takeAll();
      sim.passes(1_000);
      List<JsonNode> entries = bob.heard("msg");
      assertThat(entries.stream().map(entry -> Json.number(entry, "seq")))
          .isEqualTo(numbers(1, 61));
      assertThat(entries.stream().filter(entry -> Json.text(entry, "void").equals("ttl")))
          .hasSizeBetween(30, 59) // the first were in the outbox already
          .noneMatch(entry -> entry.has("data"));
      assertThat(Json.text(entries.getLast(), "data")).isEqualTo("lasting");
    });
  }

  private static List<Long> numbers(long first, long last) {
    return LongStream.rangeClosed(first, last).boxed().toList();
  }
}
