package dev.tidings.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tidings.client.json.Json;
import dev.tidings.client.model.ClientFailure;
import dev.tidings.client.model.ClientListener;
import dev.tidings.client.model.ClientOptions;
import dev.tidings.client.model.ClientState;
import dev.tidings.client.model.Entry;
import dev.tidings.client.model.History;
import dev.tidings.client.model.HistoryQuery;
import dev.tidings.client.model.Sent;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The client on real sockets, against a server that fits into a test.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TidingsClientTest {
  private static final ClientOptions ALICE = ClientOptions.ofUser("alice");

  /// Remembers what it is told.
  private static class Recorder implements ClientListener {
    final List<Long> heard = new CopyOnWriteArrayList<>();
    final List<ClientState> states = new CopyOnWriteArrayList<>();
    final List<Throwable> failures = new CopyOnWriteArrayList<>();

    @Override
    public void onEntry(Entry entry) {
      heard.add(entry.seq());
    }

    @Override
    public void onState(ClientState state) {
      states.add(state);
    }

    @Override
    public void onFailure(Throwable failure) {
      failures.add(failure);
    }
  }

  private static TinyServer server(String transport) throws IOException {
    return transport.equals("ws") ? TinyServer.ofWebSocket() : TinyServer.ofLines();
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcp", "ws"})
  void sendsHearsAndComesBack(String transport) throws IOException {
    Recorder recorder = new Recorder();
    try (TinyServer server = server(transport);
        TidingsClient client = TidingsClient.connect(server.address(), ALICE, recorder)) {
      Sent sent = client.send("u:bob", Json.of("hi")).join();
      await().until(() -> recorder.heard.size() == 1);
      server.cut();
      server.append("while you were away");
      await().until(() -> recorder.heard.size() == 2);
      Sent second = client.send("u:bob", Json.of("grüße 👋")).join();
      await().until(() -> recorder.heard.size() == 3);
      History history = client.history(HistoryQuery.after("u:bob", 2, 10)).join();

      assertThat(sent).isEqualTo(new Sent("u:bob", "e", 1, 0, "memory", false));
      assertThat(second.seq()).isEqualTo(3);
      assertThat(recorder.heard).containsExactly(1L, 2L, 3L);
      assertThat(history.items().getFirst().data().orElseThrow().value())
          .isEqualTo(Json.of("grüße 👋"));
      assertThat(recorder.failures).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcp", "ws"})
  void manySendsFromManyThreadsAreAllKept(String transport) throws IOException {
    Recorder recorder = new Recorder();
    try (TinyServer server = server(transport);
        TidingsClient client = TidingsClient.connect(server.address(), ALICE, recorder)) {
      List<CompletableFuture<Sent>> sends = new CopyOnWriteArrayList<>();
      List<Thread> threads =
          List.of(1, 2, 3, 4).stream()
              .map(thread ->
                  Thread.ofVirtual()
                      .start(() -> {
                        for (int i = 0; i < 100; i++) {
                          sends.add(client.send("u:bob", Json.of(thread + "/" + i)));
                          if (thread == 1 && i == 50) {
                            server.cut();
                          }
                        }
                      }))
              .toList();
      threads.forEach(TidingsClientTest::join);

      assertThat(sends.stream().map(send -> send.join().seq()).distinct()).hasSize(400);
      await().until(() -> recorder.heard.size() == 400);
      assertThat(recorder.heard).isSorted().doesNotHaveDuplicates();
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }

  @Test
  void aCallbackMayWaitForItsOwnSend() throws IOException {
    CompletableFuture<Long> answered = new CompletableFuture<>();
    try (TinyServer server = TinyServer.ofLines()) {
      server.append("first");
      CompletableFuture<TidingsClient> itself = new CompletableFuture<>();
      ClientListener listener =
          new ClientListener() {
            @Override
            public void onEntry(Entry entry) {
              if (entry.seq() == 1) {
                answered.complete(itself.join().send("u:bob", Json.of("second")).join().seq());
              }
            }
          };
      try (TidingsClient client = TidingsClient.connect(server.address(), ALICE, listener)) {
        itself.complete(client);

        assertThat(answered.join()).isEqualTo(2);
      }
    }
  }

  @Test
  void aCallbackThatThrowsIsReportedAndTheNextIsCalled() throws IOException {
    Recorder recorder =
        new Recorder() {
          @Override
          public void onEntry(Entry entry) {
            super.onEntry(entry);
            if (entry.seq() == 1) {
              throw new IllegalStateException("cannot take it");
            }
          }
        };
    try (TinyServer server = TinyServer.ofLines();
        TidingsClient _ = TidingsClient.connect(server.address(), ALICE, recorder)) {
      server.append("one");
      server.append("two");

      await().until(() -> recorder.heard.size() == 2);
      assertThat(recorder.failures).hasSize(1);
    }
  }

  @Test
  void closingEndsEverythingAndLaterRequestsFail() throws IOException {
    Recorder recorder = new Recorder();
    try (TinyServer server = TinyServer.ofLines()) {
      TidingsClient client = TidingsClient.connect(server.address(), ALICE, recorder);
      client.send("u:bob", Json.of("hi")).join();

      client.close();

      assertThat(client.closed().join().code()).isEqualTo("closed");
      assertThat(recorder.states).last().isInstanceOf(ClientState.Closed.class);
      assertThatThrownBy(() -> client.send("u:bob", Json.of("late")).join())
          .hasCauseInstanceOf(ClientFailure.ClientClosed.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcp", "ws"})
  void aVerdictClosesForGood(String transport) throws IOException {
    try (TinyServer server = server(transport);
        TidingsClient client = TidingsClient.connect(server.address(), ALICE, new Recorder())) {
      client.send("u:bob", Json.of("hi")).join();
      server.say("{\"op\":\"bye\",\"code\":\"replaced\",\"close\":4503}");

      assertThat(client.closed().join()).isEqualTo(new ClientState.Closed(4503, "replaced", ""));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcp", "ws"})
  void whereNobodyListensTheClientWaits(String transport) throws IOException {
    URI nobody;
    try (TinyServer server = server(transport)) {
      nobody = server.address();
    }
    Recorder recorder = new Recorder();
    try (TidingsClient client = TidingsClient.connect(nobody, ALICE, recorder)) {
      await().until(() -> recorder.states.stream().anyMatch(ClientState.Waiting.class::isInstance));
      assertThat(client.closed()).isNotDone();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://localhost:1", "tcp://localhost", "localhost", "ws:///v1/ws"})
  void anAddressOfAnotherFormIsRefused(String address) {
    assertThatThrownBy(
            () -> TidingsClient.connect(URI.create(address), ALICE, new ClientListener() {}))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"op\":\"sync\"}", "{\"op\":\"auth\"}", "{}"})
  void whatBelongsToTheConnectionCannotBeRequested(String unit) throws IOException {
    try (TinyServer server = TinyServer.ofLines();
        TidingsClient client = TidingsClient.connect(server.address(), ALICE, new Recorder())) {
      assertThatThrownBy(() -> client.request(Json.parseUnit(unit)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
