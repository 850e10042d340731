package dev.tidings.bench.load;

/// What was counted from the beginning of a run to one moment.
///
/// @param sends messages given to the connections
/// @param confirmed of them, taken by the server in its own words
/// @param refused of them, refused in its own words
/// @param expected deliveries that all sends should make
/// @param delivered deliveries, each counted once
/// @param late of them, those that came behind a later one
/// @param twice further deliveries of what had been delivered
/// @param misled deliveries to connections that read no such stream
/// @param dropped deliveries that the server said it had dropped
/// @param unsent messages that were due and did not leave before the run was over
/// @param stalls how often nothing came for so long that what was under way was given up
/// @param ended connections that ended before their time
record Counts(
    long sends,
    long confirmed,
    long refused,
    long expected,
    long delivered,
    long late,
    long twice,
    long misled,
    long dropped,
    long unsent,
    long stalls,
    long ended) {
  /// What should have been delivered and was not.
  long lost() {
    return expected - delivered;
  }

  /// Nothing lost, nothing twice, everything in order and at the right place.
  boolean isClean() {
    return lost() == 0 && late == 0 && twice == 0 && misled == 0 && refused == 0 && ended == 0;
  }
}
