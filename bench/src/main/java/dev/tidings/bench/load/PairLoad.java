package dev.tidings.bench.load;

import dev.tidings.bench.process.BenchFailure;
import dev.tidings.bench.process.Watched;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// Private messages without end, for filling a store: users `user0`, `user1` and so on, two to a
/// pair, each with a number of sends under way. On the thread that calls.
public final class PairLoad implements AutoCloseable {
  private static final int PAYLOAD_BYTES = 96;
  private static final Duration CONNECT_MAX = Duration.ofSeconds(60);
  private static final int CONNECTS_UNDER_WAY = 128;

  private final Run run;
  private final List<Link> links;
  private final TidingsDialect dialect;
  private final Flow flow;

  /// Connects.
  ///
  /// @param server one in development mode
  /// @param connections an even number
  public PairLoad(InetSocketAddress server, int connections, int underWayEach) {
    Target target = new Target(server, false, "/v1/ws");
    dialect = new TidingsDialect(target, new Users(), Place.USER, "");
    run = new Run(server, dialect, new Payload(PAYLOAD_BYTES), Watched.NONE, Progress.none());
    List<Seat> seats = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      seats.add(new Seat(i, Role.READER, i));
    }
    links = run.connect(seats, CONNECTS_UNDER_WAY, CONNECT_MAX);
    flow = run.flow(new Pace.ConfirmedEach(underWayEach));
    for (int i = 0; i < connections; i++) {
      run.stream(flow, links.get(i), i ^ 1, List.of(links.get(i), links.get(i ^ 1)));
    }
  }

  /// Names that are the same in every run.
  private record Users() implements Identities {
    @Override
    public String user(int index) {
      return "user" + index;
    }

    @Override
    public String auth(int index) {
      return "{\"op\":\"auth\",\"user\":\"" + user(index) + "\"}";
    }
  }

  /// Sends until so many sends were confirmed; the rest stays under way.
  ///
  /// @throws BenchFailure if that takes longer than `limit`, or an `ok` promised less than `disk`
  public void confirm(long sends, Duration limit) {
    boolean done = run.keepSending(flow, limit, () -> flow.confirmations() >= sends);
    if (!done) {
      throw new BenchFailure("the store does not fill: " + run.counts(flow));
    }
    if (dialect.inMemory() > 0) {
      throw new BenchFailure(dialect.inMemory() + " ok promised memory only");
    }
  }

  /// Takes what the server said before it ended.
  public void hearTheEnd(Duration limit) {
    Supplier<String> noWords = () -> "";
    if (!run.await("ending", limit, noWords, () -> run.ended() >= links.size())) {
      throw new BenchFailure("connections outlive the server");
    }
  }

  /// Confirmed sends between the first two users.
  public long confirmedBetweenFirstTwo() {
    return links.get(0).confirmed() + links.get(1).confirmed();
  }

  @Override
  public void close() {
    run.close();
  }
}
