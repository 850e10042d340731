package dev.tidings.bench.load;

/// When messages leave.
sealed interface Pace {
  /// So many per second, evenly, whatever the server does (an open loop): a message that could not
  /// leave in time is late from the moment it was due.
  record Rate(double perSecond) implements Pace {
    long dueNanos(long beginNanos, long index) {
      return beginNanos + (long) (index * (1e9 / perSecond));
    }
  }

  /// As fast as the server can, with so many messages under way in all: the next one leaves when
  /// one has reached all its readers (a closed loop).
  record Delivered(int underWay) implements Pace {}

  /// The same, but over is what the server has confirmed.
  record Confirmed(int underWay) implements Pace {}

  /// The same, with so many under way in each stream.
  record ConfirmedEach(int underWay) implements Pace {}
}
