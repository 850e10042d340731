package dev.tidings.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidings.bench.process.BenchFailure;
import dev.tidings.bench.process.Watched;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a run counts, beside a server that does right or wrong on purpose.
class RunTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofMillis(300);

  private static Run run(EchoServer server, Dialect dialect) {
    return new Run(server.address(), dialect, new Payload(64), Watched.NONE, Progress.none());
  }

  /// Connections 0 to `readers` − 1 read what the last one sends.
  private static Stream oneToMany(Run run, int readers, Pace pace) {
    List<Seat> seats = new ArrayList<>(Workload.seats(0, readers, Role.READER, 0));
    seats.add(new Seat(readers, Role.SENDER, 0));
    List<Link> links = run.connect(seats, 4, LIMIT);
    return run.stream(run.flow(pace), links.getLast(), 0, links.subList(0, readers));
  }

  @Test
  void whatIsPassedOnRightIsClean() throws IOException {
    try (EchoServer server = new EchoServer((count, line) -> List.of(line));
        Run run = run(server, new EchoServer.Speech())) {
      Stream stream = oneToMany(run, 3, new Pace.Delivered(4));
      Figures figures = run.measure(SHORT, SHORT).getFirst();
      Counts end = figures.end();
      assertThat(end.isClean()).isTrue();
      assertThat(end.sends()).isEqualTo(stream.sent).isPositive();
      assertThat(end.delivered()).isEqualTo(3 * stream.sent);
      assertThat(figures.delivery().getTotalCount())
          .as("latencies are those of messages sent while measuring")
          .isEqualTo(3 * (end.sends() - figures.before().sends()));
    }
  }

  @Test
  void whatIsLostIsCounted() throws IOException {
    try (EchoServer server =
            new EchoServer((count, line) -> count % 10 == 9 ? List.of() : List.of(line));
        Run run = run(server, new EchoServer.Speech())) {
      Stream stream = oneToMany(run, 2, new Pace.Rate(1_000));
      Counts end = run.measure(SHORT, SHORT).getFirst().end();
      assertThat(end.lost()).isEqualTo(2 * (stream.sent / 10)).isPositive();
      assertThat(end.twice()).isZero();
      assertThat(end.late()).isZero();
      assertThat(end.isClean()).isFalse();
    }
  }

  @Test
  void whatComesTwiceIsCounted() throws IOException {
    try (EchoServer server =
            new EchoServer((count, line) -> count % 10 == 9 ? List.of(line, line) : List.of(line));
        Run run = run(server, new EchoServer.Speech())) {
      Stream stream = oneToMany(run, 2, new Pace.Rate(1_000));
      Counts end = run.measure(SHORT, SHORT).getFirst().end();
      assertThat(end.twice()).isEqualTo(2 * (stream.sent / 10)).isPositive();
      assertThat(end.lost()).isZero();
      assertThat(end.isClean()).isFalse();
    }
  }

  @Test
  void whatComesOutOfOrderIsCountedAndNotLost() throws IOException {
    List<String> heldBack = new ArrayList<>();
    try (EchoServer server =
            new EchoServer((count, line) -> {
              if (count % 2 == 0) {
                heldBack.add(line);
                return List.of();
              }
              return List.of(line, heldBack.removeFirst());
            });
        Run run = run(server, new EchoServer.Speech())) {
      Stream stream = oneToMany(run, 2, new Pace.Confirmed(16));
      run.sendAll(stream.flow, 100, 16);
      Counts end = run.counts(stream.flow);
      assertThat(stream.sent).isEqualTo(100);
      assertThat(end.late()).isEqualTo(2 * 50);
      assertThat(end.lost()).isZero();
      assertThat(end.twice()).isZero();
      assertThat(end.isClean()).isFalse();
    }
  }

  @Test
  void whatReachesTheWrongReaderIsCounted() throws IOException {
    try (EchoServer server = new EchoServer((count, line) -> List.of(line));
        Run run = run(server, new EchoServer.Speech())) {
      List<Seat> seats = new ArrayList<>(Workload.seats(0, 3, Role.READER, 0));
      seats.add(new Seat(3, Role.SENDER, 0));
      List<Link> links = run.connect(seats, 4, LIMIT);
      Flow flow = run.flow(new Pace.Confirmed(4));
      run.stream(flow, links.getLast(), 0, links.subList(0, 2)); // the third hears it all the same
      run.sendAll(flow, 10, 4);
      assertThat(run.counts(flow).misled()).isEqualTo(10);
      assertThat(run.counts(flow).lost()).isZero();
      assertThat(run.counts(flow).isClean()).isFalse();
    }
  }

  /// The generator itself is held up at its first message. What was due meanwhile leaves late, and
  /// its latency counts from when it was due: this is what coordinated omission would hide.
  @Test
  void atARateLatencyCountsFromWhenAMessageWasDue() throws IOException {
    long heldNanos = Duration.ofMillis(200).toNanos();
    Dialect slow =
        new EchoServer.Speech() {
          private boolean held;

          @Override
          public void publish(Link from, int conversation, long id, Payload payload) {
            long until = System.nanoTime() + heldNanos;
            while (!held && System.nanoTime() < until) {
              Thread.onSpinWait();
            }
            held = true;
            super.publish(from, conversation, id, payload);
          }
        };
    try (EchoServer server = new EchoServer((count, line) -> List.of(line));
        Run run = run(server, slow)) {
      oneToMany(run, 1, new Pace.Rate(1_000));
      Figures figures = run.measure(Duration.ZERO, Duration.ofMillis(400)).getFirst();
      // Of those due in the first half of the hold none can have arrived within the second half.
      assertThat(figures.delivery().getCountBetweenValues(heldNanos / 2, Long.MAX_VALUE / 2))
          .isGreaterThanOrEqualTo(99);
      assertThat(figures.end().isClean()).isTrue();
    }
  }

  @Test
  void duesOfARateAreEvenAndDoNotDrift() {
    Pace.Rate rate = new Pace.Rate(3);
    assertThat(rate.dueNanos(5, 0)).isEqualTo(5);
    assertThat(rate.dueNanos(5, 3)).isEqualTo(1_000_000_005);
    assertThat(rate.dueNanos(0, 3_000_000)).isEqualTo(1_000_000_000_000_000L);
  }

  @Test
  void aServerThatHangsUpIsNoticed() throws IOException {
    try (ServerSocket port = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual()
          .start(() -> {
            try {
              port.accept().close();
            } catch (IOException e) {
              // The test is over.
            }
          });
      InetSocketAddress address = new InetSocketAddress(port.getInetAddress(), port.getLocalPort());
      try (Run run =
          new Run(
              address, new EchoServer.Speech(), new Payload(64), Watched.NONE, Progress.none())) {
        assertThatThrownBy(() -> oneToMany(run, 1, new Pace.Confirmed(16)))
            .isInstanceOf(BenchFailure.class);
      }
    }
  }
}
