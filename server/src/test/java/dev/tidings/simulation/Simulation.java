package dev.tidings.simulation;

import dev.tidings.auth.Identity;
import dev.tidings.engine.EngineLimits;
import dev.tidings.engine.KeptLogs;
import dev.tidings.hub.FanOut;
import dev.tidings.hub.Hub;
import dev.tidings.hub.HubSettings;
import dev.tidings.presence.OnlineUsers;
import dev.tidings.session.SendRate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/// A server, its store, its network and its clients, in one thread and from one seed.
///
/// ```java
/// Simulation.story(sim -> {
///   ModelClient ann = sim.client("ann").connects();
///   sim.settle(); // runs every queued task, in an order that the seed decides; nothing sleeps
///   sim.passes(10_000); // ten seconds, in no time
/// });
/// ```
///
/// Two runs of one seed are the same run. A failure names its seed, and
/// `-Dtidings.simulation.seed=…` plays that one alone.
final class Simulation {
  private static final int SEEDS_PER_STORY = 12;
  private static final int JOURNAL_LINES = Integer.getInteger("journal", 120);

  private record Note(Object who, String does, String what) {
    private static final int SHOWN_MAX = 240;

    @Override
    public String toString() {
      boolean whole = what.length() <= SHOWN_MAX;
      return who + does + (whole ? what : what.substring(0, SHOWN_MAX) + "…");
    }
  }

  private final long seed;
  private final RandomGenerator random;
  private final Scheduler scheduler;
  private final SimulatedStore store = new SimulatedStore();
  private final SimulatedFrames frames = new SimulatedFrames();
  private final NamesAndTokens names = new NamesAndTokens();
  private final List<ModelClient> clients = new ArrayList<>();
  private final Deque<Note> journal = new ArrayDeque<>();
  private final Witness witness;
  private HubSettings settings;
  private EngineLimits limits = EngineLimits.DEFAULTS;
  private SimulatedServer server;

  private Simulation(long seed) {
    this.seed = seed;
    this.random = new SplittableRandom(seed);
    this.scheduler = new Scheduler(random);
    this.witness = new Witness(store.kept(), scheduler::epochMillis);
    this.settings =
        HubSettings.defaults("n1", EngineLimits.DEFAULTS.dedupeSeconds())
            .withSendRate(SendRate.Limit.NONE)
            .withKeptTopics(List.of("kept.*"))
            .withRounds(rounds());
    this.server = start(1 + random.nextInt(3));
  }

  /// With every other seed two readers are many, so that every walk over them takes several rounds.
  private FanOut.Rounds rounds() {
    FanOut.Rounds usual = FanOut.Rounds.DEFAULTS;
    return seed % 2 == 0
        ? usual
        : new FanOut.Rounds(random.nextInt(2), 1, 1 + random.nextInt(2), usual.waitingBytesMax());
  }

  /// Plays a story with several seeds. What holds in one order of events must hold in all.
  static void story(Consumer<Simulation> story) {
    story(SEEDS_PER_STORY, story);
  }

  /// As [#story(Consumer)], with so many seeds.
  static void story(int seeds, Consumer<Simulation> story) {
    Long only = Long.getLong("tidings.simulation.seed");
    if (only != null) {
      run(only, story);
      return;
    }
    for (long seed = 1; seed <= seeds; seed++) {
      run(seed, story);
    }
  }

  /// Plays a story with one seed, and then looks whether all is in order.
  static void run(long seed, Consumer<Simulation> story) {
    Simulation simulation = new Simulation(seed);
    try {
      story.accept(simulation);
      simulation.settle();
      simulation.check();
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError(
          "replay with -Dtidings.simulation.seed=%d%n%s%n%s"
              .formatted(seed, e, simulation.journal()),
          e);
    }
  }

  /// Plays the random walk of this seed.
  static void run(long seed) {
    run(seed, RandomWalk::play);
  }

  private void check() {
    if (!frames.living().isEmpty() && server.isQuiet()) {
      throw new AssertionError("frames that nobody gave back: " + frames.living());
    }
    witness.checkLogs();
  }

  private String journal() {
    return journal.stream().map(Note::toString).collect(Collectors.joining("\n"));
  }

  private SimulatedServer start(int lanes) {
    return new SimulatedServer(scheduler, random, store, frames, names, settings, limits, lanes);
  }

  long seed() {
    return seed;
  }

  RandomGenerator random() {
    return random;
  }

  KeptLogs kept() {
    return store.kept();
  }

  Witness witness() {
    return witness;
  }

  OnlineUsers online() {
    return server.online();
  }

  long nowMillis() {
    return scheduler.epochMillis();
  }

  /// Notes for the journal that a failure prints what somebody did or heard.
  void note(Object who, String does, String what) {
    if (journal.size() == JOURNAL_LINES) {
      journal.removeFirst();
    }
    journal.add(new Note(who, does, what));
  }

  // The server.

  /// From its next start on the server has these settings; it starts now.
  Simulation with(HubSettings changed) {
    settings = changed;
    return restarts();
  }

  Simulation with(EngineLimits changed) {
    limits = changed;
    return restarts();
  }

  EngineLimits limits() {
    return limits;
  }

  HubSettings settings() {
    return settings;
  }

  Simulation withLanes(int lanes) {
    server.die();
    frames.end();
    server = start(lanes);
    return this;
  }

  /// `token` is worth this much from now on.
  void issue(String token, Identity identity) {
    names.issue(token, identity);
  }

  /// The server's process is killed and started again on the same store.
  Simulation restarts() {
    note("the server", " restarts", "");
    server.die();
    frames.end();
    server = start(server.laneCount());
    return this;
  }

  /// Whatever is asked of the store from now on piles up.
  void storeStalls() {
    server.holdStore();
  }

  /// What has piled up is committed, as far as possible in one go, and some of the reads are served
  /// in its midst, the others behind.
  void storeGoesOn() {
    server.releaseWriter();
    settle();
    server.releaseReaders();
  }

  /// What has piled up is read, and some of it committed between the steps of the reads, the rest
  /// behind them.
  void storeReadsOn() {
    server.releaseReaders();
    settle();
    server.releaseWriter();
  }

  /// The queues of the engine are full that often, from now to the next start.
  void refusesPerMille(int perMille) {
    server.engine().refusePerMille(perMille);
  }

  /// So many frames are made, and then one cannot be.
  void frameFailsAfter(int count) {
    frames.failAfter(count);
  }

  /// The engine takes so many reads more, and then none until it is told otherwise.
  void takesReads(int count) {
    server.engine().takeReads(count);
  }

  int anyLane() {
    return random.nextInt(server.laneCount());
  }

  int lanes() {
    return server.laneCount();
  }

  Hub hub(int lane) {
    return server.hub(lane);
  }

  Scheduler.Strand lane(int lane) {
    return server.lane(lane);
  }

  SimulatedSocket accept(int lane, Scheduler.Strand peerStrand, Peer peer, boolean lines) {
    return server.accept(lane, peerStrand, peer, lines);
  }

  // The clients.

  Scheduler.Strand strand(String name) {
    return scheduler.strand(name);
  }

  /// A client that follows the protocol, not yet connected.
  ModelClient client(String user) {
    return client(user, "");
  }

  ModelClient client(String user, String device) {
    ModelClient client = new ModelClient(this, user, device);
    clients.add(client);
    return client;
  }

  /// A page with an event stream, not yet opened.
  StreamReader stream(String user, String... topics) {
    return new StreamReader(this, user, List.of(topics));
  }

  List<ModelClient> clients() {
    return clients;
  }

  /// Somebody who types by hand.
  Terminal terminal(String name) {
    return new Terminal(this, name);
  }

  // Time.

  /// Runs one task, chosen by chance; `false` if there is none.
  boolean step() {
    return scheduler.step();
  }

  int tasksRun() {
    return scheduler.tasksRun();
  }

  /// Runs some tasks, and leaves the rest for later.
  void steps(int most) {
    for (int i = 0; i < most && step(); i++) {
      // each turn is one task
    }
  }

  /// Runs every queued task and what comes of it; no time passes.
  Simulation settle() {
    scheduler.settle();
    return this;
  }

  /// Lets time pass while everything runs.
  Simulation passes(long millis) {
    scheduler.pass(millis);
    return this;
  }

  /// Lets time pass while nothing runs.
  void drifts(long millis) {
    scheduler.drift(millis);
  }
}
