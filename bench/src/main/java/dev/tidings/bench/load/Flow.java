package dev.tidings.bench.load;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/// Messages that leave at one pace, in one or many streams, and what became of them.
final class Flow {
  /// What latencies are kept as: microseconds at the least, three digits, up to five minutes.
  private static final long LATENCY_NANOS_MIN = 1_000;

  private static final long LATENCY_NANOS_MAX = 300_000_000_000L;
  private static final int LATENCY_DIGITS = 3;

  /// Messages sent between two looks at the sockets.
  private static final int BURST = 64;

  /// How long there is nothing to do until something arrives.
  private static final long UNTIL_NEWS = Long.MAX_VALUE;

  private final Run run;
  private final Pace pace;
  private final List<Stream> streams = new ArrayList<>();

  /// Under [Pace.ConfirmedEach]: streams that may send, each as often as it stands here.
  private final ArrayDeque<Stream> free = new ArrayDeque<>();

  /// Which stream is next.
  private int turn;

  /// Under [Pace.Rate]: when the timetable began, and how many messages of it have left.
  private long beginNanos;

  private long index;

  private long measuredFromNanos = Long.MAX_VALUE;
  private Histogram delivery = histogram();
  private Histogram confirmation = histogram();

  // Counts, see [Counts].
  private long sends;
  private long confirmed;
  private long refused;
  private long refusedDeliveries;
  private long expected;
  private long delivered;
  private long late;
  private long twice;
  private long dropped;
  private long unsent;
  private long stalls;

  /// Deliveries no longer waited for.
  private long givenUp;

  Flow(Run run, Pace pace) {
    this.run = run;
    this.pace = pace;
  }

  private static Histogram histogram() {
    return new Histogram(LATENCY_NANOS_MIN, LATENCY_NANOS_MAX, LATENCY_DIGITS);
  }

  void add(Stream stream) {
    streams.add(stream);
  }

  Pace pace() {
    return pace;
  }

  List<Stream> streams() {
    return streams;
  }

  // ---- Sending -------------------------------------------------------------------------------

  /// The timetable begins.
  void begin(long nowNanos) {
    beginNanos = nowNanos;
    index = 0;
    free.clear();
    if (pace instanceof Pace.ConfirmedEach(int underWay)) {
      for (int i = 0; i < underWay; i++) {
        free.addAll(streams);
      }
    }
  }

  /// Sends what may leave now.
  ///
  /// @return how long nothing more will, if nothing arrives, nanoseconds
  long send() {
    return switch (pace) {
      case Pace.Rate rate -> sendDue(rate);
      case Pace.Delivered(int underWay) -> sendUndelivered(underWay);
      case Pace.Confirmed(int underWay) -> sendUnanswered(underWay, Long.MAX_VALUE);
      case Pace.ConfirmedEach ignored -> sendFree();
    };
  }

  private long sendDue(Pace.Rate rate) {
    for (int i = 0; i < BURST; i++) {
      long due = rate.dueNanos(beginNanos, index);
      long early = due - run.now();
      if (early > 0) {
        return early;
      }
      if (streams.get(turn).sender.isClogged()) {
        return UNTIL_NEWS;
      }
      index++;
      publish(next(), due);
    }
    return 0;
  }

  private long sendUndelivered(int window) {
    for (int i = 0; i < BURST; i++) {
      Stream stream = streams.get(turn);
      if (underWay() > (long) (window - 1) * stream.readers || stream.sender.isClogged()) {
        return UNTIL_NEWS;
      }
      publish(next(), run.now());
    }
    return 0;
  }

  /// @param sendsMax how many have been sent at the most afterwards
  long sendUnanswered(int window, long sendsMax) {
    for (int i = 0; i < BURST; i++) {
      if (unanswered() >= window || sends >= sendsMax) {
        return UNTIL_NEWS;
      }
      publish(next(), run.now());
    }
    return 0;
  }

  private long sendFree() {
    for (int i = 0; i < BURST; i++) {
      Stream stream = free.pollFirst();
      if (stream == null) {
        return UNTIL_NEWS;
      }
      publish(stream, run.now());
    }
    return 0;
  }

  private Stream next() {
    Stream stream = streams.get(turn);
    turn = turn + 1 == streams.size() ? 0 : turn + 1;
    return stream;
  }

  private void publish(Stream stream, long dueNanos) {
    stream.sent++;
    sends++;
    expected += stream.readers;
    run.publish(stream, dueNanos);
  }

  /// What was due by now and has not left will not be sent.
  void end(long nowNanos) {
    if (pace instanceof Pace.Rate rate) {
      long due = (long) ((nowNanos - beginNanos) / 1e9 * rate.perSecond());
      unsent += Math.max(0, due - index);
    }
  }

  // ---- What becomes of it --------------------------------------------------------------------

  /// More deliveries are expected, of messages sent before.
  void expect(long deliveries) {
    expected += deliveries;
  }

  void delivered(Reading.Verdict verdict, long dueNanos, long nowNanos) {
    if (verdict == Reading.Verdict.TWICE) {
      twice++;
      return;
    }
    delivered++;
    if (verdict == Reading.Verdict.LATE) {
      late++;
    }
    if (dueNanos >= measuredFromNanos) {
      record(delivery, nowNanos - dueNanos);
    }
  }

  void confirmed(Stream stream, long dueNanos, long nowNanos) {
    confirmed++;
    if (dueNanos >= measuredFromNanos) {
      record(confirmation, nowNanos - dueNanos);
    }
    isFree(stream);
  }

  private static void record(Histogram histogram, long nanos) {
    histogram.recordValue(Math.clamp(nanos, 0, LATENCY_NANOS_MAX));
  }

  void refused(Stream stream) {
    refused++;
    refusedDeliveries += stream.readers;
    isFree(stream);
  }

  private void isFree(Stream stream) {
    if (pace instanceof Pace.ConfirmedEach) {
      free.addLast(stream);
    }
  }

  void dropped(long deliveries) {
    dropped += deliveries;
  }

  /// Deliveries that are still waited for.
  long underWay() {
    return expected - delivered - refusedDeliveries - dropped - givenUp;
  }

  /// Sends that the server has not answered.
  long unanswered() {
    return run.confirms() ? sends - confirmed - refused : 0;
  }

  /// Nothing has come for long: what is under way is not waited for any more.
  void stalled() {
    if (underWay() > 0 && pace instanceof Pace.Delivered) {
      givenUp += underWay();
      stalls++;
    }
  }

  // ---- Figures -------------------------------------------------------------------------------

  /// From now on latencies count, of messages that become due.
  void recordFrom(long nowNanos) {
    delivery = histogram();
    confirmation = histogram();
    measuredFromNanos = nowNanos;
  }

  /// Due to delivered since [#recordFrom], nanoseconds.
  Histogram delivery() {
    return delivery;
  }

  /// Due to confirmed since [#recordFrom], nanoseconds.
  Histogram confirmation() {
    return confirmation;
  }

  long deliveries() {
    return delivered;
  }

  long sends() {
    return sends;
  }

  long confirmations() {
    return confirmed;
  }

  /// @param misled of the whole run, as `ended`
  Counts counts(long misled, long ended) {
    return new Counts(
        sends,
        confirmed,
        refused,
        expected - refusedDeliveries,
        delivered,
        late,
        twice,
        misled,
        dropped,
        unsent,
        stalls,
        ended);
  }
}
