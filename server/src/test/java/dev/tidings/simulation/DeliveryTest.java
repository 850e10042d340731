package dev.tidings.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// The way of a message, and what becomes of it when connections come and go.
class DeliveryTest {
  @Test
  void aMessageReachesBothSides() {
    Simulation.story(sim -> {
      ModelClient ann = sim.client("ann").connects();
      ModelClient bob = sim.client("bob").connects();
      sim.settle();
      Deed hello = ann.sends("u:bob", "hello");
      sim.settle();
      assertThat(hello.isConfirmed()).isTrue();
      assertThat(hello.seq()).isEqualTo(1);
      assertThat(bob.texts("u:ann")).containsExactly("hello");
      assertThat(ann.texts("u:bob")).containsExactly("hello");
    });
  }

  @Test
  void cutsAreBridgedBySync() {
    Simulation.story(sim -> {
      ModelClient ann = sim.client("ann").connects();
      ModelClient bob = sim.client("bob").connects();
      sim.settle();
      ann.creates("g:ops", "bob");
      ann.sends("g:ops", "one");
      sim.steps(20);
      bob.isCut();
      ann.sends("g:ops", "two");
      ann.sends("u:bob", "three");
      sim.settle();
      ann.sends("g:ops", "four");
      bob.connects();
      ann.sends("g:ops", "five");
      sim.settle();
      assertThat(bob.heard("g:ops")).containsExactly(1L, 2L, 3L, 4L, 5L);
      assertThat(bob.texts("g:ops")).containsExactly("one", "two", "four", "five");
      assertThat(bob.texts("u:ann")).containsExactly("three");
    });
  }

  @Test
  void twoDevicesSeeTheSame() {
    Simulation.story(sim -> {
      ModelClient phone = sim.client("ann", "phone").connects();
      ModelClient desk = sim.client("ann", "desk").connects();
      ModelClient bob = sim.client("bob").connects();
      sim.settle();
      phone.sends("u:bob", "from the phone");
      desk.sends("u:bob", "from the desk");
      bob.sends("u:ann", "from bob");
      phone.sends("u:ann", "to myself");
      sim.settle();
      assertThat(phone.heard("u:bob")).containsExactly(1L, 2L, 3L);
      assertThat(phone.entries("u:bob")).isEqualTo(desk.entries("u:bob"));
      assertThat(phone.texts("u:bob"))
          .containsExactlyInAnyOrder("from the phone", "from the desk", "from bob");
      assertThat(bob.texts("u:ann")).isEqualTo(phone.texts("u:bob"));
      assertThat(desk.texts("u:ann")).containsExactly("to myself");
    });
  }

  @Test
  void sameDeviceReplacesTheOlderConnection() {
    Simulation.story(sim -> {
      ModelClient older = sim.client("ann", "phone").connects();
      sim.settle();
      ModelClient newer = sim.client("ann", "phone").connects();
      sim.settle();
      assertThat(older.closeCode()).hasValue(4503);
      assertThat(Json.text(older.units("bye").getLast(), "code")).isEqualTo("replaced");
      newer.sends("u:ann", "still here");
      sim.settle();
      assertThat(newer.texts("u:ann")).containsExactly("still here");
      assertThat(older.texts("u:ann")).isEmpty();
    });
  }

  @Test
  void lostOkIsRepeatedOnce() {
    Simulation.story(sim -> {
      ModelClient ann = sim.client("ann").connects();
      ModelClient bob = sim.client("bob").connects();
      sim.settle();
      ann.stopsReading();
      Deed hello = ann.sends("u:bob", "hello");
      sim.settle();
      assertThat(bob.texts("u:ann")).containsExactly("hello");
      assertThat(hello.isConfirmed()).isFalse();
      ann.isCut().connects();
      sim.settle();
      assertThat(hello.isConfirmed()).isTrue();
      assertThat(hello.wasRepeat()).isTrue();
      assertThat(hello.seq()).isEqualTo(1);
      assertThat(bob.texts("u:ann")).containsExactly("hello");
      assertThat(ann.texts("u:bob")).containsExactly("hello");
    });
  }

  @Test
  void restartInMidSendKeepsWhatWasConfirmed() {
    Simulation.story(sim -> {
      ModelClient ann = sim.client("ann").connects();
      ModelClient bob = sim.client("bob").connects();
      sim.settle();
      List<Deed> sends = IntStream.range(0, 20).mapToObj(i -> ann.sends("u:bob", "m" + i)).toList();
      sim.steps(sim.random().nextInt(150));
      sim.restarts();
      sim.settle();
      ann.connects();
      bob.connects();
      sim.settle();
      assertThat(sends).allMatch(Deed::isConfirmed);
      assertThat(bob.texts("u:ann"))
          .containsExactly(IntStream.range(0, 20).mapToObj(i -> "m" + i).toArray(String[]::new));
    });
  }

  /// Whom a commit was given and whom not is unknown then, so everybody of that lane syncs.
  @Test
  void aBugInDeliveryCostsNobodyAnEntry() {
    Simulation.story(
        30,
        sim -> {
          ModelClient ann = sim.client("ann").alwaysComesBack().connects();
          ModelClient bob = sim.client("bob").alwaysComesBack().connects();
          ModelClient cat = sim.client("cat").alwaysComesBack().connects();
          sim.settle();
          ann.creates("g:ops", "bob", "cat");
          sim.settle();
          sim.frameFailsAfter(sim.random().nextInt(20));
          for (int i = 0; i < 6; i++) {
            ann.sends("g:ops", "m" + i);
            bob.sends("u:cat", "p" + i);
            sim.steps(sim.random().nextInt(8));
          }
          sim.passes(5_000);
          assertThat(bob.texts("g:ops")).containsExactly("m0", "m1", "m2", "m3", "m4", "m5");
          assertThat(cat.texts("g:ops")).isEqualTo(bob.texts("g:ops"));
          assertThat(cat.texts("u:bob")).containsExactly("p0", "p1", "p2", "p3", "p4", "p5");
        });
  }

  @Test
  void cursorInAPingCoversAllThatWasTold() {
    Simulation.story(sim -> {
      ModelClient ann = sim.client("ann").connects();
      ModelClient bob = sim.client("bob").connects();
      sim.settle();
      ann.sends("u:bob", "one");
      sim.settle();
      sim.restarts();
      ann.connects();
      bob.connects();
      sim.client("cat").connects(); // a first visit is a commit that nobody hears of
      sim.passes(26_000);
      assertThat(bob.units("ping")).hasSize(1);
      bob.leaves().connects();
      sim.settle();
      JsonNode sync = bob.units("ok").getLast();
      assertThat(sync.path("convs").valueStream().map(row -> Json.text(row, "in")))
          .containsExactly("a:all"); // which is in every sync
      assertThat(bob.cursor()).isEqualTo(Json.text(bob.units("ping").getFirst(), "cursor"));
    });
  }

  @Test
  void entryBetweenRegistrationAndSyncIsNotLost() {
    Simulation.story(sim -> {
      ModelClient ann = sim.client("ann").connects();
      sim.settle();
      ann.creates("g:ops", "bob");
      sim.settle();
      ModelClient bob = sim.client("bob").connects();
      for (int i = 0; i < 8; i++) {
        ann.sends("g:ops", "group " + i);
        ann.sends("u:bob", "private " + i);
        sim.steps(sim.random().nextInt(12));
      }
      sim.settle();
      assertThat(bob.heard("g:ops")).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
      assertThat(bob.heard("u:ann")).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
    });
  }

  @Test
  void announcementReachesOnlineNowAndOthersOnReturn() {
    Simulation.story(sim -> {
      ModelClient ann = sim.client("ann").connects();
      ModelClient bob = sim.client("bob").connects();
      ModelClient server = sim.client("server").connects();
      sim.settle();
      bob.leaves();
      sim.settle();
      server.sends("a:all", "maintenance");
      sim.settle();
      assertThat(ann.texts("a:all")).containsExactly("maintenance");
      assertThat(bob.texts("a:all")).isEmpty();
      bob.connects();
      sim.settle();
      assertThat(bob.texts("a:all")).containsExactly("maintenance");
    });
  }
}
