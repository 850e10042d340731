package dev.tidings.bench.load;

import dev.tidings.bench.process.BenchFailure;
import dev.tidings.bench.process.ProcessorTime;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Everybody comes back at once.
@Command(
    name = "storm",
    description =
        "Users connect and are cut off; meanwhile each is sent private messages. Then all come back at"
            + " once and sync, until everybody has everything.",
    mixinStandardHelpOptions = true)
final class Storm extends Workload {
  private static final int SENDERS = 16;
  private static final int SEND_WINDOW = 512;
  private static final Duration STORM_MAX = Duration.ofMinutes(5);
  private static final long LATENCY_NANOS_MAX = 600_000_000_000L;

  /// What a tail holds at most (docs/protocol.md §8), and the bytes at which answers are cut, less
  /// what else is in them.
  private static final int TAIL_MAX = 20;

  private static final int TAIL_BYTES_MAX = 24 * 1024;
  private static final int ENTRY_BYTES = 128;

  @Option(
      names = "--users",
      defaultValue = "1000",
      description = "How many (default: ${DEFAULT-VALUE}).")
  private int users;

  @Option(
      names = "--missed",
      defaultValue = "10",
      description = "Messages that each is sent while away (default: ${DEFAULT-VALUE}).")
  private int missed;

  @Option(
      names = "--payload",
      defaultValue = "128",
      description = "Bytes of data in each, at least 51 (default: ${DEFAULT-VALUE}).")
  private int payload;

  @Option(
      names = "--under-way",
      defaultValue = "0",
      description = "Connections that come back at once; 0: all (default: ${DEFAULT-VALUE}).")
  private int underWay;

  @Override
  void measure(Site site, LoadReport report) {
    StormDialect dialect = new StormDialect(site, users, missed, payload);
    if (!where.isTidings()) {
      throw new BenchFailure("only Tidings has that");
    }
    try (Run run = run(site, dialect, payload)) {
      List<Seat> seats = new ArrayList<>();
      for (int i = 0; i < users; i++) {
        seats.add(new Seat(i, Role.READER, i));
      }
      run.connect(seats, CONNECTS_UNDER_WAY, CONNECT_MAX).forEach(Link::cut);

      int senders = Math.min(SENDERS, users);
      List<Link> links =
          run.connect(seats(users, senders, Role.SENDER, 0), CONNECTS_UNDER_WAY, CONNECT_MAX);
      Flow flow = run.flow(new Pace.Confirmed(SEND_WINDOW));
      for (int i = 0; i < users; i++) {
        Link sender = links.get(i % senders);
        run.stream(flow, sender, i, List.of(sender));
      }
      run.sendAll(flow, missed, SEND_WINDOW);

      comeBack(site, run, dialect, seats, flow, report);
    }
  }

  private void comeBack(
      Site site, Run run, StormDialect dialect, List<Seat> seats, Flow flow, LoadReport report) {
    ProcessorTime before = ProcessorTime.now(site.server());
    long begin = run.now();
    dialect.begin(run, flow.streams());
    flow.expect((long) users * missed);
    int atOnce = underWay == 0 ? users : underWay;
    List<Link> back = new ArrayList<>();
    boolean done =
        run.await(
            "storm",
            STORM_MAX,
            () -> Words.of("%,d of %,d users have everything", dialect.complete(), users),
            () -> {
              long over = dialect.complete() + run.ended();
              while (back.size() < users && back.size() - over < atOnce) {
                back.add(run.open(seats.get(back.size())));
              }
              return over >= users;
            });
    long nanos = run.now() - begin;
    ProcessorTime.Span span = ProcessorTime.now(site.server()).since(before);
    run.drain();
    Counts counts = run.counts(flow);

    report.headline(
        Words.of(
            "%,d users come back, each has missed %,d messages of %d bytes",
            users, missed, payload));
    report.note("users", users);
    report.note("missed", missed);
    report.note("payloadBytes", payload);
    report.note("secondsUntilAllHaveAll", nanos / 1e9);
    report.row("seconds until all have all", "%.2f", nanos / 1e9);
    report.row("users per second", "%,.0f", dialect.complete() * 1e9 / nanos);
    report.latency("welcomeMicros", "begin of storm to welcome", dialect.welcomes());
    report.latency("completeMicros", "begin of storm to everything", dialect.completions());
    if (site.server().isKnown()) {
      double each = span.server().toNanos() / 1e3 / users;
      report.note("serverCpuMicrosPerUser", each);
      report.note("serverResidentKib", site.server().residentKib());
      report.row("server CPU, µs", "%.0f per user", each);
      report.row("server memory, MiB", "%,.0f resident", site.server().residentKib() / 1024.0);
    }
    report.counts(counts);
    report.processors(span);
    if (!done) {
      report.isNotClean();
      report.remark("Not everybody had everything after %d s.", STORM_MAX.toSeconds());
    }
    report.trouble(run.firstTrouble());
  }

  /// Users who sync: first to learn where they are, then to get what they missed.
  private static final class StormDialect extends TidingsDialect {
    private static final byte[] CURSOR = Bytes.ascii("\"cursor\":\"");

    /// [Link#step]: has asked for the rest.
    private static final int FETCHING = 11;

    private final int missed;

    /// Whether what was missed fits into the tail of a `sync`.
    private final boolean inTail;

    private final String[] cursors;
    private final Histogram welcomes = new Histogram(1_000, LATENCY_NANOS_MAX, 3);
    private final Histogram completions = new Histogram(1_000, LATENCY_NANOS_MAX, 3);
    private List<Stream> streams = List.of();
    private @Nullable Run storm;
    private long beginNanos;
    private int complete;

    StormDialect(Site site, int users, int missed, int payload) {
      super(site.target(), site.identities(), Place.USER, site.run());
      this.missed = missed;
      this.inTail = missed <= TAIL_MAX && missed * (payload + ENTRY_BYTES) <= TAIL_BYTES_MAX;
      this.cursors = new String[users];
    }

    /// From now on, who connects comes back.
    ///
    /// @param missedStreams what each user has missed
    void begin(Run run, List<Stream> missedStreams) {
      storm = run;
      streams = missedStreams;
      beginNanos = run.now();
    }

    /// Users who have everything.
    int complete() {
      return complete;
    }

    Histogram welcomes() {
      return welcomes;
    }

    Histogram completions() {
      return completions;
    }

    @Override
    public void opened(Link link) {
      super.opened(link);
      if (link.seat().role() == Role.SENDER) {
        return;
      }
      int user = link.seat().index();
      if (storm == null) {
        link.out().text("{\"op\":\"sync\",\"id\":\"sync\",\"tail\":0}");
      } else {
        link.reads(streams.get(user));
        link.out()
            .text("{\"op\":\"sync\",\"id\":\"sync\",\"since\":\"")
            .text(cursors[user])
            .text("\",\"tail\":")
            .number(inTail ? missed : 0)
            .text("}");
      }
      link.send();
    }

    @Override
    void welcomed(Link link) {
      if (link.seat().role() == Role.SENDER) {
        link.ready();
      } else if (storm != null) {
        welcomes.recordValue(storm.now() - beginNanos);
      }
    }

    @Override
    void answered(Link link, ByteBuffer in, int from, int to) {
      int user = link.seat().index();
      if (storm == null) {
        cursors[user] = cursor(in, from, to);
        link.ready();
        return;
      }
      Stream stream = streams.get(user);
      Reading reading = link.heard(stream.id);
      if (reading == null || reading.hasAllUpTo(missed)) {
        return;
      }
      long before = reading.highest();
      int at = Payload.find(in, from, to, -1);
      while (at >= 0) {
        link.delivered(in, at);
        at = Payload.find(in, at + 1, to, -1);
      }
      if (reading.hasAllUpTo(missed)) {
        complete++;
        completions.recordValue(storm.now() - beginNanos);
        link.ready();
      } else if (link.step() == FETCHING && reading.highest() == before) {
        throw new BenchFailure("history ends before everything was there");
      } else {
        link.step(FETCHING);
        fetch(link, stream, reading.highest());
      }
    }

    /// The log of this conversation began with this run: numbers are those of the stream.
    private void fetch(Link link, Stream stream, long after) {
      link.out()
          .text("{\"op\":\"history\",\"id\":\"history\",\"limit\":200,\"in\":\"u:")
          .text(identities().user(stream.sender.seat().index()))
          .text("\",\"after\":")
          .number(after)
          .text("}");
      link.send();
    }

    private static String cursor(ByteBuffer in, int from, int to) {
      int at = Bytes.indexOf(in, from, to, CURSOR);
      int begin = at + CURSOR.length;
      int end = at < 0 ? -1 : Bytes.indexOf(in, begin, to, (byte) '"');
      if (end < 0) {
        throw new BenchFailure("a sync was answered without a cursor");
      }
      return Bytes.text(in, begin, end);
    }
  }
}
