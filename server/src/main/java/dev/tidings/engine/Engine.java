package dev.tidings.engine;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Executor;

/// Where conversations are kept and every change is decided: may he, was it sent before, which
/// number. All methods may be called from any thread and never block; answers come to the asker's
/// lane.
public interface Engine extends AutoCloseable {
  /// Where a lane is reached: what to run there, and whom to tell there.
  record LaneDoor(Executor lane, CommitListener listener) {}

  /// Begins to work. Tickets name lanes by their index in `lanes`.
  void start(List<LaneDoor> lanes);

  /// Takes a change into the queue; `false` if that is full, which the caller answers with `busy`.
  /// Changes of one thread are decided in the order in which they were submitted.
  boolean submit(Change change);

  /// Takes a read; `false` if too many wait. It sees at least what was answered before, not what is
  /// still queued: see [Change.Read] for that.
  boolean read(Query query, Ticket ticket);

  /// The number of the last commit that was kept.
  long commit();

  /// A cursor that says: told of every change up to `commit`.
  String cursor(long commit, long nowMillis);

  /// Up to which commit a cursor says that its user was told; empty if that can no longer be relied
  /// on. Among several nodes it may be ahead of [#commit()], for another one has told him; whether
  /// it is kept at all the reads find out to which it is given ([Query.OwedSince], [Query.OwedOf]).
  OptionalLong toldUpTo(String cursor, long nowMillis);

  /// How safely the next entry will be kept.
  Level level();

  /// What the operator has said of users, for any thread to look at.
  Sanctions sanctions();

  /// The announcement channels that the operator has defined: their filters, by name. For any
  /// thread to look at.
  Map<String, String> channels();

  /// Users of whom something may still be there to be emptied, for any thread to look at.
  List<String> erasing();

  /// `""` while all is well, else why nothing can be kept at the moment, for `/readyz`.
  String fault();

  /// Finishes what was accepted, then closes the store.
  @Override
  void close();
}
