package dev.tidings.testbed.drive;

import dev.tidings.client.Groups;
import dev.tidings.testbed.TestbedFailure;
import dev.tidings.testbed.consistency.Checker;
import dev.tidings.testbed.consistency.Chronicle;
import dev.tidings.testbed.consistency.Verdict;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// Users write to a group and to one another at a steady pace, each from one device that knows
/// several nodes; what is done to these meanwhile is the caller's affair. Everything is noted for
/// the checker, and each client measures its silence.
///
/// Every user reads the group, so at any moment each of them waits for the next entry: the longest
/// time without one is what a move from node to node costs him.
public final class Traffic implements AutoCloseable {
  /// A group is made with so many members at once.
  public static final int CLIENTS_MAX = 200;

  private static final String GROUP = "g:traffic";
  private static final int IN_FLIGHT = 16;
  private static final int PATIENCE_SECONDS = 120;

  /// @param clients 2 to [#CLIENTS_MAX]
  /// @param perSecond messages of all clients together, half of them to the group
  /// @param headSeconds how long after the last answer what was said may still be on its way
  public record Plan(long seed, int clients, int perSecond, int headSeconds) {
    public Plan {
      if (clients < 2 || clients > CLIENTS_MAX || perSecond < 1) {
        throw new IllegalArgumentException(clients + " clients, " + perSecond + " a second");
      }
    }
  }

  /// How it went for one client.
  ///
  /// @param moves how often it came to another node
  /// @param silence the longest time in which nothing came, while others wrote all the time
  /// @param answer the longest time that a send waited for its answer
  public record Experience(int moves, Duration silence, Duration answer) {}

  /// How it went.
  ///
  /// @param failures sends that failed, and what else the clients complained of
  public record Outcome(Verdict verdict, List<String> failures, List<Experience> clients) {
    public Outcome {
      failures = List.copyOf(failures);
      clients = List.copyOf(clients);
    }

    /// The silence that so many percent of the clients did not exceed.
    public Duration silence(int percent) {
      List<Duration> sorted = clients.stream().map(Experience::silence).sorted().toList();
      return sorted.get(Math.max(0, (sorted.size() * percent + 99) / 100 - 1));
    }

    public int moves() {
      return clients.stream().mapToInt(Experience::moves).sum();
    }
  }

  private final Plan plan;
  private final Chronicle chronicle;
  private final List<NotingClient> clients = new ArrayList<>();
  private final List<Semaphore> room = new ArrayList<>();
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong answered = new AtomicLong();
  private final Thread sending;
  private volatile boolean ending;

  private Traffic(List<URI> nodes, Plan plan, Chronicle chronicle) {
    this.plan = plan;
    this.chronicle = chronicle;
    this.sending = Thread.ofVirtual().name("traffic").unstarted(this::send);
    connect(nodes);
  }

  /// Connects all clients and begins to write. Names must be believed there, and nobody told that
  /// he sends too fast.
  public static Traffic begin(List<URI> nodes, Plan plan, Chronicle chronicle) {
    Traffic traffic = new Traffic(nodes, plan, chronicle);
    traffic.clients.forEach(NotingClient::beginSilence);
    traffic.sending.start();
    return traffic;
  }

  private static String user(int number) {
    return "user" + number;
  }

  private String partner(int user) {
    return "u:" + user(user ^ 1);
  }

  private boolean hasPartner(int user) {
    return (user ^ 1) < plan.clients();
  }

  private void connect(List<URI> nodes) {
    List<String> members = new ArrayList<>();
    for (int i = 0; i < plan.clients(); i++) {
      members.add(user(i));
      clients.add(new NotingClient(nodes, user(i), "phone", chronicle));
      room.add(new Semaphore(IN_FLIGHT));
    }
    for (int i = 0; i < clients.size(); i++) {
      // Before there is anything to hear: whoever is let in hears of it at once.
      clients.get(i).awaitCaughtUp();
      clients.get(i).beginsAt(GROUP);
      if (hasPartner(i)) {
        clients.get(i).beginsAt(partner(i));
      }
    }
    NotingClient.get(
        clients
            .getFirst()
            .client()
            .groups()
            .create(GROUP, "", members.subList(1, members.size()), Groups.Join.INVITE));
  }

  private void send() {
    Random random = new Random(plan.seed());
    long every = TimeUnit.SECONDS.toNanos(1) / plan.perSecond();
    long begin = System.nanoTime();
    for (long i = 0; !ending; i++) {
      for (long left = 1; left > 0; ) {
        left = begin + i * every - System.nanoTime();
        LockSupport.parkNanos(left);
      }
      int who = random.nextInt(clients.size());
      String to = random.nextBoolean() && hasPartner(who) ? partner(who) : GROUP;
      if (!room.get(who).tryAcquire()) {
        continue; // who is kept waiting says no more, the others do
      }
      sent.incrementAndGet();
      CompletableFuture<?> said = clients.get(who).say(to, "m" + i);
      said.whenComplete((done, failure) -> {
        answered.incrementAndGet();
        room.get(who).release();
      });
    }
  }

  /// Messages given to the clients so far.
  public long sent() {
    return sent.get();
  }

  /// Those of them that were answered.
  public long answered() {
    return answered.get();
  }

  /// Writes no more, waits until all is answered, reads everything to its end and judges.
  public Outcome end() {
    ending = true;
    awaitAnswers();
    readToTheEnd();
    List<String> failures = clients.stream().flatMap(client -> client.failures().stream()).toList();
    List<Experience> experiences = clients.stream().map(NotingClient::experience).toList();
    return new Outcome(Checker.check(chronicle), failures, experiences);
  }

  private void awaitAnswers() {
    try {
      if (!sending.join(Duration.ofSeconds(PATIENCE_SECONDS))) {
        throw new TestbedFailure("the sends hang");
      }
      clients.forEach(NotingClient::endSilence);
      for (Semaphore each : room) {
        if (!each.tryAcquire(IN_FLIGHT, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
          throw new TestbedFailure("not all was answered");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TestbedFailure("interrupted", e);
    }
  }

  /// The logs themselves, once each, and what each client has heard of them.
  private void readToTheEnd() {
    long group = clients.getFirst().audit(GROUP);
    int seconds = plan.headSeconds();
    for (int i = 0; i < clients.size(); i++) {
      seconds = awaitHead(clients.get(i), GROUP, group, seconds);
    }
    for (int i = 0; i + 1 < clients.size(); i += 2) {
      long head = clients.get(i).audit(partner(i));
      seconds = awaitHead(clients.get(i), partner(i), head, seconds);
      seconds = awaitHead(clients.get(i + 1), partner(i + 1), head, seconds);
    }
  }

  /// One that waits in vain is enough to find the server out.
  private static int awaitHead(NotingClient client, String in, long head, int seconds) {
    return client.awaitHead(in, head, seconds) ? seconds : 0;
  }

  @Override
  public void close() {
    ending = true;
    clients.forEach(NotingClient::close);
  }
}
