package dev.tidings.bench.load;

import dev.tidings.bench.process.BenchFailure;
import dev.tidings.bench.process.ProcessorTime;
import dev.tidings.bench.process.Watched;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/// Connections, the messages between them, and what became of each. All of it on the thread that
/// calls.
final class Run implements Ears, AutoCloseable {
  /// What latencies are kept as: microseconds at the least, three digits, up to five minutes.
  private static final long LATENCY_NANOS_MIN = 1_000;

  private static final long LATENCY_NANOS_MAX = 300_000_000_000L;
  private static final int LATENCY_DIGITS = 3;

  /// Messages sent between two looks at the sockets.
  private static final int BURST = 64;

  private static final long TICK_NANOS = 100_000_000;

  /// After so long without a delivery or an answer nothing more is expected of what is under way.
  private static final long STALL_NANOS = 5_000_000_000L;

  private static final long AFTERMATH_NANOS = 300_000_000;

  private final Dialect dialect;
  private final Payload payload;
  private final Watched server;
  private final Progress progress;
  private final Loop loop;
  private final List<Stream> streams = new ArrayList<>();

  /// Under [Pace.ConfirmedEach]: streams that may send, each as often as it stands here.
  private final ArrayDeque<Stream> free = new ArrayDeque<>();

  private final List<Stream> streamOfLink = new ArrayList<>();

  // Counts, see [Counts].
  private int readyLinks;
  private long sends;
  private long confirmed;
  private long refused;
  private long refusedDeliveries;
  private long expected;
  private long delivered;
  private long late;
  private long twice;
  private long misled;
  private long dropped;
  private long unsent;
  private long stalls;
  private long ended;
  private String firstTrouble = "";

  /// Deliveries no longer waited for.
  private long givenUp;

  private long lastNewsNanos;
  private boolean sending;
  private boolean freeing;
  private int turn;

  // The measured stretch.
  private long measuredFromNanos = Long.MAX_VALUE;
  private Histogram delivery = histogram();
  private Histogram confirmation = histogram();
  private Samples samples = new Samples();
  private long ticks;
  private long tickDelivered;
  private long tickConfirmed;
  private long tickNanos;

  /// @param server the processes to measure; may be none
  Run(
      InetSocketAddress address,
      Dialect dialect,
      Payload payload,
      Watched server,
      Progress progress) {
    this.dialect = dialect;
    this.payload = payload;
    this.server = server;
    this.progress = progress;
    this.loop = new Loop(address, dialect, this);
  }

  private static Histogram histogram() {
    return new Histogram(LATENCY_NANOS_MIN, LATENCY_NANOS_MAX, LATENCY_DIGITS);
  }

  // ---- Connections ---------------------------------------------------------------------------

  /// Opens connections; returns when all are ready.
  ///
  /// @param underWayMax how many may be on their way at once
  List<Link> connect(List<Seat> seats, int underWayMax, Duration limit) {
    List<Link> links = new ArrayList<>(seats.size());
    int readyBefore = readyLinks;
    long endNanos = loop.now() + limit.toNanos();
    while (readyLinks - readyBefore < seats.size()) {
      while (links.size() < seats.size()
          && links.size() - (readyLinks - readyBefore) < underWayMax) {
        links.add(loop.open(seats.get(links.size())));
      }
      loop.pump(TICK_NANOS);
      if (ended > 0) {
        throw new BenchFailure("a connection ended before it was ready: " + firstTrouble);
      }
      if (refused > 0) {
        throw new BenchFailure("the server refuses: " + firstTrouble);
      }
      if (loop.now() > endNanos) {
        throw new BenchFailure(
            "only %,d of %,d connections were ready after %d s"
                .formatted(readyLinks - readyBefore, seats.size(), limit.toSeconds()));
      }
      progress.at(
          "connecting",
          (readyLinks - readyBefore) / (double) seats.size(),
          Words.of("%,d connections", readyLinks - readyBefore));
    }
    progress.clear();
    return links;
  }

  /// Messages of `sender` to `conversation`, which all `readers` will hear.
  Stream stream(Link sender, int conversation, List<Link> readers) {
    if (streams.size() >= Payload.STREAMS_MAX) {
      throw new BenchFailure("more than " + Payload.STREAMS_MAX + " streams");
    }
    Stream stream = new Stream(streams.size(), sender, conversation, readers.size());
    streams.add(stream);
    readers.forEach(reader -> reader.reads(stream));
    int index = sender.seat().index();
    while (streamOfLink.size() <= index) {
      streamOfLink.add(stream);
    }
    streamOfLink.set(index, stream);
    return stream;
  }

  /// Begins to open a connection.
  Link open(Seat seat) {
    return loop.open(seat);
  }

  /// Nanoseconds since the run began.
  long now() {
    return loop.now();
  }

  Counts counts() {
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

  /// What the server said or did first that a healthy run does not see; may be `""`.
  String firstTrouble() {
    return firstTrouble;
  }

  // ---- Ears ----------------------------------------------------------------------------------

  @Override
  public void ready(Link link) {
    readyLinks++;
  }

  @Override
  public void delivered(Link link, long dueNanos, int stream, long number) {
    lastNewsNanos = loop.readNanos();
    Reading reading = link.reading(stream);
    if (reading == null) {
      misled++;
      return;
    }
    switch (reading.arrived(number)) {
      case IN_ORDER -> delivered++;
      case LATE -> {
        delivered++;
        late++;
      }
      case TWICE -> {
        twice++;
        return;
      }
    }
    if (dueNanos >= measuredFromNanos) {
      record(delivery, lastNewsNanos - dueNanos);
    }
  }

  private static void record(Histogram histogram, long nanos) {
    histogram.recordValue(Math.clamp(nanos, 0, LATENCY_NANOS_MAX));
  }

  @Override
  public void confirmed(Link link, long id) {
    lastNewsNanos = loop.readNanos();
    long due = link.answered(id);
    if (due < 0) {
      trouble("an answer to a send that was not under way");
      twice++;
      return;
    }
    confirmed++;
    link.countConfirmed();
    if (due >= measuredFromNanos) {
      record(confirmation, lastNewsNanos - due);
    }
    isFree(link);
  }

  @Override
  public void refused(Link link, long id, String why) {
    trouble(why);
    refused++;
    if (id > 0 && link.answered(id) >= 0) {
      refusedDeliveries += streamOf(link).readers;
      isFree(link);
    }
  }

  private void isFree(Link link) {
    if (freeing) {
      free.addLast(streamOf(link));
    }
  }

  private Stream streamOf(Link link) {
    return streamOfLink.get(link.seat().index());
  }

  @Override
  public void dropped(Link link, long count) {
    trouble("the server dropped deliveries to a reader that was too slow");
    dropped += count;
  }

  @Override
  public void ended(Link link, String why) {
    trouble(why);
    ended++;
  }

  private void trouble(String what) {
    if (firstTrouble.isEmpty()) {
      firstTrouble = what;
    }
  }

  // ---- Sending -------------------------------------------------------------------------------

  private void publish(Stream stream, long dueNanos) {
    Link sender = stream.sender;
    if (!sender.isOpen()) {
      throw new BenchFailure("the connection of a sender ended: " + firstTrouble);
    }
    payload.stamp(dueNanos, stream.id, ++stream.sent);
    sends++;
    expected += stream.readers;
    dialect.publish(sender, stream.conversation, sender.nextSend(dueNanos), payload);
  }

  private Stream next() {
    Stream stream = streams.get(turn);
    turn = turn + 1 == streams.size() ? 0 : turn + 1;
    return stream;
  }

  /// Deliveries that are still waited for.
  private long underWay() {
    return expected - delivered - refusedDeliveries - dropped - givenUp;
  }

  private long unanswered() {
    return dialect.confirms() ? sends - confirmed - refused : 0;
  }

  private boolean isStalled() {
    return loop.now() - lastNewsNanos > STALL_NANOS;
  }

  private void giveUp() {
    givenUp += underWay();
    stalls++;
    lastNewsNanos = loop.now();
  }

  /// Lets messages leave at this pace, first for `warmUp`, then for `time`, which is measured; then
  /// waits for what is under way.
  Figures measure(Pace pace, Duration warmUp, Duration time) {
    if (streams.isEmpty()) {
      throw new BenchFailure("nobody sends");
    }
    Pacer pacer = new Pacer(pace);
    lastNewsNanos = loop.now();
    sending = true;
    drive("warming up", pacer, warmUp);

    delivery = histogram();
    confirmation = histogram();
    samples = new Samples();
    Counts before = counts();
    ProcessorTime timeBefore = ProcessorTime.now(server);
    long waitedBefore = loop.waitedNanos();
    long beginNanos = loop.now();
    measuredFromNanos = beginNanos;
    sample();
    drive("measuring", pacer, time);
    long endNanos = loop.now();
    ProcessorTime.Span span = ProcessorTime.now(server).since(timeBefore);
    sample();
    Counts after = counts();
    double waited = (double) (loop.waitedNanos() - waitedBefore) / (endNanos - beginNanos);
    unsent += pacer.overdue();
    long residentKib = server.residentKib();

    sending = false;
    drain();
    measuredFromNanos = Long.MAX_VALUE;
    return new Figures(
        before,
        after,
        counts(),
        span,
        Math.clamp(100 * (1 - waited), 0, 100),
        delivery,
        confirmation,
        residentKib,
        samples);
  }

  /// Sends `each` messages in every stream, with `window` of all under way until they are
  /// confirmed, and waits until they have arrived.
  void sendAll(long each, int window) {
    freeing = false;
    lastNewsNanos = loop.now();
    long toSend = each * streams.size();
    long beginSends = sends;
    while (sends - beginSends < toSend) {
      while (sends - beginSends < toSend && unanswered() < window) {
        publish(next(), loop.now());
      }
      loop.pump(TICK_NANOS);
      tick("sending", sends - beginSends, toSend);
      if (isStalled()) {
        throw new BenchFailure("sends have no answer: " + firstTrouble);
      }
    }
    drain();
  }

  /// Sends, with so many under way in each stream, until `done`; then stops, and waits for nothing.
  ///
  /// @return whether it is done
  boolean keepSending(int underWayEach, Duration limit, BooleanSupplier done) {
    Pacer pacer = new Pacer(new Pace.ConfirmedEach(underWayEach));
    return await(
        "sending",
        limit,
        () -> Words.of("%,d ok", confirmed),
        () -> {
          if (done.getAsBoolean()) {
            return true;
          }
          pacer.send();
          return false;
        });
  }

  /// More deliveries are expected, of messages sent before.
  void expect(long deliveries) {
    expected += deliveries;
  }

  /// From now on latencies count, of messages that become due.
  void recordFromNow() {
    delivery = histogram();
    confirmation = histogram();
    measuredFromNanos = loop.now();
  }

  /// Due to confirmed since [#recordFromNow], nanoseconds.
  Histogram confirmation() {
    return confirmation;
  }

  /// What leaves when.
  private final class Pacer {
    private final Pace pace;
    private final long beginNanos = loop.now();
    private long index;

    Pacer(Pace pace) {
      this.pace = pace;
      freeing = pace instanceof Pace.ConfirmedEach;
      if (pace instanceof Pace.ConfirmedEach(int underWay)) {
        free.clear();
        for (int i = 0; i < underWay; i++) {
          free.addAll(streams);
        }
      }
    }

    /// Sends what may leave now.
    ///
    /// @return how long nothing more will, if nothing arrives
    long send() {
      return switch (pace) {
        case Pace.Rate rate -> sendDue(rate);
        case Pace.Delivered(int underWay) -> sendWithin(underWay);
        case Pace.Confirmed(int underWay) -> sendUnanswered(underWay);
        case Pace.ConfirmedEach ignored -> sendFree();
      };
    }

    private long sendDue(Pace.Rate rate) {
      for (int i = 0; i < BURST; i++) {
        long due = rate.dueNanos(beginNanos, index);
        long early = due - loop.now();
        if (early > 0) {
          return early;
        }
        if (streams.get(turn).sender.isClogged()) {
          return TICK_NANOS;
        }
        index++;
        publish(next(), due);
      }
      return 0;
    }

    private long sendWithin(int window) {
      for (int i = 0; i < BURST; i++) {
        Stream stream = streams.get(turn);
        if (underWay() > (long) (window - 1) * stream.readers || stream.sender.isClogged()) {
          return TICK_NANOS;
        }
        publish(next(), loop.now());
      }
      return 0;
    }

    private long sendUnanswered(int window) {
      for (int i = 0; i < BURST; i++) {
        if (unanswered() >= window) {
          return TICK_NANOS;
        }
        publish(next(), loop.now());
      }
      return 0;
    }

    private long sendFree() {
      for (int i = 0; i < BURST; i++) {
        Stream stream = free.pollFirst();
        if (stream == null) {
          return TICK_NANOS;
        }
        publish(stream, loop.now());
      }
      return 0;
    }

    /// Messages whose time is over and that have not left.
    long overdue() {
      if (!(pace instanceof Pace.Rate rate)) {
        return 0;
      }
      long due = (long) ((loop.now() - beginNanos) / 1e9 * rate.perSecond());
      return Math.max(0, due - index);
    }
  }

  private void drive(String phase, Pacer pacer, Duration time) {
    long beginNanos = loop.now();
    long endNanos = beginNanos + time.toNanos();
    for (long now = beginNanos; now < endNanos; now = loop.now()) {
      long idle = pacer.send();
      loop.pump(Math.min(idle, Math.min(endNanos - now, TICK_NANOS)));
      tick(phase, now - beginNanos, time.toNanos());
      if (!(pacer.pace instanceof Pace.Rate) && isStalled()) {
        giveUp();
      }
    }
  }

  /// Waits until all that was sent has arrived and is answered, or nothing comes any more; then a
  /// little longer, for what should not come.
  void drain() {
    lastNewsNanos = loop.now();
    while (underWay() + unanswered() > 0 && !isStalled()) {
      loop.pump(TICK_NANOS);
      tick("draining", 0, 1);
    }
    long endNanos = loop.now() + AFTERMATH_NANOS;
    while (loop.now() < endNanos) {
      loop.pump(TICK_NANOS);
    }
    progress.clear();
  }

  /// Lets connections act until `done`, or nothing comes any more.
  ///
  /// @return whether it is done
  boolean await(String phase, Duration limit, Supplier<String> words, BooleanSupplier done) {
    long beginNanos = loop.now();
    while (!done.getAsBoolean()) {
      long passed = loop.now() - beginNanos;
      if (passed > limit.toNanos()) {
        return false;
      }
      loop.pump(TICK_NANOS);
      if (loop.now() - tickNanos > 2 * TICK_NANOS) {
        tickNanos = loop.now();
        progress.at(phase, (double) passed / limit.toNanos(), words.get());
      }
    }
    progress.clear();
    return true;
  }

  private void tick(String phase, long passedNanos, long ofNanos) {
    long now = loop.now();
    if (now - tickNanos < TICK_NANOS) {
      return;
    }
    if (measuredFromNanos != Long.MAX_VALUE && sending) {
      sample();
    }
    if (ticks++ % 2 == 0) {
      progress.at(
          phase,
          (double) passedNanos / ofNanos,
          Words.of(
              "%,12.0f deliveries/s %,10.0f ok/s",
              (delivered - tickDelivered) * 1e9 / (now - tickNanos),
              (confirmed - tickConfirmed) * 1e9 / (now - tickNanos)));
    }
    tickNanos = now;
    tickDelivered = delivered;
    tickConfirmed = confirmed;
  }

  private void sample() {
    samples.add(loop.now(), delivered, sends);
  }

  @Override
  public void close() {
    progress.clear();
    loop.close();
  }
}
