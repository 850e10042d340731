package dev.tidings.bench;

import dev.tidings.bench.process.BenchFailure;
import dev.tidings.bench.process.LineClient;
import dev.tidings.bench.process.ProcessorTime;
import dev.tidings.bench.process.Scratch;
import dev.tidings.bench.process.ServerProcess;
import dev.tidings.bench.process.Until;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// What it costs that a group has many members who are not there: the same connections read a group
/// that has nobody else, and one that has very many others, in turn.
@Command(
    name = "biggroup",
    description = "A message to 2,000 in a group of 100,000, beside the same in a group of 2,000.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class BigGroup implements Callable<Integer> {
  private static final double RATIO_MAX = 1.2;
  private static final Duration DELIVER_MAX = Duration.ofSeconds(60);
  private static final String DATA = "\"" + "x".repeat(100) + "\"";

  @Mixin private Setting setting = new Setting();

  @Option(names = "--members", defaultValue = "100000", description = "Of the big group.")
  private int members;

  @Option(names = "--online", defaultValue = "2000", description = "Who read both groups.")
  private int online;

  @Option(names = "--rounds", defaultValue = "12", description = "Of each group, in turn.")
  private int rounds;

  @Option(names = "--messages", defaultValue = "60", description = "In one round.")
  private int messages;

  @Option(names = "--changes", defaultValue = "300", description = "Of each kind, timed.")
  private int changes;

  /// Connections that only read, on a thread of their own, and what they have heard together.
  private static final class Readers implements AutoCloseable {
    private static final byte[] MSG = "{\"op\":\"msg\"".getBytes(StandardCharsets.US_ASCII);

    private final ServerProcess server;
    private final Selector selector;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(64 * 1024);
    private final AtomicLong heard = new AtomicLong();
    private final AtomicReference<Optional<Throwable>> failure =
        new AtomicReference<>(Optional.empty());
    private volatile boolean ends;

    Readers(ServerProcess server) throws IOException {
      this.server = server;
      this.selector = Selector.open();
    }

    /// How many bytes of [#MSG] the end of what was read matches, for each connection.
    private static final class Matched {
      int bytes;
    }

    /// Opens one for each user, and begins to read when all are welcome.
    void connect(int count) throws IOException {
      for (int i = 0; i < count; i++) {
        SocketChannel channel = SocketChannel.open(server.address());
        Crowd.introduce(channel, "m" + i, buffer);
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, new Matched());
      }
      Thread.ofPlatform().daemon().name("readers").start(this::read);
    }

    private void read() {
      try {
        while (!ends) {
          selector.select(key -> {
            try {
              read(key);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
        }
      } catch (IOException | UncheckedIOException | BenchFailure e) {
        failure.set(Optional.of(e));
      }
    }

    private void read(SelectionKey key) throws IOException {
      buffer.clear();
      if (((SocketChannel) key.channel()).read(buffer) < 0) {
        throw new BenchFailure("the server hung up on a reader");
      }
      Matched matched = (Matched) key.attachment();
      int found = 0;
      for (int i = 0; i < buffer.position(); i++) {
        byte next = buffer.get(i);
        matched.bytes = next == MSG[matched.bytes] ? matched.bytes + 1 : next == MSG[0] ? 1 : 0;
        if (matched.bytes == MSG.length) {
          found++;
          matched.bytes = 0;
        }
      }
      heard.addAndGet(found);
    }

    /// Messages heard so far.
    long heard() {
      failure
          .get()
          .ifPresent(cause -> {
            throw new BenchFailure("a reader failed: " + cause.getMessage(), cause);
          });
      return heard.get();
    }

    @Override
    public void close() throws IOException {
      ends = true;
      for (SelectionKey key : selector.keys()) {
        key.channel().close();
      }
      selector.close();
    }
  }

  @Override
  public Integer call() throws IOException {
    try (Scratch scratch = setting.scratch();
        ServerProcess server =
            setting.start(scratch, "--group-members-max", Integer.toString(members));
        LineClient owner = server.connect(Duration.ofSeconds(60));
        Readers readers = new Readers(server)) {
      Report report = new Report("biggroup", scratch, System.out);
      owner.ask("{\"op\":\"auth\",\"user\":\"owner\"}", "welcome");
      fill(owner, "g:small", online + 1, report);
      fill(owner, "g:big", members, report);
      measure(server, owner, readers, report);
      report.append(setting.results());
    }
    return 0;
  }

  private static void fill(LineClient owner, String group, int members, Report report) {
    long begin = System.nanoTime();
    Crowd.gather(owner, group, "m", members - 1);
    double seconds = (System.nanoTime() - begin) / 1e9;
    report.note(group.substring(2) + "SecondsToFill", seconds);
    report.say("  %-44s %,12.2f", "seconds to let in the members of " + group, seconds);
  }

  private void measure(ServerProcess server, LineClient owner, Readers readers, Report report)
      throws IOException {
    readers.connect(online);
    report.say("%,d connections read both groups; %,d members in the big one", online, members);
    report.note("online", online);
    report.note("members", members);
    round(server, owner, readers, "g:small");
    round(server, owner, readers, "g:big");
    List<Double> small = new ArrayList<>();
    List<Double> big = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    ProcessorTime before = ProcessorTime.now(server.watched());
    for (int i = 0; i < rounds; i++) {
      small.add(round(server, owner, readers, "g:small"));
      big.add(round(server, owner, readers, "g:big"));
      ratios.add(big.getLast() / small.getLast());
    }
    ProcessorTime.Span span = ProcessorTime.now(server.watched()).since(before);
    report.note("smallCpuMicrosPerDelivery", Report.median(small));
    report.note("bigCpuMicrosPerDelivery", Report.median(big));
    report.say(
        "  %-44s small %.3f, big %.3f",
        "server CPU per delivery, µs, median", Report.median(small), Report.median(big));
    report.repeated("bigToSmall", "big by small", ratios, RATIO_MAX);
    report.processors(span);
    for (String group : List.of("g:small", "g:big")) {
      changes(owner, group, report);
    }
  }

  /// Microseconds of the server's processor per delivery.
  private double round(ServerProcess server, LineClient owner, Readers readers, String group) {
    String send = "{\"op\":\"send\",\"to\":\"" + group + "\",\"data\":" + DATA + "}";
    long wanted = readers.heard();
    ProcessorTime before = ProcessorTime.now(server.watched());
    for (int i = 0; i < messages; i++) {
      owner.ask(send, "ok");
      wanted += online;
      long reached = wanted;
      if (!Until.holds(DELIVER_MAX, Duration.ofMillis(1), () -> readers.heard() >= reached)) {
        throw new BenchFailure("something is missing in " + group);
      }
    }
    ProcessorTime.Span span = ProcessorTime.now(server.watched()).since(before);
    return span.server().toNanos() / 1e3 / ((double) messages * online);
  }

  /// From the request to its answer, which is on disk.
  private void changes(LineClient owner, String group, Report report) {
    String head = "{\"op\":\"group\",\"in\":\"" + group + "\",\"do\":";
    Histogram out = new Histogram(3);
    Histogram in = new Histogram(3);
    Histogram page = new Histogram(3);
    for (int i = 0; i < changes; i++) {
      String who = ",\"who\":[\"m" + (online - 1 - i % online) + "\"]}";
      out.recordValue(timed(owner, head + "\"remove\"" + who));
      in.recordValue(timed(owner, head + "\"add\"" + who));
      page.recordValue(timed(owner, head + "\"members\",\"next\":\"m5\"}"));
    }
    String name = group.substring(2);
    report.times(name + "RemoveMicros", group + ": remove one", out);
    report.times(name + "AddMicros", group + ": add one", in);
    report.times(name + "MembersMicros", group + ": a page of members", page);
  }

  private static long timed(LineClient owner, String unit) {
    long begin = System.nanoTime();
    owner.ask(unit, "ok");
    return System.nanoTime() - begin;
  }
}
