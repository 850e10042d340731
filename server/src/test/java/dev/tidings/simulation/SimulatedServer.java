package dev.tidings.simulation;

import dev.tidings.auth.Authenticator;
import dev.tidings.base.Ids;
import dev.tidings.engine.Engine.LaneDoor;
import dev.tidings.engine.EngineLimits;
import dev.tidings.engine.Level;
import dev.tidings.engine.LogEngine;
import dev.tidings.hub.Hub;
import dev.tidings.hub.HubSettings;
import dev.tidings.hub.Neighbours;
import dev.tidings.presence.OnlineUsers;
import dev.tidings.simulation.Scheduler.Strand;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// One run of the server: the wiring of production on simulated threads. Killed at any point, it
/// leaves what its store has.
final class SimulatedServer {
  private static final int READERS = 2;
  private static final long TIDY_EVERY_MILLIS = 1_000;

  private final Scheduler scheduler;
  private final RandomGenerator random;
  private final SimulatedFrames frames;
  private final OnlineUsers online = new OnlineUsers();
  private final List<Strand> lanes = new ArrayList<>();
  private final List<Hub> hubs = new ArrayList<>();
  private final Strand writer;
  private final List<Strand> readers = new ArrayList<>();
  private final SimulatedEngine engine;
  private final List<SimulatedSocket> sockets = new ArrayList<>();
  private boolean writerAwake;

  SimulatedServer(
      Scheduler scheduler,
      RandomGenerator random,
      SimulatedStore store,
      SimulatedFrames frames,
      Authenticator authenticator,
      HubSettings settings,
      EngineLimits limits,
      int laneCount) {
    this.scheduler = scheduler;
    this.random = random;
    this.frames = frames;
    this.writer = scheduler.strand("writer");
    for (int i = 0; i < READERS; i++) {
      readers.add(scheduler.strand("reader-" + i));
    }
    store.meanwhile(this::readersGoOn, this::writerGoesOn);
    this.engine =
        new SimulatedEngine(
            new LogEngine(
                store,
                scheduler,
                new Ids(random),
                limits,
                Level.DISK,
                "boot",
                this::wakeWriter,
                this::anyReader),
            random);
    Neighbours neighbours = new Neighbours();
    for (int i = 0; i < laneCount; i++) {
      Strand lane = scheduler.strand("lane-" + i);
      lanes.add(lane);
      hubs.add(
          new Hub(
              i,
              lane,
              scheduler,
              engine,
              frames.of(lane),
              authenticator,
              online,
              neighbours,
              settings));
    }
    neighbours.are(hubs);
    List<LaneDoor> doors = new ArrayList<>();
    for (int i = 0; i < laneCount; i++) {
      doors.add(new LaneDoor(lanes.get(i), hubs.get(i)));
    }
    engine.start(doors);
    writer.schedule(this::tidy, TIDY_EVERY_MILLIS);
    for (int i = 0; i < laneCount; i++) {
      lanes.get(i).execute(hubs.get(i)::start);
    }
  }

  private void wakeWriter() {
    if (!writerAwake) {
      writerAwake = true;
      writer.execute(this::write);
    }
  }

  private void write() {
    writerAwake = false;
    if (engine.drain()) {
      wakeWriter();
    }
  }

  private void tidy() {
    if (engine.tidy()) {
      writer.execute(this::tidy);
    } else {
      writer.schedule(this::tidy, TIDY_EVERY_MILLIS);
    }
  }

  private void anyReader(Runnable read) {
    readers.get(random.nextInt(READERS)).execute(read);
  }

  /// Some of the reads that wait are served in the middle of a commit.
  private void readersGoOn() {
    for (Strand reader : readers) {
      while (!reader.isIdle() && random.nextBoolean()) {
        reader.runOne();
      }
    }
  }

  /// Whether no socket has anything waiting, so that nobody may hold a frame.
  boolean isQuiet() {
    return sockets.stream().allMatch(SimulatedSocket::isDrainedOrDead);
  }

  SimulatedEngine engine() {
    return engine;
  }

  /// Now and then a batch is committed between two steps of a read.
  private void writerGoesOn() {
    boolean reading = readers.stream().anyMatch(Strand::isRunning);
    if (reading && !writer.isRunning() && !writer.isIdle() && random.nextInt(4) == 0) {
      writer.runOne();
    }
  }

  int laneCount() {
    return lanes.size();
  }

  Hub hub(int lane) {
    return hubs.get(lane);
  }

  Strand lane(int lane) {
    return lanes.get(lane);
  }

  OnlineUsers online() {
    return online;
  }

  /// The threads of the store do not get to run, except readers in the midst of a commit.
  void holdStore() {
    writer.hold();
    readers.forEach(Strand::hold);
  }

  void releaseWriter() {
    writer.release();
  }

  void releaseReaders() {
    readers.forEach(Strand::release);
  }

  /// A client's connection, which a balancer puts on some lane.
  SimulatedSocket accept(int lane, Strand peerStrand, Peer peer, boolean lines) {
    SimulatedSocket socket =
        new SimulatedSocket(
            lanes.get(lane),
            hubs.get(lane),
            peerStrand,
            peer,
            random,
            lines,
            frames.of(lanes.get(lane)));
    sockets.removeIf(SimulatedSocket::isDead);
    sockets.add(socket);
    return socket;
  }

  /// The process is killed. What the engine has not committed is lost, and so is every answer that
  /// had not reached a socket.
  void die() {
    lanes.forEach(Strand::end);
    writer.end();
    readers.forEach(Strand::end);
    sockets.forEach(SimulatedSocket::serverDied);
  }

  @Override
  public String toString() {
    return "server with " + lanes.size() + " lanes, " + scheduler.tasksRun() + " tasks run";
  }
}
