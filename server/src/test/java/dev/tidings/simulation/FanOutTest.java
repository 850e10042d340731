package dev.tidings.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.hub.FanOut;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// Conversations of so many readers that handing out takes several rounds. Here two are many.
class FanOutTest {
  private static FanOut.Rounds oneAtATime(int waitingBytesMax) {
    return new FanOut.Rounds(0, 1, 1, waitingBytesMax);
  }

  private static Simulation withRounds(Simulation sim, int waitingBytesMax) {
    return sim.with(sim.settings().withRounds(oneAtATime(waitingBytesMax))).withLanes(1);
  }

  private static List<Long> numbers(long from, long to) {
    return LongStream.rangeClosed(from, to).boxed().toList();
  }

  @Test
  void whoComesAndGoesBetweenTwoRoundsHearsWhatIsHis() {
    Simulation.story(
        60,
        sim -> {
          withRounds(sim, 1 << 20);
          ModelClient ann = sim.client("ann").connects();
          List<ModelClient> members = new ArrayList<>();
          for (String name : List.of("bob", "cat", "dan", "eve", "fay")) {
            members.add(sim.client(name).connects());
          }
          sim.settle();
          ann.creates("g:big", "bob", "cat", "dan", "eve", "fay"); // 1
          sim.settle();
          ModelClient gus = sim.client("gus").connects();
          ModelClient hal = sim.client("hal");
          sim.settle();
          ann.sends("g:big", "before"); // 2
          sim.steps(sim.random().nextInt(20));
          ann.adds("g:big", "gus"); // 3
          ann.sends("g:big", "with gus"); // 4
          sim.steps(sim.random().nextInt(20));
          ann.removes("g:big", "eve"); // 5
          ann.adds("g:big", "hal"); // 6
          hal.connects();
          ann.sends("g:big", "without eve"); // 7
          sim.settle();
          for (ModelClient member : members) {
            long last = member.user().equals("eve") ? 5 : 7;
            assertThat(member.heard("g:big")).as(member.user()).isEqualTo(numbers(1, last));
          }
          assertThat(gus.heard("g:big")).isEqualTo(numbers(3, 7));
          assertThat(hal.heard("g:big")).isEqualTo(numbers(6, 7));
        });
  }

  @Test
  void aPrivateMessageIsNotKeptWaitingByALargeGroup() {
    int[] overtaken = new int[1];
    Simulation.story(
        40,
        sim -> {
          withRounds(sim, 1 << 20);
          ModelClient ann = sim.client("ann").connects();
          ModelClient bob = sim.client("bob").connects();
          String[] names = IntStream.range(0, 30).mapToObj(i -> "m" + i).toArray(String[]::new);
          List<ModelClient> members = new ArrayList<>();
          for (String name : names) {
            members.add(sim.client(name).connects());
          }
          sim.settle();
          ann.creates("g:big", names);
          sim.settle();
          ann.sends("g:big", "to all");
          sim.steps(30);
          ann.sends("u:bob", "to one");
          for (int i = 0; i < 10_000 && bob.texts("u:ann").isEmpty(); i++) {
            sim.steps(1);
          }
          assertThat(bob.texts("u:ann")).containsExactly("to one");
          overtaken[0] += members.stream().anyMatch(each -> each.texts("g:big").isEmpty()) ? 1 : 0;
          sim.settle();
          assertThat(members).allMatch(each -> each.texts("g:big").equals(List.of("to all")));
        });
    assertThat(overtaken[0]).isGreaterThan(20);
  }

  @Test
  void whoSendsMoreThanALargeGroupCanTakeIsToldBusyBeforeAnythingIsDone() {
    int[] busy = new int[1];
    Simulation.story(sim -> {
      withRounds(sim, 2_000);
      ModelClient ann = sim.client("ann").connects();
      ModelClient bob = sim.client("bob").connects();
      ModelClient cat = sim.client("cat").connects();
      sim.settle();
      ann.creates("g:big", "bob", "cat");
      sim.settle();
      List<Deed> sends = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        sends.add(ann.sends("g:big", i + "x".repeat(400)));
        sim.steps(4);
      }
      sim.passes(60_000);
      busy[0] +=
          ann.units("err").stream().anyMatch(err -> Json.text(err, "code").equals("busy")) ? 1 : 0;
      assertThat(sends).allMatch(Deed::isConfirmed);
      assertThat(bob.heard("g:big")).isEqualTo(numbers(1, 41));
      assertThat(cat.texts("g:big")).isEqualTo(bob.texts("g:big"));
    });
    assertThat(busy[0]).isPositive();
  }
}
