package dev.tidings.testbed.drive;

import dev.tidings.client.TidingsClient;
import dev.tidings.client.json.Json;
import dev.tidings.client.model.ClientFailure;
import dev.tidings.client.model.ClientListener;
import dev.tidings.client.model.ClientOptions;
import dev.tidings.client.model.ClientState;
import dev.tidings.client.model.Entry;
import dev.tidings.client.model.Gap;
import dev.tidings.client.model.History;
import dev.tidings.client.model.HistoryQuery;
import dev.tidings.client.model.Sent;
import dev.tidings.testbed.TestbedFailure;
import dev.tidings.testbed.consistency.Chronicle;
import dev.tidings.testbed.consistency.Event;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/// A device of a user, on the client library, that notes what it sends, what is confirmed and what
/// it hears.
final class NotingClient implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 120;
  private static final int PAGE = 200;
  private static final int PING_SECONDS = 5;
  private static final int FAILURES_MAX = 20;

  /// @param epoch of the log, `seq` the last entry heard
  private record Position(String epoch, long seq) {}

  private final String user;
  private final String name;
  private final Chronicle chronicle;
  private final Map<String, Position> positions = new ConcurrentHashMap<>();
  private final CountDownLatch caughtUp = new CountDownLatch(1);
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final Silence silence = new Silence();
  private final AtomicInteger moves = new AtomicInteger();
  private final TidingsClient client;

  /// Begins to connect, see [#awaitCaughtUp()].
  ///
  /// @param nodes of the server
  /// @param device makes a name of the user's own for this client
  NotingClient(List<URI> nodes, String user, String device, Chronicle chronicle) {
    this.user = user;
    this.name = user + "/" + device;
    this.chronicle = chronicle;
    ClientOptions options =
        ClientOptions.ofUser(user)
            .withDevice(device)
            .withPingSeconds(PING_SECONDS)
            .withFirstEntries(ClientOptions.ALL_ENTRIES);
    this.client = TidingsClient.connect(nodes, options, new Listening());
  }

  /// Waits until it knows all that was said before it came.
  void awaitCaughtUp() {
    await(caughtUp);
  }

  TidingsClient client() {
    return client;
  }

  /// The conversation under a name that is the same for everybody.
  private String common(String in) {
    if (!in.startsWith("u:")) {
      return in;
    }
    String other = in.substring(2);
    return user.compareTo(other) <= 0 ? user + ":" + other : other + ":" + user;
  }

  /// From the beginning of a conversation that is not there yet.
  void beginsAt(String in) {
    chronicle.note(new Event.Began(name, common(in), "", 0));
  }

  /// Sends `message`, which must be another one each time.
  CompletableFuture<?> say(String to, String message) {
    chronicle.note(new Event.Sent(name, common(to), message));
    long begin = System.nanoTime();
    return client
        .send(to, Json.of(message))
        .handle((Sent ok, Throwable failure) -> {
          silence.answered(System.nanoTime() - begin);
          if (failure != null) {
            fails(failure);
          }
          chronicle.note(
              failure == null
                  ? new Event.Confirmed(name, common(to), message, ok.epoch(), ok.seq(), ok.level())
                  : new Event.Unconfirmed(name, common(to), message, failure.toString()));
          return message;
        });
  }

  /// From now on somebody speaks all the time.
  void beginSilence() {
    silence.begin();
  }

  /// It is quiet for good reason now.
  void endSilence() {
    silence.end();
  }

  /// How it went between the two, and how often it came to another node at all.
  Traffic.Experience experience() {
    return new Traffic.Experience(
        moves.get(),
        Duration.ofNanos(silence.longestNanos()),
        Duration.ofNanos(silence.longestAnswerNanos()));
  }

  private void fails(Throwable failure) {
    if (failures.size() < FAILURES_MAX) {
      failures.add(name + ": " + failure);
    }
  }

  /// What failed, the first [#FAILURES_MAX].
  List<String> failures() {
    return List.copyOf(failures);
  }

  /// Reads the whole log from the server, as a reader of its own, and answers its head; 0 if the
  /// server knows of no such log.
  long audit(String in) {
    String reader = name + "/audit";
    long after = 0;
    chronicle.note(new Event.Began(reader, common(in), "", 0));
    while (true) {
      Optional<History> answer = page(in, after);
      if (answer.isEmpty()) {
        chronicle.note(new Event.Reached(reader, common(in), "", after));
        return after;
      }
      History page = answer.get();
      if (page.low() > after + 1) {
        chronicle.note(new Event.Skipped(reader, common(in), page.epoch(), after, page.low()));
      }
      for (Entry entry : page.items()) {
        note(reader, in, entry);
        after = entry.seq();
      }
      if (!page.more()) {
        chronicle.note(new Event.Reached(reader, common(in), page.epoch(), page.head()));
        return page.head();
      }
    }
  }

  /// Empty if there is no such log.
  private Optional<History> page(String in, long after) {
    try {
      return Optional.of(get(client.history(HistoryQuery.after(in, after, PAGE))));
    } catch (TestbedFailure failure) {
      if (failure.getCause() instanceof ExecutionException answered
          && answered.getCause() instanceof ClientFailure.Refused refused
          && refused.code().equals("not_found")) {
        return Optional.empty();
      }
      throw failure;
    }
  }

  /// Waits until it has heard a conversation up to its head, and notes that; `false` if it does not
  /// within `seconds`, of which the checker will make a hole.
  boolean awaitHead(String in, long head, int seconds) {
    long begin = System.nanoTime();
    Position now = positions.get(in);
    while (now == null || now.seq() < head) {
      if (System.nanoTime() - begin > TimeUnit.SECONDS.toNanos(seconds)) {
        break;
      }
      waitForMore();
      now = positions.get(in);
    }
    String epoch = now == null ? "" : now.epoch();
    chronicle.note(new Event.Reached(name, common(in), epoch, head));
    return now != null && now.seq() >= head;
  }

  private void waitForMore() {
    synchronized (positions) {
      try {
        positions.wait(100);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new TestbedFailure("interrupted", e);
      }
    }
  }

  private void note(String reader, String in, Entry entry) {
    String message =
        entry.kind().isPresent()
            ? ""
            : entry
                .data()
                .map(data -> data.value() instanceof Json.Str(String text) ? text : data.text())
                .orElse("");
    chronicle.note(new Event.Heard(reader, common(in), entry.epoch(), entry.seq(), message));
  }

  private void isAt(String in, String epoch, long seq) {
    synchronized (positions) {
      positions.put(in, new Position(epoch, seq));
      positions.notifyAll();
    }
  }

  static <T> T get(CompletableFuture<T> future) {
    try {
      return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TestbedFailure("interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new TestbedFailure("no answer: " + e, e);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new TestbedFailure("a client did not get in");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TestbedFailure("interrupted", e);
    }
  }

  @Override
  public void close() {
    client.close();
  }

  /// On the client's thread.
  private final class Listening implements ClientListener {
    /// As it names itself in its connections, another one after each start; `""` before the first.
    private String node = "";

    @Override
    public void onCaughtUp() {
      caughtUp.countDown();
    }

    @Override
    public void onState(ClientState state) {
      if (state instanceof ClientState.Live(_, String connection)) {
        String now = connection.substring(0, Math.max(0, connection.indexOf('-')));
        if (!node.isEmpty() && !node.equals(now)) {
          moves.incrementAndGet();
        }
        node = now;
      }
    }

    @Override
    public void onFailure(Throwable failure) {
      fails(failure);
    }

    @Override
    public void onEntry(Entry entry) {
      silence.heard();
      if (entry.kept()) {
        note(name, entry.in(), entry);
        isAt(entry.in(), entry.epoch(), entry.seq());
      }
    }

    @Override
    public void onGap(Gap gap) {
      switch (gap) {
        case Gap.Trimmed it -> skipped(it.in(), it.epoch(), it.after(), it.before());
        case Gap.Unreadable it -> {
          // Not declared by the server as gone: it stays a hole.
        }
        case Gap.NewLog it -> {
          chronicle.note(
              new Event.Replaced(name, common(it.in()), it.oldEpoch(), it.epoch(), it.after()));
          isAt(it.in(), it.epoch(), it.after());
        }
        case Gap.Gone it -> ended(it.in());
        case Gap.Lost _ -> {
          // of what has no log
        }
      }
    }

    /// Nobody leaves here: the server has lost it, and says so.
    private void ended(String in) {
      Position before = positions.get(in);
      if (before != null) {
        chronicle.note(new Event.Replaced(name, common(in), before.epoch(), "", 0));
        isAt(in, "", 0);
      }
    }

    private void skipped(String in, String epoch, long after, long before) {
      chronicle.note(new Event.Skipped(name, common(in), epoch, after, before));
      isAt(in, epoch, before - 1);
    }
  }
}
