package dev.tidings.client.core;

import java.util.Optional;

/// From when on the next `sync` must report.
///
/// A cursor that the server names covers what it has *sent*; it replaces the one in use only once
/// all of that has been handed over. Deliveries are handled in order, so handing over the cursor
/// behind the entries is enough.
final class SyncCursor {
  private final Handover handover;
  private Optional<String> since;
  private Optional<String> candidate = Optional.empty();

  SyncCursor(Handover handover, Optional<String> since) {
    this.handover = handover;
    this.since = since;
  }

  Optional<String> since() {
    return since;
  }

  /// The server named a newer one.
  void offer(String cursor) {
    candidate = Optional.of(cursor);
  }

  /// Everything that was sent so far has been handed over.
  void nothingMissing() {
    candidate
        .filter(cursor -> !since.equals(candidate))
        .ifPresent(cursor -> handover.hand(new Delivery.Covered(cursor)));
    since = candidate.or(() -> since);
    candidate = Optional.empty();
  }

  /// The connection ended before everything was handed over.
  void linkUp() {
    candidate = Optional.empty();
  }

  /// The server does not accept it any more.
  void drop() {
    since = Optional.empty();
    candidate = Optional.empty();
  }
}
