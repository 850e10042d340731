package dev.tidings.bench.load;

/// What a run wants to hear of its connections.
interface Ears {
  void ready(Link link);

  /// @param dueNanos when the message was due, on the clock of the loop
  void delivered(Link link, long dueNanos, int stream, long number);

  void confirmed(Link link, long id);

  /// @param id which send; 0 if it was none
  void refused(Link link, long id, String why);

  void dropped(Link link, long count);

  void ended(Link link, String why);
}
