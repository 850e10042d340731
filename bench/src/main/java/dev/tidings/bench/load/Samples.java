package dev.tidings.bench.load;

import java.util.Arrays;

/// Counts at moments of the measured time, for drawing rates over time.
final class Samples {
  private long[] atNanos = new long[128];
  private long[] delivered = new long[128];
  private long[] sent = new long[128];
  private int count;

  void add(long nanos, long deliveries, long sends) {
    if (count == atNanos.length) {
      atNanos = Arrays.copyOf(atNanos, count * 2);
      delivered = Arrays.copyOf(delivered, count * 2);
      sent = Arrays.copyOf(sent, count * 2);
    }
    atNanos[count] = nanos;
    delivered[count] = deliveries;
    sent[count] = sends;
    count++;
  }

  int count() {
    return count;
  }

  /// Seconds from the first to the sample `index`.
  double seconds(int index) {
    return (atNanos[index] - atNanos[0]) / 1e9;
  }

  /// Between two samples.
  double deliveriesPerSecond(int earlier, int later) {
    return (delivered[later] - delivered[earlier]) / span(earlier, later);
  }

  /// Between two samples.
  double sendsPerSecond(int earlier, int later) {
    return (sent[later] - sent[earlier]) / span(earlier, later);
  }

  private double span(int earlier, int later) {
    return Math.max(1, atNanos[later] - atNanos[earlier]) / 1e9;
  }
}
