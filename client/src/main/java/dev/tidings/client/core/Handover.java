package dev.tidings.client.core;

/// The way out to the application, with the count of what it has not taken yet.
///
/// When the application is slow, entries are not queued here: they stay in the server's log and are
/// read when there is room again. Only what comes once (states, breaks, rows) is always taken; it
/// is small and its number is bounded by what the connection does.
final class Handover {
  private final Outlet outlet;
  private final Budget backlog;
  private boolean wasFull;

  Handover(Outlet outlet, long backlogMax) {
    this.outlet = outlet;
    this.backlog = new Budget(backlogMax);
  }

  boolean hasRoom() {
    wasFull |= !backlog.hasRoom();
    return !wasFull;
  }

  void hand(Delivery delivery) {
    backlog.take(delivery.weight());
    outlet.hand(delivery);
  }

  /// Hands it, or drops it if the application is slow. For what is worth nothing when late.
  void handIfRoom(Delivery delivery) {
    if (hasRoom()) {
      hand(delivery);
    }
  }

  /// Returns whether there is room again after there was none.
  boolean delivered(long weight) {
    backlog.give(weight);
    if (wasFull && backlog.isHalfEmpty()) {
      wasFull = false;
      return true;
    }
    return false;
  }
}
