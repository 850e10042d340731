package dev.tidings.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Who is here, as others are told.
class PresenceTest {
  @Test
  void offIsSaidTenSecondsAfterTheLastConnectionAndNotBefore() {
    Simulation.story(sim -> {
      Terminal ann = befriended(sim);
      ModelClient phone = sim.client("bob", "phone").connects();
      ModelClient desk = sim.client("bob", "desk").connects();
      ann.says("{'op':'sub','in':'p:bob','id':2}");
      sim.settle();
      ann.forgets();
      phone.leaves();
      sim.passes(15_000);
      assertThat(presences(ann)).isEmpty();
      desk.isCut();
      sim.passes(9_000);
      assertThat(presences(ann)).isEmpty();
      sim.passes(1_500);
      assertThat(presences(ann)).containsExactly("p:bob bob false");
      desk.connects();
      sim.settle();
      assertThat(presences(ann)).containsExactly("p:bob bob false", "p:bob bob true");
    });
  }

  @Test
  void whoReturnsInTimeWasNeverAway() {
    Simulation.story(sim -> {
      Terminal ann = befriended(sim);
      ModelClient bob = sim.client("bob", "phone").connects();
      sim.settle();
      ann.says("{'op':'sub','in':'p:bob','id':2}");
      sim.settle();
      assertThat(ann.answer(2).path("on").asBoolean()).isTrue();
      ann.forgets();
      bob.isCut();
      sim.passes(6_000);
      bob.connects();
      sim.passes(6_000);
      bob.connects(); // the same device again, replacing itself
      sim.passes(20_000);
      assertThat(presences(ann)).isEmpty();
    });
  }

  @Test
  void presenceOfAStrangerIsNotShown() {
    Simulation.story(sim -> {
      sim.client("bob").connects();
      Terminal ann = sim.terminal("ann").joinsAs("ann");
      sim.settle();
      ann.says("{'op':'sub','in':'p:bob','id':1}\n{'op':'sub','in':'p:ann','id':2}");
      sim.settle();
      assertThat(Json.text(ann.answer(1), "code")).isEqualTo("not_found");
      assertThat(ann.answer(2).path("on").asBoolean()).isTrue();
    });
  }

  @Test
  void groupPresenceListsWhoIsHereAndTellsChanges() {
    Simulation.story(sim -> {
      Terminal ann = sim.terminal("ann").joinsAs("ann");
      ModelClient bob = sim.client("bob").connects();
      sim.settle();
      ann.says("{'op':'group','do':'create','in':'g:ops','members':['bob','cat']}");
      sim.settle();
      ann.says("{'op':'sub','in':'p:g:ops','id':1}");
      sim.settle();
      assertThat(Json.texts(ann.answer(1), "online")).containsExactlyInAnyOrder("ann", "bob");
      ann.forgets();
      sim.client("cat").connects();
      sim.client("dan").connects();
      sim.settle();
      assertThat(presences(ann)).containsExactly("p:g:ops cat true");
      ann.says("{'op':'group','do':'add','in':'g:ops','who':['dan']}");
      sim.settle();
      assertThat(presences(ann)).containsExactly("p:g:ops cat true", "p:g:ops dan true");
      ann.says("{'op':'group','do':'remove','in':'g:ops','who':['bob']}");
      sim.settle();
      assertThat(presences(ann)).endsWith("p:g:ops bob false");
      bob.leaves();
      sim.passes(11_000);
      assertThat(presences(ann)).hasSize(3);
    });
  }

  /// Of more than 200 members it is told how many are here, at most every ten seconds.
  @Test
  void ofALargeGroupOnlyTheNumberIsTold() {
    Simulation.story(
        6,
        sim -> {
          Terminal ann = sim.terminal("ann").joinsAs("ann");
          ModelClient bob = sim.client("bob", "phone").connects();
          sim.client("bob", "desk").connects();
          sim.settle();
          ann.says("{'op':'group','do':'create','in':'g:ops','quiet':true,'members':['bob']}");
          ann.says("{'op':'group','do':'add','in':'g:ops','who':[" + names(0, 198) + "]}");
          ann.says("{'op':'sub','in':'p:g:ops','id':1}");
          sim.settle();
          assertThat(Json.texts(ann.answer(1), "online")).contains("ann", "bob");
          ann.says("{'op':'group','do':'add','in':'g:ops','who':[" + names(198, 260) + "]}");
          ann.says("{'op':'sub','in':'p:g:ops','id':2}");
          sim.settle();
          assertThat(ann.answer(2).has("online")).isFalse();
          assertThat(Json.number(ann.answer(2), "count")).isEqualTo(2);
          sim.passes(25_000);
          ann.forgets();
          sim.client("n7").connects();
          sim.client("n259").connects();
          sim.client("stranger").connects();
          sim.passes(12_000);
          assertThat(counts(ann)).endsWith(4L).hasSizeLessThanOrEqualTo(2);
          ann.says("{'op':'group','do':'remove','in':'g:ops','who':['n259']}");
          bob.leaves();
          sim.passes(25_000);
          assertThat(counts(ann)).endsWith(3L);
          sim.passes(60_000);
          int told = counts(ann).size();
          sim.passes(60_000);
          assertThat(counts(ann)).hasSize(told);
        });
  }

  private static String names(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "'n" + i + "'").collect(Collectors.joining(","));
  }

  private static List<Long> counts(Terminal terminal) {
    return terminal.heard("presence").stream().map(unit -> Json.number(unit, "count")).toList();
  }

  @Test
  void aDeletedGroupIsWatchedNoMore() {
    Simulation.story(
        30,
        sim -> {
          ModelClient ann = sim.client("ann").connects();
          Terminal bob = sim.terminal("bob").joinsAs("bob");
          sim.settle();
          ann.creates("g:ops", "bob", "cat");
          sim.settle();
          bob.says("{'op':'sub','in':'p:g:ops','id':1}");
          sim.steps(sim.random().nextInt(12));
          ann.deletes("g:ops");
          sim.settle();
          assertThat(Json.text(bob.heard("msg").getLast(), "kind")).isEqualTo("end");
          bob.forgets();
          sim.client("cat").connects();
          sim.settle();
          assertThat(presences(bob)).isEmpty();
          bob.says("{'op':'sub','in':'p:g:ops','id':2}\n{'op':'sub','in':'p:cat','id':3}");
          sim.settle();
          assertThat(Json.text(bob.answer(2), "code")).isEqualTo("not_member");
          assertThat(Json.text(bob.answer(3), "code")).isEqualTo("not_found");
        });
  }

  @Test
  void whoIsPutOutWatchesTheGroupNoMore() {
    Simulation.story(
        60,
        sim -> {
          ModelClient ann = sim.client("ann").connects();
          Terminal bob = sim.terminal("bob").joinsAs("bob");
          sim.settle();
          ann.creates("g:ops", "bob", "cat");
          sim.settle();
          bob.says("{'op':'sub','in':'p:g:ops','id':1}");
          sim.steps(sim.random().nextInt(12));
          ann.removes("g:ops", "bob");
          sim.settle();
          bob.forgets();
          sim.client("cat").connects();
          sim.settle();
          assertThat(presences(bob)).isEmpty();
        });
  }

  /// That he may watch was read before the commit that puts him out, and is heard of behind it.
  @Test
  void whoIsPutOutWhileHeAsksDoesNotWatchEither() {
    Simulation.story(
        60,
        sim -> {
          ModelClient ann = sim.client("ann").connects();
          Terminal bob = sim.terminal("bob").joinsAs("bob");
          sim.settle();
          ann.creates("g:ops", "bob", "cat");
          sim.settle();
          sim.storeStalls();
          bob.says("{'op':'sub','in':'p:g:ops','id':1}");
          ann.removes("g:ops", "bob");
          sim.settle();
          sim.storeReadsOn();
          sim.settle();
          bob.forgets();
          sim.client("cat").connects();
          sim.settle();
          assertThat(presences(bob)).isEmpty();
        });
  }

  @Test
  void aGroupThatCannotBeReadNowIsAnsweredAllTheSame() {
    Simulation.story(sim -> {
      Terminal ann = sim.terminal("ann").joinsAs("ann");
      sim.settle();
      ann.says("{'op':'group','do':'create','in':'g:ops'}");
      sim.settle();
      sim.takesReads(1); // whether she may watch, but not whom she watches then
      ann.says("{'op':'sub','in':'p:g:ops','id':1}");
      sim.settle();
      sim.takesReads(Integer.MAX_VALUE);
      ann.says("{'op':'sub','in':'p:g:ops','id':2}");
      sim.settle();
      assertThat(Json.text(ann.answer(1), "code")).isEqualTo("busy");
      assertThat(Json.texts(ann.answer(2), "online")).containsExactly("ann");
    });
  }

  /// Ann on a terminal, to whom bob has written, so that she may see when he is here.
  private static Terminal befriended(Simulation sim) {
    Terminal ann = sim.terminal("ann").joinsAs("ann");
    ModelClient bob = sim.client("bob", "friend").connects();
    sim.settle();
    bob.sends("u:ann", "hello");
    sim.settle();
    bob.leaves();
    sim.passes(11_000);
    ann.forgets();
    return ann;
  }

  private static List<String> presences(Terminal terminal) {
    return terminal.heard("presence").stream().map(PresenceTest::inWords).toList();
  }

  private static String inWords(JsonNode unit) {
    return Json.text(unit, "in") + " " + Json.text(unit, "user") + " " + unit.path("on");
  }
}
