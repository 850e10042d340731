package dev.tidings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.client.TidingsClient;
import dev.tidings.client.json.Json;
import dev.tidings.client.model.ClientListener;
import dev.tidings.client.model.ClientOptions;
import dev.tidings.client.model.Entry;
import dev.tidings.client.model.Gap;
import dev.tidings.client.model.Sent;
import dev.tidings.running.ServeProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The server's process is killed in the midst of a stream of sends and started again. What was
/// answered is there, once, for the sender and for who was listening.
class KilledServerTest {
  private static final int ENDED_BY_SIGTERM = 128 + 15;
  private static final int SENDS = 1_500;
  private static final int BEFORE_THE_KILL = 500;
  private static final int IN_FLIGHT = 100;
  private static final int PATIENCE_SECONDS = 60;

  @TempDir Path data;

  /// How the first server ends.
  enum End {
    KILLED,
    /// With a window in which there is nowhere to go, for the next server is not there yet.
    TOLD
  }

  @ParameterizedTest
  @EnumSource
  void everyAnsweredMessageIsThereExactlyOnce(End how) throws Exception {
    ServeProcess first = ServeProcess.start(data, 0, "--no-rate-limits", "--drain", "1");
    Listening bob = new Listening(SENDS);
    try (first;
        TidingsClient listener =
            TidingsClient.connect(first.lines(), ClientOptions.ofUser("bob"), bob);
        TidingsClient sender =
            TidingsClient.connect(
                first.webSocket(), ClientOptions.ofUser("alice"), new ClientListener() {})) {
      assertThat(bob.caughtUp.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
      CountDownLatch answered = new CountDownLatch(BEFORE_THE_KILL);
      List<CompletableFuture<Sent>> sends = new ArrayList<>();
      Thread stream = Thread.ofVirtual().start(() -> stream(sender, answered, sends));
      assertThat(answered.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();

      switch (how) { // while up to 100 are under way
        case KILLED -> first.kill();
        case TOLD -> assertThat(first.terminate()).isEqualTo(ENDED_BY_SIGTERM);
      }
      try (ServeProcess second = ServeProcess.start(data, first.port(), "--no-rate-limits")) {
        assertThat(second.port()).isEqualTo(first.port());
        stream.join();
        for (int i = 0; i < SENDS; i++) {
          Sent sent = sends.get(i).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
          assertThat(sent.seq()).isEqualTo(i + 1);
          assertThat(sent.level()).isEqualTo("disk");
        }
        assertThat(bob.all.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(bob.heard)
            .containsExactlyElementsOf(LongStream.rangeClosed(1, SENDS).boxed().toList());
        assertThat(bob.said)
            .containsExactlyElementsOf(
                LongStream.range(0, SENDS).mapToObj(Long::toString).toList());
        assertThat(bob.gaps).isEmpty();
        assertThat(listener.closed()).isNotDone();
      }
    }
  }

  /// As fast as the answers come, but never so many that the client's queue is full.
  private static void stream(
      TidingsClient sender, CountDownLatch answered, List<CompletableFuture<Sent>> sends) {
    Semaphore room = new Semaphore(IN_FLIGHT);
    for (int i = 0; i < SENDS; i++) {
      room.acquireUninterruptibly();
      CompletableFuture<Sent> sent = sender.send("u:bob", Json.of(i));
      sends.add(sent);
      sent.whenComplete((done, failure) -> {
        answered.countDown();
        room.release();
      });
    }
  }

  /// What reaches bob. Called by one thread; read by others when [#all] is open.
  private static final class Listening implements ClientListener {
    final CountDownLatch caughtUp = new CountDownLatch(1);
    final CountDownLatch all;
    final List<Long> heard = new ArrayList<>();
    final List<String> said = new ArrayList<>();
    final List<Gap> gaps = new ArrayList<>();

    Listening(int expected) {
      all = new CountDownLatch(expected);
    }

    @Override
    public void onEntry(Entry entry) {
      if (entry.in().equals("u:alice")) {
        heard.add(entry.seq());
        said.add(entry.data().orElseThrow().text());
        all.countDown();
      }
    }

    @Override
    public void onGap(Gap gap) {
      gaps.add(gap);
    }

    @Override
    public void onCaughtUp() {
      caughtUp.countDown();
    }
  }
}
