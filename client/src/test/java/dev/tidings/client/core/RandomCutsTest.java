package dev.tidings.client.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.client.json.Json;
import dev.tidings.client.model.ClientFailure;
import dev.tidings.client.model.ClientOptions;
import dev.tidings.client.model.Entry;
import dev.tidings.client.model.Positions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Whatever is cut, late, refused or skipped, and however often the process starts anew: each entry
/// is handed over once and in order, and each send is kept once and in order.
class RandomCutsTest {
  private static final List<String> CONVERSATIONS = List.of("u:bob", "g:ops", "g:new", "a:all");
  private static final int SEEDS = 200;

  @Test
  void everythingArrivesOnceAndInOrder() {
    for (long seed = 0; seed < SEEDS; seed++) {
      new Run(seed).play();
    }
  }

  private static final class Run {
    private final long seed;
    private final Random random;
    private final FakeLane lane = new FakeLane();
    private final FakeServer server;
    private final Positions positions = Positions.inMemory();
    private final List<Entry> heard = new ArrayList<>();
    private final List<String> sent = new ArrayList<>();
    private final List<ClientFailure> failures = new ArrayList<>();
    private int answered;
    private Application application;

    Run(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
      this.server = new FakeServer(lane, random);
      this.application = new Application();
    }

    void play() {
      server.skipsInSilence = seed % 2 == 0;
      for (int step = 0; step < 150; step++) {
        String in = CONVERSATIONS.get(random.nextInt(CONVERSATIONS.size()));
        switch (random.nextInt(13)) {
          case 0 -> server.cut();
          case 1 -> application.stops = !application.stops;
          case 2 -> {
            if (random.nextInt(6) == 0) {
              application.diesAndStartsAgain();
            }
          }
          case 3, 4, 5 -> server.append(in, "other " + step);
          case 6, 7, 8 -> send(in, "mine " + step);
          case 9 -> server.ping();
          default -> lane.advance(random.nextInt(400));
        }
        lane.settle();
      }
      if (server.skipsInSilence) {
        server.skipsInSilence = false;
        CONVERSATIONS.forEach(in -> server.append(in, "reveals what was skipped"));
      } else {
        // What the old process had not taken is reported again only if its cursor was honest.
        application.diesAndStartsAgain();
      }
      application.stops = false;
      lane.execute(application::take);
      lane.advance(120_000);
      check();
    }

    private void send(String in, String text) {
      sent.add(in + " " + text);
      application.core.request(
          Json.object().put("op", "send").put("to", in).put("data", text).build(),
          new Answer() {
            @Override
            public void ok(Json.Obj reply) {
              answered++;
            }

            @Override
            public void failed(ClientFailure failure) {
              failures.add(failure);
            }
          });
    }

    private void check() {
      assertThat(answered + failures.size()).as("answers, seed %d", seed).isEqualTo(sent.size());
      for (String in : CONVERSATIONS) {
        long head = server.log(in).size();
        assertThat(heard.stream().filter(entry -> entry.in().equals(in)).map(Entry::seq))
            .as("%s, seed %d", in, seed)
            .containsExactlyElementsOf(
                IntStream.rangeClosed(1, (int) head).asLongStream().boxed().toList());
        List<String> kept =
            server.log(in).stream()
                .filter(entry -> !entry.string("cid").orElse("").isEmpty())
                .map(entry -> in + " " + entry.string("data").orElseThrow())
                .toList();
        assertThat(kept)
            .as("sends to %s, seed %d", in, seed)
            .containsExactlyElementsOf(sent.stream().filter(kept::contains).toList());
      }
      long keptInAll =
          CONVERSATIONS.stream()
              .flatMap(in -> server.log(in).stream())
              .filter(entry -> !entry.string("cid").orElse("").isEmpty())
              .count();
      assertThat(keptInAll).isBetween((long) answered, (long) sent.size());
    }

    /// One process: a core and a queue of deliveries, which die together.
    private final class Application implements Outlet {
      private final Deque<Delivery> untaken = new ArrayDeque<>();
      private final ClientCore core;
      private boolean stops;
      private boolean dead;

      Application() {
        ClientOptions options =
            ClientOptions.ofUser("alice")
                .withFirstEntries(ClientOptions.ALL_ENTRIES)
                .withBacklogMax(3000);
        core = new ClientCore(lane, List.of(server), this, random, options, positions);
        core.start();
      }

      @Override
      public void hand(Delivery delivery) {
        untaken.add(delivery);
        lane.execute(this::take);
      }

      private void take() {
        while (!stops && !dead && !untaken.isEmpty()) {
          Delivery delivery = untaken.remove();
          if (delivery instanceof Delivery.Arrived(Entry entry)) {
            heard.add(entry);
          }
          delivery.store(positions);
          core.delivered(delivery.weight());
        }
      }

      /// What it had not taken is lost with it; the positions are not.
      void diesAndStartsAgain() {
        dead = true;
        core.close();
        application = new Application();
      }
    }
  }
}
