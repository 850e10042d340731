package dev.tidings.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.engine.EngineLimits;
import dev.tidings.engine.Retention;
import dev.tidings.engine.Retention.Keep;
import dev.tidings.session.CatchUp;
import dev.tidings.session.Outbox;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// Event streams: what a reader is given who can only listen, and who comes back with the last id
/// he saw. That no id ever covers what was not given, every [StreamReader] checks at every id.
class StreamTest {
  /// The largest frame that the core makes, as in [CatchingUpTest].
  private static final int FRAME_BYTES_MAX = 16 * 1024 + 34 * 1024;

  private static final String PAGE_OF_TEXT = "x".repeat(3_000);

  @Test
  void welcomeComesFirstAndThenWhatHappensFromNowOn() {
    Simulation.story(sim -> {
      ModelClient ann = sim.client("ann").connects();
      sim.settle();
      ann.sends("u:bob", "before");
      sim.settle();
      StreamReader bob = sim.stream("bob").opens();
      sim.settle();
      ann.sends("u:bob", "after");
      sim.settle();
      assertThat(bob.units())
          .extracting(unit -> Json.text(unit, "op"))
          .containsExactly("welcome", "msg");
      assertThat(bob.given("u:ann")).containsExactly(2L);
      assertThat(bob.ids()).hasSize(1); // where it began
      sim.passes(1_100);
      assertThat(bob.ids()).hasSize(2);
      sim.passes(10_000);
      assertThat(bob.ids()).as("nothing happened").hasSize(2);
      sim.passes(20_000);
      assertThat(bob.units("ping")).hasSize(1);
      assertThat(bob.ids()).as("one with the ping").hasSize(3);
    });
  }

  @Test
  void whoSaysNothingForAnHourIsNotIdle() {
    Simulation.story(
        3,
        sim -> {
          StreamReader bob = sim.stream("bob").opens();
          sim.passes(3_600_000);
          assertThat(bob.isConnected()).isTrue();
          assertThat(bob.units("ping")).hasSizeGreaterThan(100);
        });
  }

  @Test
  void whatWasMissedIsReplayedFromTheLastId() {
    Simulation.story(sim -> {
      ModelClient ann = sim.client("ann").connects();
      ModelClient server = sim.client("server").connects();
      sim.settle();
      ann.creates("g:ops", "bob");
      StreamReader bob = sim.stream("bob", "t:kept.a").opens();
      sim.settle();
      ann.sends("u:bob", "seen");
      sim.passes(1_100);
      bob.isCut();
      sim.settle();
      for (int i = 0; i < 20; i++) {
        ann.sends("u:bob", "missed " + i);
        ann.sends("g:ops", "missed " + i);
        ann.sends("t:kept.a", "missed " + i);
      }
      server.sends("a:all", "missed by all");
      sim.settle();
      assertThat(bob.lacks(Long.MAX_VALUE)).hasSize(61);
      bob.opens();
      sim.settle();
      assertThat(bob.lacks(Long.MAX_VALUE)).isEmpty();
      assertThat(bob.given("u:ann")).isEqualTo(numbers(1, 21));
      assertThat(bob.given("t:kept.a")).isEqualTo(numbers(1, 20));
      assertThat(bob.repeated()).as("all of it was behind the last id").isZero();
      ann.sends("u:bob", "live");
      sim.settle();
      assertThat(bob.given("u:ann")).isEqualTo(numbers(1, 22));
    });
  }

  @Test
  void aStreamCutAtAnyMomentLacksNothingInTheEnd() {
    Simulation.story(
        60,
        sim -> {
          ModelClient ann = sim.client("ann").connects();
          ModelClient cat = sim.client("cat").connects();
          StreamReader bob = sim.stream("bob", "t:kept.a").opens();
          sim.settle();
          ann.creates("g:ops", "bob", "cat");
          for (int i = 0; i < 80; i++) {
            ModelClient someone = sim.random().nextBoolean() ? ann : cat;
            String text = i + (sim.random().nextInt(4) == 0 ? PAGE_OF_TEXT : "");
            someone.sends(List.of("g:ops", "u:bob", "t:kept.a").get(sim.random().nextInt(3)), text);
            switch (sim.random().nextInt(12)) {
              case 0, 1 -> bob.isCut();
              case 2 -> bob.takesOnly(sim.random().nextInt(20_000));
              case 3 -> sim.passes(sim.random().nextInt(3_000));
              default -> bob.readsAgain();
            }
            sim.steps(sim.random().nextInt(40));
            if (!bob.isConnected()) {
              bob.opens();
            }
          }
          bob.readsAgain();
          sim.passes(2_000);
          if (!bob.isConnected()) {
            bob.opens();
          }
          sim.passes(2_000);
          assertThat(bob.lacks(Long.MAX_VALUE)).isEmpty();
        });
  }

  @Test
  void aReplayLargerThanTheOutboxComesByPagesAndTellsNoIdBefore() {
    Simulation.story(sim -> {
      ModelClient ann = sim.client("ann").connects();
      StreamReader bob = sim.stream("bob").opens();
      sim.passes(1_100);
      bob.isCut();
      sim.settle();
      for (int i = 0; i < 100; i++) {
        ann.sends("u:bob", i + PAGE_OF_TEXT);
      }
      sim.settle();
      int idsBefore = bob.ids().size();
      bob.opens().takesOnly(40_000);
      sim.passes(5_000);
      assertThat(bob.ids()).as("no id while something is owed").hasSize(idsBefore);
      assertThat(bob.bytesWaitingMost()).isLessThan(Outbox.CAPACITY_BYTES + FRAME_BYTES_MAX);
      ann.sends("u:bob", "and one that comes live");
      sim.settle();
      bob.readsAgain();
      sim.passes(2_000);
      assertThat(bob.given("u:ann")).isEqualTo(numbers(1, 101));
      assertThat(bob.repeated()).isZero();
      assertThat(bob.ids()).hasSizeGreaterThan(idsBefore);
    });
  }

  @Test
  void moreConversationsThanNotesAreReplayedWhileOthersMove() {
    Simulation.story(
        3,
        sim -> {
          StreamReader bob = sim.stream("bob").opens();
          sim.passes(1_100);
          bob.isCut();
          sim.settle();
          int writers = CatchUp.NOTES_MAX + 2 * CatchUp.LISTED_MAX + 5;
          ModelClient[] clients = new ModelClient[writers];
          for (int i = 0; i < writers; i++) {
            clients[i] = sim.client("user" + i).connects();
            clients[i].sends("u:bob", "one");
            sim.settle();
          }
          bob.opens();
          for (int i = 0; i < 60; i++) {
            clients[sim.random().nextInt(writers)].sends("u:bob", "while it is replayed");
            sim.steps(sim.random().nextInt(30));
          }
          sim.passes(3_000);
          assertThat(bob.isConnected()).isTrue();
          assertThat(bob.lacks(Long.MAX_VALUE)).isEmpty();
          assertThat(bob.repeated()).isZero();
        });
  }

  @Test
  void aReplayWaitsUntilTheEngineTakesItsReads() {
    Simulation.story(sim -> {
      ModelClient ann = sim.client("ann").connects();
      StreamReader bob = sim.stream("bob").opens();
      sim.passes(1_100);
      bob.isCut();
      sim.settle();
      ann.sends("u:bob", "missed");
      sim.settle();
      bob.opens();
      sim.takesReads(1); // of his groups; then no list
      sim.settle();
      ann.sends("u:bob", "live, but behind the other");
      sim.settle();
      assertThat(bob.given("u:ann")).isEmpty();
      sim.takesReads(Integer.MAX_VALUE);
      sim.passes(2_000);
      assertThat(bob.given("u:ann")).containsExactly(1L, 2L);
    });
  }

  @Test
  void whatWasTrimmedMeanwhileIsToldByAGapAndWhatWasSeenBeforeIsNot() {
    Simulation.story(sim -> {
      Keep two = new Keep(2, Keep.UNBOUNDED, Keep.UNBOUNDED);
      sim.with(
          EngineLimits.DEFAULTS.withRetention(
              new Retention(List.of(new Retention.Rule("*", two)))));
      ModelClient ann = sim.client("ann").connects();
      ModelClient cat = sim.client("cat").connects();
      StreamReader bob = sim.stream("bob", "t:kept.a").opens();
      sim.settle();
      for (int i = 0; i < 10; i++) {
        cat.sends("u:bob", "seen " + i); // trimmed as well, but he has seen them
      }
      sim.passes(2_000);
      bob.isCut();
      sim.settle();
      for (int i = 0; i < 10; i++) {
        ann.sends("u:bob", "missed " + i);
        ann.sends("t:kept.a", "missed " + i);
        sim.settle();
      }
      cat.sends("u:bob", "missed");
      sim.passes(2_000);
      bob.opens();
      sim.passes(2_000);
      assertThat(bob.units("gap"))
          .extracting(gap -> Json.text(gap, "in") + " " + Json.number(gap, "after"))
          .containsExactlyInAnyOrder("u:ann 0", "t:kept.a 0");
      assertThat(bob.given("u:ann")).endsWith(9L, 10L).hasSizeLessThan(10);
      assertThat(bob.given("u:cat")).isEqualTo(numbers(1, 11));
      assertThat(bob.lacks(Long.MAX_VALUE)).isEmpty();
    });
  }

  @Test
  void aStreamThatCannotFollowWhatItNamesEndsAndTellsNoIdBefore() {
    Simulation.story(sim -> {
      ModelClient ann = sim.client("ann").connects();
      StreamReader bob = sim.stream("bob", "t:kept.a", "t:kept.b").opens();
      sim.passes(1_100);
      bob.isCut();
      sim.settle();
      ann.sends("t:kept.b", "missed");
      sim.settle();
      int idsBefore = bob.ids().size();
      bob.opens();
      sim.takesReads(2); // then no log can be read
      sim.passes(3_000);
      assertThat(bob.closeCode()).hasValue(4001);
      assertThat(bob.ids()).hasSize(idsBefore);
      sim.takesReads(Integer.MAX_VALUE);
      bob.opens();
      sim.settle();
      assertThat(bob.given("t:kept.b")).containsExactly(1L);
    });
  }

  @Test
  void aStreamThatBeginsNowHasAllOfItsTopicsFromThatMoment() {
    Simulation.story(
        60,
        sim -> {
          ModelClient ann = sim.client("ann").connects();
          sim.settle();
          StreamReader bob = sim.stream("bob", "t:kept.a", "t:kept.b", "t:kept.c").opens();
          for (int i = 0; i < 30; i++) {
            ann.sends(List.of("t:kept.a", "t:kept.b", "t:kept.c").get(i % 3), "word " + i);
            sim.steps(sim.random().nextInt(12));
          }
          sim.passes(2_000);
          assertThat(bob.lacks(Long.MAX_VALUE)).isEmpty();
        });
  }

  @Test
  void aCursorThatIsRefusedIsSaidAndTheStreamGoesOnFromNow() {
    Simulation.story(sim -> {
      ModelClient ann = sim.client("ann").connects();
      StreamReader bob = sim.stream("bob", "t:kept.a").remembers("0-zzzz-0");
      ann.sends("u:bob", "before");
      sim.settle();
      bob.opens();
      sim.settle();
      assertThat(bob.units().get(1).path("code").asString()).isEqualTo("cursor");
      assertThat(bob.units("ok")).as("the topic is followed").hasSize(1);
      ann.sends("u:bob", "after");
      ann.sends("t:kept.a", "after");
      sim.settle();
      assertThat(bob.given("u:ann")).containsExactly(2L);
      assertThat(bob.given("t:kept.a")).containsExactly(1L);
    });
  }

  @Test
  void comingsAndGoingsOfAQuietGroupAreToldWhereNoEntrySaysThem() {
    Simulation.story(sim -> {
      ModelClient ann = sim.client("ann").connects();
      StreamReader bob = sim.stream("bob").opens();
      sim.settle();
      ann.createsQuiet("g:in");
      ann.createsQuiet("g:out", "bob");
      ann.createsQuiet("g:late", "bob");
      sim.passes(1_100);
      bob.isCut();
      sim.settle();
      ann.sends("g:in", "not for bob");
      ann.adds("g:in", "bob");
      ann.sends("g:in", "for bob");
      ann.removes("g:out", "bob");
      ann.sends("g:late", "still for bob");
      ann.removes("g:late", "bob");
      ann.sends("g:late", "not for bob");
      sim.settle();
      int before = bob.units().size();
      bob.opens();
      sim.settle();
      List<String> told =
          bob.units().stream()
              .skip(before + 1) // welcome
              .map(unit ->
                  Json.text(unit, "op")
                      + " "
                      + Json.text(unit, "in")
                      + (unit.has("gone") ? " gone" : "")
                      + (unit.has("after") ? " " + Json.number(unit, "after") : ""))
              .toList();
      assertThat(told)
          .containsExactlyInAnyOrder(
              "gap g:in 1", "msg g:in", "gap g:out gone", "msg g:late", "gap g:late gone");
      assertThat(told.indexOf("gap g:in 1")).isLessThan(told.indexOf("msg g:in"));
      assertThat(told.indexOf("msg g:late")).isLessThan(told.indexOf("gap g:late gone"));
    });
  }

  @Test
  void whoWasReplacedIsToldNotToComeBackAndHisSuccessorMay() {
    Simulation.story(sim -> {
      StreamReader older = sim.stream("bob").onDevice("phone").alwaysComesBack().opens();
      sim.settle();
      StreamReader newer = sim.stream("bob").onDevice("phone").alwaysComesBack().opens();
      sim.passes(10_000);
      assertThat(older.closeCode()).hasValue(4503);
      assertThat(older.ids().getLast()).isEqualTo("stop");
      assertThat(newer.isConnected()).isTrue();
      newer.isCut();
      sim.passes(10_000);
      assertThat(newer.isConnected()).isTrue();
      assertThat(older.isConnected()).isFalse();
    });
  }

  @Test
  void subWithACursorReplaysOnAnyConnection() {
    Simulation.story(sim -> {
      ModelClient ann = sim.client("ann").connects();
      sim.settle();
      ann.sends("t:kept.a", "one");
      sim.settle();
      Terminal bob = sim.terminal("bob").joinsAs("bob");
      bob.says("{'op':'sync','id':1}");
      sim.settle();
      String cursor = Json.text(bob.answer(1), "cursor");
      ann.sends("t:kept.a", "two");
      ann.sends("t:kept.a", "three");
      sim.settle();
      bob.says("{'op':'sub','id':2,'in':'t:kept.a','since':'" + cursor + "'}");
      bob.says("{'op':'sub','id':3,'in':'t:kept.b','since':'0-zzz-0'}");
      bob.says("{'op':'sub','id':4,'in':'t:kept.c','since':'" + cursor + "'}");
      sim.settle();
      ann.sends("t:kept.a", "four");
      ann.sends("t:kept.c", "first");
      sim.settle();
      assertThat(Json.number(bob.answer(2), "head")).isEqualTo(3);
      assertThat(Json.text(bob.answer(3), "code")).isEqualTo("cursor");
      assertThat(Json.number(bob.answer(4), "head")).isZero();
      assertThat(bob.heard("msg"))
          .extracting(unit -> Json.text(unit, "data"))
          .containsExactlyInAnyOrder("two", "three", "four", "first");
    });
  }

  private static List<Long> numbers(long first, long last) {
    return LongStream.rangeClosed(first, last).boxed().toList();
  }
}
