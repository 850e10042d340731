package dev.tidings.bench.load;

import dev.tidings.bench.process.BenchFailure;
import dev.tidings.bench.process.ProcessorTime;
import dev.tidings.bench.process.Watched;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Connections, the messages between them, and what became of each. All of it on the thread that
/// calls.
final class Run implements Ears, AutoCloseable {
  private static final long TICK_NANOS = 100_000_000;

  /// After so long without a delivery or an answer nothing more is expected of what is under way.
  private static final long STALL_NANOS = 5_000_000_000L;

  private static final long AFTERMATH_NANOS = 300_000_000;

  private final Dialect dialect;
  private final Payload payload;
  private final Watched server;
  private final Progress progress;
  private final Loop loop;
  private final List<Flow> flows = new ArrayList<>();
  private int streams;
  private int readyLinks;
  private long misled;
  private long ended;
  private boolean refusedOther;
  private String firstTrouble = "";
  private long lastNewsNanos;
  private boolean measuring;
  private final List<Samples> samples = new ArrayList<>();
  private long tickNanos;
  private long shownNanos;
  private long shownDelivered;
  private long shownConfirmed;

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
      if (refusedOther) {
        throw new BenchFailure("the server refuses: " + firstTrouble);
      }
      if (loop.now() > endNanos) {
        throw new BenchFailure(
            "only %,d of %,d connections were ready after %d s"
                .formatted(readyLinks - readyBefore, seats.size(), limit.toSeconds()));
      }
      if (isTimeToShow()) {
        progress.at(
            "connecting",
            (readyLinks - readyBefore) / (double) seats.size(),
            Words.of("%,d connections", readyLinks - readyBefore));
      }
    }
    progress.clear();
    return links;
  }

  /// Begins to open a connection.
  Link open(Seat seat) {
    return loop.open(seat);
  }

  /// Messages at this pace, in streams that are still to be said.
  Flow flow(Pace pace) {
    Flow flow = new Flow(this, pace);
    flows.add(flow);
    return flow;
  }

  /// Messages of `sender` to `conversation`, which all `readers` will hear.
  Stream stream(Flow flow, Link sender, int conversation, List<Link> readers) {
    if (streams >= Payload.STREAMS_MAX) {
      throw new BenchFailure("more than " + Payload.STREAMS_MAX + " streams");
    }
    Stream stream = new Stream(streams++, flow, sender, conversation, readers.size());
    flow.add(stream);
    sender.sends(stream);
    readers.forEach(reader -> reader.reads(stream));
    return stream;
  }

  /// Nanoseconds since the run began.
  long now() {
    return loop.now();
  }

  /// Whether the server answers sends.
  boolean confirms() {
    return dialect.confirms();
  }

  Counts counts(Flow flow) {
    return flow.counts(misled, ended);
  }

  /// Connections that ended before their time.
  long ended() {
    return ended;
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
    Link.Heard heard = link.heard(stream);
    if (heard == null) {
      misled++;
      return;
    }
    heard.stream.flow.delivered(heard.arrived(number), dueNanos, lastNewsNanos);
  }

  @Override
  public void confirmed(Link link, long id) {
    lastNewsNanos = loop.readNanos();
    long due = link.answered(id);
    Stream stream = link.sending();
    if (due < 0 || stream == null) {
      throw new BenchFailure("the server confirms " + id + ", which is not under way");
    }
    link.countConfirmed();
    stream.flow.confirmed(stream, due, lastNewsNanos);
  }

  @Override
  public void refused(Link link, long id, String why) {
    trouble(why);
    Stream stream = link.sending();
    if (id > 0 && stream != null && link.answered(id) >= 0) {
      stream.flow.refused(stream);
    } else {
      refusedOther = true;
    }
  }

  @Override
  public void dropped(Link link, long count) {
    trouble("the server dropped deliveries to a reader that was too slow");
    Flow flow = link.flowRead();
    if (flow != null) {
      flow.dropped(count);
    }
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

  /// For flows.
  void publish(Stream stream, long dueNanos) {
    Link sender = stream.sender;
    if (!sender.isOpen()) {
      throw new BenchFailure("the connection of a sender ended: " + firstTrouble);
    }
    payload.stamp(dueNanos, stream.id, stream.sent);
    dialect.publish(sender, stream.conversation, sender.nextSend(dueNanos), payload);
  }

  private boolean isStalled() {
    return loop.now() - lastNewsNanos > STALL_NANOS;
  }

  /// Lets messages of all flows leave, first for `warmUp`, then for `time`, which is measured; then
  /// waits for what is under way.
  ///
  /// @return the figures of each flow
  List<Figures> measure(Duration warmUp, Duration time) {
    for (Flow flow : flows) {
      if (flow.streams().isEmpty()) {
        throw new BenchFailure("nobody sends");
      }
      flow.begin(loop.now());
    }
    lastNewsNanos = loop.now();
    drive("warming up", warmUp);

    samples.clear();
    flows.forEach(flow -> samples.add(new Samples()));
    List<Counts> before = flows.stream().map(this::counts).toList();
    ProcessorTime timeBefore = ProcessorTime.now(server);
    long waitedBefore = loop.waitedNanos();
    long beginNanos = loop.now();
    flows.forEach(flow -> flow.recordFrom(beginNanos));
    sample();
    measuring = true;
    drive("measuring", time);
    measuring = false;
    long endNanos = loop.now();
    ProcessorTime.Span span = ProcessorTime.now(server).since(timeBefore);
    sample();
    List<Counts> after = flows.stream().map(this::counts).toList();
    double waited = (double) (loop.waitedNanos() - waitedBefore) / (endNanos - beginNanos);
    double busyPercent = Math.clamp(100 * (1 - waited), 0, 100);
    long residentKib = server.residentKib();

    flows.forEach(flow -> flow.end(endNanos));
    drain();
    List<Figures> figures = new ArrayList<>();
    for (int i = 0; i < flows.size(); i++) {
      Flow flow = flows.get(i);
      figures.add(
          new Figures(
              flow.pace(),
              before.get(i),
              after.get(i),
              counts(flow),
              span,
              busyPercent,
              flow.delivery(),
              flow.confirmation(),
              residentKib,
              samples.get(i)));
    }
    return figures;
  }

  private void drive(String phase, Duration time) {
    long beginNanos = loop.now();
    long endNanos = beginNanos + time.toNanos();
    for (long now = beginNanos; now < endNanos; now = loop.now()) {
      long idle = Math.min(endNanos - now, TICK_NANOS);
      for (int i = 0; i < flows.size(); i++) {
        idle = Math.min(idle, flows.get(i).send());
      }
      loop.pump(idle);
      tick(phase, now - beginNanos, time.toNanos());
      if (isStalled()) {
        flows.forEach(Flow::stalled);
        lastNewsNanos = loop.now();
      }
    }
  }

  /// Sends `each` messages in every stream of `flow`, with `window` of all under way until they are
  /// confirmed, and waits until they have arrived.
  void sendAll(Flow flow, long each, int window) {
    long beginSends = flow.sends();
    long toSend = each * flow.streams().size();
    lastNewsNanos = loop.now();
    while (flow.sends() - beginSends < toSend) {
      loop.pump(Math.min(TICK_NANOS, flow.sendUnanswered(window, beginSends + toSend)));
      tick("sending", flow.sends() - beginSends, toSend);
      if (isStalled()) {
        throw new BenchFailure("sends have no answer: " + firstTrouble);
      }
    }
    drain();
  }

  /// Lets messages of `flow` leave until `done`; then stops, and waits for nothing.
  ///
  /// @return whether it is done
  boolean keepSending(Flow flow, Duration limit, BooleanSupplier done) {
    flow.begin(loop.now());
    return await(
        "sending",
        limit,
        () -> Words.of("%,d ok", flow.confirmations()),
        () -> {
          if (done.getAsBoolean()) {
            return true;
          }
          flow.send();
          return false;
        });
  }

  /// Waits until all that was sent has arrived and is answered, or nothing comes any more; then a
  /// little longer, for what should not come.
  void drain() {
    lastNewsNanos = loop.now();
    while (isUnderWay() && !isStalled()) {
      loop.pump(TICK_NANOS);
      tick("draining", 0, 1);
    }
    long endNanos = loop.now() + AFTERMATH_NANOS;
    while (loop.now() < endNanos) {
      loop.pump(TICK_NANOS);
    }
    progress.clear();
  }

  private boolean isUnderWay() {
    for (Flow flow : flows) {
      if (flow.underWay() + flow.unanswered() > 0) {
        return true;
      }
    }
    return false;
  }

  /// Lets connections act until `done`, or `limit` is over.
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
      if (isTimeToShow()) {
        progress.at(phase, (double) passed / limit.toNanos(), words.get());
      }
    }
    progress.clear();
    return true;
  }

  // ---- Now and then --------------------------------------------------------------------------

  private void tick(String phase, long passed, long of) {
    long now = loop.now();
    if (now - tickNanos < TICK_NANOS) {
      return;
    }
    tickNanos = now;
    if (measuring) {
      sample();
    }
    long sinceShown = now - shownNanos;
    if (isTimeToShow()) {
      long delivered = flows.stream().mapToLong(Flow::deliveries).sum();
      long confirmed = flows.stream().mapToLong(Flow::confirmations).sum();
      progress.at(
          phase,
          (double) passed / of,
          Words.of(
              "%,12.0f deliveries/s %,10.0f ok/s",
              (delivered - shownDelivered) * 1e9 / sinceShown,
              (confirmed - shownConfirmed) * 1e9 / sinceShown));
      shownDelivered = delivered;
      shownConfirmed = confirmed;
    }
  }

  private boolean isTimeToShow() {
    if (loop.now() - shownNanos < 2 * TICK_NANOS) {
      return false;
    }
    shownNanos = loop.now();
    return true;
  }

  private void sample() {
    for (int i = 0; i < flows.size(); i++) {
      samples.get(i).add(loop.now(), flows.get(i).deliveries(), flows.get(i).sends());
    }
  }

  @Override
  public void close() {
    progress.clear();
    loop.close();
  }
}
