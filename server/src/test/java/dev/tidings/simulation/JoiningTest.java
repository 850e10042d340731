package dev.tidings.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// Groups that change while their members come and go.
class JoiningTest {
  /// What his connection is told first depends on what the lane, the writer and the readers have
  /// done by then; what he has in the end does not.
  @Test
  void whoIsAddedWhileConnectingHearsAllFromThenOnAndNothingBefore() {
    Simulation.story(
        150,
        sim -> {
          ModelClient ann = sim.client("ann").connects();
          ModelClient bob = sim.client("bob");
          sim.settle();
          ann.creates("g:ops");
          sim.settle();
          ann.sends("g:ops", "before");
          if (sim.random().nextBoolean()) {
            bob.connects();
            sim.steps(sim.random().nextInt(30));
          }
          Deed added = ann.adds("g:ops", "bob");
          ann.sends("g:ops", "after");
          sim.steps(sim.random().nextInt(30));
          if (!bob.isConnected()) {
            bob.connects();
          }
          sim.steps(sim.random().nextInt(30));
          ann.sends("g:ops", "later");
          sim.settle();
          assertThat(added.seq()).isEqualTo(3);
          assertThat(bob.texts("g:ops")).containsExactly("after", "later");
          ann.sends("g:ops", "now");
          sim.settle();
          assertThat(bob.texts("g:ops")).containsExactly("after", "later", "now");
          assertThat(bob.connections()).isOne();
        });
  }

  /// His groups are read in the midst of the commit that lets him in, so they are known before the
  /// lane hands out what came before him in that very commit.
  @Test
  void whoIsLetInByTheCommitInHandHearsNothingBefore() {
    Simulation.story(
        60,
        sim -> {
          ModelClient ann = sim.client("ann").connects();
          sim.client("bob").connects();
          ModelClient bob = sim.client("bob", "desk");
          sim.settle();
          ann.creates("g:ops");
          sim.settle();
          sim.storeStalls();
          ann.sends("g:ops", "before");
          ann.sends("g:ops", "before too");
          ann.adds("g:ops", "bob");
          ann.sends("g:ops", "after");
          bob.connects();
          sim.settle();
          sim.storeGoesOn();
          sim.settle();
          assertThat(bob.texts("g:ops")).containsExactly("after");
        });
  }

  @Test
  void kickReachesTheKickedAndThenNothing() {
    Simulation.story(
        40,
        sim -> {
          ModelClient ann = sim.client("ann").connects();
          ModelClient bob = sim.client("bob").connects();
          sim.settle();
          ann.creates("g:ops", "bob");
          ann.sends("g:ops", "before");
          ann.removes("g:ops", "bob");
          ann.sends("g:ops", "behind his back");
          sim.settle();
          assertThat(bob.heard("g:ops")).containsExactly(1L, 2L, 3L);
          assertThat(Json.text(bob.entries("g:ops").getLast(), "kind")).isEqualTo("kick");
          assertThat(Json.texts(bob.entries("g:ops").getLast(), "who")).containsExactly("bob");
          Deed answer = bob.sends("g:ops", "but");
          sim.settle();
          assertThat(Json.text(answer.answer().orElseThrow(), "code")).isEqualTo("not_member");
          assertThat(ann.texts("g:ops")).containsExactly("before", "behind his back");
        });
  }

  @Test
  void leaveAndRejoinIsANewStretch() {
    Simulation.story(
        40,
        sim -> {
          ModelClient ann = sim.client("ann").connects();
          ModelClient bob = sim.client("bob", "phone").connects();
          ModelClient away = sim.client("bob", "desk").connects();
          sim.settle();
          ann.creates("g:ops", "bob");
          sim.settle();
          away.leaves();
          bob.leavesGroup("g:ops");
          sim.settle();
          ann.sends("g:ops", "not for bob");
          sim.settle();
          bob.joins("g:ops");
          away.connects();
          sim.settle();
          ann.sends("g:ops", "for bob");
          sim.settle();
          assertThat(bob.heard("g:ops")).containsExactly(1L, 2L, 4L, 5L);
          assertThat(Objects.requireNonNull(bob.copies().get("g:ops")).start).isEqualTo(4);
          assertThat(away.heard("g:ops")).endsWith(4L, 5L).doesNotContain(3L);
          assertThat(bob.texts("g:ops")).containsExactly("for bob");
        });
  }

  @Test
  void readerWhoWasFarBehindWhenPutOutGetsAllUpToTheKick() {
    Simulation.story(sim -> {
      ModelClient ann = sim.client("ann").connects();
      ModelClient bob = sim.client("bob").connects();
      sim.settle();
      ann.creates("g:ops", "bob");
      sim.settle();
      bob.stopsReading();
      for (int i = 0; i < 40; i++) {
        ann.sends("g:ops", i + "x".repeat(3_000));
        sim.steps(5);
      }
      ann.removes("g:ops", "bob");
      ann.sends("g:ops", "behind his back");
      sim.settle();
      bob.readsAgain();
      sim.settle();
      assertThat(bob.heard("g:ops")).isEqualTo(numbers(1, 42));
    });
  }

  @Test
  void everybodyHearsTheEndAndThenNothing() {
    Simulation.story(
        40,
        sim -> {
          ModelClient ann = sim.client("ann").connects();
          ModelClient bob = sim.client("bob").connects();
          ModelClient away = sim.client("bob", "desk");
          sim.settle();
          ann.createsQuiet("g:ops", "bob");
          ann.sends("g:ops", "one");
          ann.setsRole("g:ops", "bob", "mute");
          sim.settle();
          Deed mute = bob.sends("g:ops", "but");
          sim.settle();
          assertThat(Json.text(mute.answer().orElseThrow(), "code")).isEqualTo("forbidden");
          ann.deletes("g:ops");
          Deed late = ann.sends("g:ops", "two");
          sim.settle();
          assertThat(Json.text(late.answer().orElseThrow(), "code")).isEqualTo("not_member");
          away.connects();
          sim.settle();
          assertThat(bob.heard("g:ops")).containsExactly(1L, 2L, 3L);
          assertThat(away.heard("g:ops")).containsExactly(1L, 2L, 3L);
          assertThat(bob.entries("g:ops").stream().map(entry -> Json.text(entry, "kind")))
              .containsExactly("", "info", "end");
        });
  }

  @Test
  void quietGroupTellsOnlyTheConcernedByGap() {
    Simulation.story(sim -> {
      ModelClient ann = sim.client("ann").connects();
      ModelClient bob = sim.client("bob").connects();
      ModelClient cat = sim.client("cat").connects();
      sim.settle();
      ann.createsQuiet("g:crowd", "cat");
      sim.settle();
      ann.sends("g:crowd", "one");
      sim.settle();
      bob.joins("g:crowd");
      sim.settle();
      ann.sends("g:crowd", "two");
      sim.settle();
      bob.leavesGroup("g:crowd");
      sim.settle();
      ann.sends("g:crowd", "three");
      sim.settle();
      assertThat(bob.texts("g:crowd")).containsExactly("two");
      assertThat(bob.units("gap")).hasSize(2);
      assertThat(Json.number(bob.units("gap").getFirst(), "after")).isEqualTo(1);
      assertThat(Json.number(bob.units("gap").getFirst(), "head")).isEqualTo(1);
      assertThat(bob.units("gap").getLast().path("gone").asBoolean()).isTrue();
      assertThat(cat.texts("g:crowd")).containsExactly("one", "two", "three");
      assertThat(cat.units("gap")).hasSize(1); // of his own joining
    });
  }

  private static List<Long> numbers(long first, long last) {
    return LongStream.rangeClosed(first, last).boxed().toList();
  }
}
