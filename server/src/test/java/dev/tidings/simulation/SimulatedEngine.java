package dev.tidings.simulation;

import dev.tidings.engine.Change;
import dev.tidings.engine.Engine;
import dev.tidings.engine.ForwardingEngine;
import dev.tidings.engine.LogEngine;
import dev.tidings.engine.Query;
import dev.tidings.engine.Ticket;
import java.util.List;
import java.util.random.RandomGenerator;

/// The production engine, whose queues are full whenever a story wants them to be.
final class SimulatedEngine extends ForwardingEngine {
  private final LogEngine engine;
  private final RandomGenerator random;
  private int refusedPerMille;
  private int readsTakenBeforeFull = Integer.MAX_VALUE;

  SimulatedEngine(LogEngine engine, RandomGenerator random) {
    this.engine = engine;
    this.random = random;
  }

  /// Every now and then a queue is full.
  void refusePerMille(int perMille) {
    refusedPerMille = perMille;
  }

  /// So many reads are taken, and then no more.
  void takeReads(int count) {
    readsTakenBeforeFull = count;
  }

  boolean drain() {
    return engine.drain();
  }

  boolean tidy() {
    return engine.tidy();
  }

  @Override
  public void start(List<LaneDoor> lanes) {
    engine.start(lanes);
  }

  @Override
  public boolean submit(Change change) {
    return !isFull() && engine.submit(change);
  }

  @Override
  public boolean read(Query query, Ticket ticket) {
    if (isFull() || readsTakenBeforeFull == 0) {
      return false;
    }
    readsTakenBeforeFull--;
    return engine.read(query, ticket);
  }

  private boolean isFull() {
    return refusedPerMille > 0 && random.nextInt(1_000) < refusedPerMille;
  }

  @Override
  protected Engine engine() {
    return engine;
  }

  @Override
  public void close() {
    engine.close();
  }
}
