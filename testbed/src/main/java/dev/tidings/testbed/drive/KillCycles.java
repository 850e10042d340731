package dev.tidings.testbed.drive;

import dev.tidings.client.Groups;
import dev.tidings.testbed.TestbedFailure;
import dev.tidings.testbed.consistency.Chronicle;
import dev.tidings.testbed.network.FaultProxy;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Users write to a group and to one another, each from two devices, over a [FaultProxy]; meanwhile
/// the server is killed and started again, and connections break, again and again. Everything is
/// noted in a [Chronicle] for the checker.
///
/// What is sent, when the server is killed and what breaks comes from a seed; what is under way at
/// that moment does not.
public final class KillCycles {
  private static final String GROUP = "g:cycles";
  private static final int IN_FLIGHT = 16;
  private static final int CUT_BYTES_MAX = 4_096;
  private static final int PATIENCE_SECONDS = 120;

  /// All is answered and all is back: what was said lies at most so far behind.
  private static final int HEAD_SECONDS = 30;

  /// @param users at least 2
  /// @param cycles how often the server is killed
  /// @param sends messages in each cycle, of all users together
  /// @param faults whether the network breaks too
  public record Plan(long seed, int users, int cycles, int sends, boolean faults) {}

  private final Victim victim;
  private final Plan plan;
  private final Chronicle chronicle;
  private final Consumer<String> said;
  private final Random random;
  private final List<NotingClient> clients = new ArrayList<>();

  private KillCycles(Victim victim, Plan plan, Chronicle chronicle, Consumer<String> said) {
    this.victim = victim;
    this.plan = plan;
    this.chronicle = chronicle;
    this.said = said;
    this.random = new Random(plan.seed());
  }

  /// Runs them all, against a server that keeps nothing yet; it is left killed.
  ///
  /// @param said hears a line for each cycle
  public static void run(Victim victim, Plan plan, Chronicle chronicle, Consumer<String> said) {
    new KillCycles(victim, plan, chronicle, said).run();
  }

  private void run() {
    try (FaultProxy proxy = FaultProxy.to(victim.start(), plan.seed())) {
      try {
        connect(URI.create("tcp://127.0.0.1:" + proxy.port()));
        for (int i = 1; i <= plan.cycles(); i++) {
          cycle(i, proxy);
        }
        judgeable();
      } finally {
        clients.forEach(NotingClient::close);
      }
    }
    victim.kill();
  }

  private static String user(int number) {
    return "user" + number;
  }

  private void connect(URI server) {
    List<String> members = new ArrayList<>();
    for (int i = 0; i < plan.users(); i++) {
      members.add(user(i));
      clients.add(new NotingClient(List.of(server), user(i), "a", chronicle));
      clients.add(new NotingClient(List.of(server), user(i), "b", chronicle));
    }
    clients.forEach(NotingClient::awaitCaughtUp);
    // Before there is anything to hear: whoever is let in hears of it at once.
    for (int i = 0; i < clients.size(); i++) {
      clients.get(i).beginsAt(GROUP);
      for (String partner : partners(i / 2)) {
        clients.get(i).beginsAt(partner);
      }
    }
    NotingClient.get(
        clients
            .getFirst()
            .client()
            .groups()
            .create(GROUP, "", members.subList(1, members.size()), Groups.Join.INVITE));
  }

  /// Whom a user writes to alone, as addresses: his two neighbours in the round.
  private List<String> partners(int user) {
    int users = plan.users();
    String next = "u:" + user((user + 1) % users);
    String before = "u:" + user((user + users - 1) % users);
    return next.equals(before) ? List.of(next) : List.of(next, before);
  }

  private void cycle(int number, FaultProxy proxy) {
    int killAfter = 1 + random.nextInt(plan.sends());
    CountDownLatch untilKill = new CountDownLatch(killAfter);
    Semaphore room = new Semaphore(IN_FLIGHT * clients.size());
    ConcurrentLinkedQueue<CompletableFuture<?>> sends = new ConcurrentLinkedQueue<>();
    long seed = random.nextLong();
    Thread sending =
        Thread.ofVirtual().start(() -> send(number, new Random(seed), room, sends, untilKill));
    String broken = plan.faults() ? breakSomething(proxy) : "";
    // Where what broke keeps all from being answered the kill need not wait for it.
    awaitUpTo(untilKill, broken.isEmpty() ? PATIENCE_SECONDS : 1);
    victim.kill();
    proxy.pointAt(victim.start());
    proxy.heal();
    join(sending);
    NotingClient.get(CompletableFuture.allOf(sends.toArray(CompletableFuture<?>[]::new)));
    said.accept(
        "cycle " + number + ": killed after " + killAfter + " answers" + broken + ", all answered");
  }

  private void send(
      int cycle,
      Random own,
      Semaphore room,
      ConcurrentLinkedQueue<CompletableFuture<?>> sends,
      CountDownLatch untilKill) {
    for (int i = 0; i < plan.sends(); i++) {
      room.acquireUninterruptibly();
      int who = own.nextInt(clients.size());
      List<String> partners = partners(who / 2);
      String to = own.nextBoolean() ? GROUP : partners.get(own.nextInt(partners.size()));
      CompletableFuture<?> answered = clients.get(who).say(to, "m" + cycle + "-" + i);
      sends.add(answered);
      answered.whenComplete((done, failure) -> {
        untilKill.countDown();
        room.release();
      });
    }
  }

  /// One fault by chance, or none; answers what.
  private String breakSomething(FaultProxy proxy) {
    return switch (random.nextInt(6)) {
      case 0 -> {
        proxy.reset();
        yield ", reset";
      }
      case 1 -> {
        proxy.toServer().cutAfter(1 + random.nextInt(CUT_BYTES_MAX));
        yield ", cut on the way in";
      }
      case 2 -> {
        proxy.toClient().cutAfter(1 + random.nextInt(CUT_BYTES_MAX));
        yield ", cut on the way out";
      }
      case 3 -> {
        proxy.toClient().freeze();
        yield ", deaf";
      }
      case 4 -> {
        proxy.abandon();
        yield ", half-open";
      }
      default -> "";
    };
  }

  /// Reads everything to its end: the logs themselves, and what each device has heard.
  private void judgeable() {
    int seconds = HEAD_SECONDS;
    for (int i = 0; i < clients.size(); i++) {
      List<String> all = new ArrayList<>(partners(i / 2));
      all.add(GROUP);
      for (String in : all) {
        NotingClient client = clients.get(i);
        if (!client.awaitHead(in, client.audit(in), seconds)) {
          seconds = 0; // one that waits in vain is enough to find the server out
        }
      }
    }
  }

  private static void awaitUpTo(CountDownLatch latch, int seconds) {
    try {
      if (!latch.await(seconds, TimeUnit.SECONDS) && seconds == PATIENCE_SECONDS) {
        throw new TestbedFailure("too few answers");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TestbedFailure("interrupted", e);
    }
  }

  private static void join(Thread thread) {
    try {
      if (!thread.join(Duration.ofSeconds(PATIENCE_SECONDS))) {
        throw new TestbedFailure("the sends hang");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TestbedFailure("interrupted", e);
    }
  }
}
