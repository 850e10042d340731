package dev.tidings.bench;

import dev.tidings.bench.process.BenchFailure;
import dev.tidings.bench.process.HeapClasses;
import dev.tidings.bench.process.LineClient;
import dev.tidings.bench.process.ProcessorTime;
import dev.tidings.bench.process.Scratch;
import dev.tidings.bench.process.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// What it costs the others, and the server, that some readers are slow: the same connections read
/// one group, in turn with all of them fast and with some reading a KiB per second. These catch up
/// after each round, and nothing may be missing, come twice or out of order, with anybody.
@Command(
    name = "slow",
    description = "100 readers at 1 KiB/s among 1,000: latency of the others, memory of each.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class Slow implements Callable<Integer> {
  private static final double RATIO_MAX = 1.10;
  private static final double KIB_MAX = 64;
  private static final Duration ANSWER_MAX = Duration.ofSeconds(60);
  private static final Duration CATCH_UP_MAX = Duration.ofSeconds(60);
  private static final String GROUP = "g:slow";
  private static final int SMALL_BUFFER_BYTES = 4_096;
  private static final long TRICKLE_NANOS = 100_000_000;
  private static final int TRICKLES_PER_SECOND = 10;
  private static final long LATENCY_NANOS_MAX = 60_000_000_000L;
  private static final int PAGE_KIB = 4;

  @Mixin private Setting setting = new Setting();

  @Option(names = "--readers", defaultValue = "1000", description = "Of the group, in all.")
  private int readers;

  @Option(names = "--slow", defaultValue = "100", description = "How many of them are slow.")
  private int slow;

  @Option(
      names = "--bytes",
      defaultValue = "1024",
      description = "What a slow one reads in a second.")
  private int bytesPerSecond;

  @Option(names = "--rate", defaultValue = "20", description = "Messages per second.")
  private int rate;

  @Option(names = "--payload", defaultValue = "1024", description = "Bytes of a message.")
  private int payload;

  @Option(names = "--rounds", defaultValue = "6", description = "Of each kind, in turn.")
  private int rounds;

  @Option(names = "--seconds", defaultValue = "8", description = "Measured in one round.")
  private int seconds;

  @Option(
      names = "--fall-behind",
      defaultValue = "7",
      description = "Seconds before a round that are not measured; in them the slow fall behind.")
  private int settleSeconds;

  @Override
  public Integer call() throws IOException {
    try (Scratch scratch = setting.scratch();
        // What is measured is handing out: the disk's moods would hide it.
        ServerProcess server = setting.start(scratch, "--durability", "memory");
        LineClient owner = server.connect(ANSWER_MAX)) {
      Report report = new Report("slow", scratch, System.out);
      owner.ask("{\"op\":\"auth\",\"user\":\"owner\"}", "welcome");
      Crowd.gather(owner, GROUP, "r", readers);
      try (Load load = new Load(server.address())) {
        load.connect();
        load.run(Duration.ofSeconds(settleSeconds), Optional.empty()); // the server compiles
        measure(server, load, report);
      }
      report.append(setting.results());
    }
    return 0;
  }

  private void measure(ServerProcess server, Load load, Report report) throws IOException {
    report.say(
        "%,d readers of one group, %d messages of %,d bytes per second; %,d read %,d bytes/s",
        readers, rate, payload, slow, bytesPerSecond);
    report.note("readers", readers);
    report.note("slow", slow);
    report.note("rate", rate);
    report.note("payloadBytes", payload);
    Histogram without = histogram();
    Histogram with = histogram();
    List<Double> ratios = new ArrayList<>();
    List<Double> p99Without = new ArrayList<>();
    List<Double> p99With = new ArrayList<>();
    List<Double> resident = new ArrayList<>();
    List<Double> heap = new ArrayList<>();
    List<Double> kernel = new ArrayList<>();
    List<Double> behind = new ArrayList<>();
    List<Double> catchUp = new ArrayList<>();
    ProcessorTime before = ProcessorTime.now(server.watched());
    for (int i = 0; i < rounds; i++) {
      Histogram fast = round(load);
      Memory memory = Memory.of(server);

      load.slowDown(true);
      Histogram beside = round(load);
      Memory more = Memory.of(server);
      behind.add((double) load.leastBehind());

      load.slowDown(false);
      long begin = System.nanoTime();
      load.await(CATCH_UP_MAX, load::isToldEverything);
      catchUp.add((System.nanoTime() - begin) / 1e9);
      p99Without.add(Report.micros(fast, 99));
      p99With.add(Report.micros(beside, 99));
      ratios.add(Report.micros(beside, 99) / Report.micros(fast, 99));
      resident.add((double) (more.residentKib() - memory.residentKib()) / slow);
      heap.add((double) (more.heapKib() - memory.heapKib()) / slow);
      kernel.add((double) (more.kernelKib() - memory.kernelKib()) / slow);
      without.add(fast);
      with.add(beside);
    }
    ProcessorTime.Span span = ProcessorTime.now(server.watched()).since(before);
    report.times("withoutMicros", "the others, nobody slow", without);
    report.times("withMicros", "the others, beside the slow", with);
    report.say("  %-44s %s", "p99 of each round, nobody slow", p99Without);
    report.say("  %-44s %s", "p99 of each round, beside the slow", p99With);
    report.note("p99WithoutEach", p99Without);
    report.note("p99WithEach", p99With);
    report.repeated("p99Ratio", "p99 of the others, with by without", ratios, RATIO_MAX);
    report.repeated("residentKib", "KiB resident for a slow one", resident, KIB_MAX);
    report.say("  %-44s %,12.2f", "  of it on the heap, median", Report.median(heap));
    report.say("  %-44s %,12.2f", "KiB in the kernel, both ends, median", Report.median(kernel));
    report.say("  %-44s %,12.0f", "messages behind, the least", Report.median(behind));
    report.say("  %-44s %,12.2f", "seconds until all had everything", Report.median(catchUp));
    report.note("heapKib", heap);
    report.note("kernelKib", kernel);
    report.note("messagesBehind", behind);
    report.note("secondsToCatchUp", catchUp);
    report.note("messages", load.sent);
    report.processors(span);
    report.say(
        "  %,d messages reached all %,d readers, each once and in order", load.sent, readers);
  }

  private Histogram round(Load load) throws IOException {
    load.run(Duration.ofSeconds(settleSeconds), Optional.empty());
    Histogram times = histogram();
    load.run(Duration.ofSeconds(seconds), Optional.of(times));
    return times;
  }

  private static Histogram histogram() {
    return new Histogram(LATENCY_NANOS_MAX, 3);
  }

  /// What is used just now.
  ///
  /// @param kernelKib for all sockets of this machine
  private record Memory(long residentKib, long heapKib, long kernelKib) {
    static Memory of(ServerProcess server) throws IOException {
      long heap =
          HeapClasses.of(server.watched().processes().getFirst().pid()).stream()
              .mapToLong(HeapClasses.Row::bytes)
              .sum();
      return new Memory(server.watched().residentKib(), heap / 1024, kernelNow());
    }

    private static long kernelNow() throws IOException {
      for (String line : Files.readAllLines(Path.of("/proc/net/sockstat"))) {
        if (line.startsWith("TCP:")) {
          return Long.parseLong(line.substring(line.indexOf(" mem ") + " mem ".length()))
              * PAGE_KIB;
        }
      }
      return 0;
    }
  }

  /// The sender and all readers, on the thread that calls.
  private final class Load implements AutoCloseable {
    private final InetSocketAddress server;
    private final Selector selector = Selector.open();
    private final long originNanos = System.nanoTime();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(64 * 1024);
    private final List<Reader> all = new ArrayList<>();
    private final String filling = "x".repeat(Math.max(0, payload - 40));
    private Optional<Histogram> times = Optional.empty();
    private Optional<Reader> sender = Optional.empty();
    private long measuredFrom;
    private boolean trickling;
    private long trickledNanos;
    private long readNanos;
    private long sent;

    Load(InetSocketAddress server) throws IOException {
      this.server = server;
    }

    void connect() throws IOException {
      sender = Optional.of(new Reader("owner", false));
      for (int i = 0; i < readers; i++) {
        all.add(new Reader("r" + i, i < slow));
      }
    }

    void slowDown(boolean now) {
      trickling = now;
      all.stream().filter(each -> each.slow).forEach(each -> each.listen(!now));
    }

    /// How many messages the foremost of the slow has not got yet.
    long leastBehind() {
      return all.stream()
          .filter(each -> each.slow)
          .mapToLong(each -> sent - each.seq)
          .min()
          .orElse(0);
    }

    boolean isToldEverything() {
      return all.stream().allMatch(each -> each.seq == sent);
    }

    /// Sends on the timetable for `time`, whatever the server does.
    void run(Duration time, Optional<Histogram> into) throws IOException {
      long begin = System.nanoTime();
      long count = time.toSeconds() * rate;
      measuredFrom = begin;
      times = into;
      for (long i = 0; i < count; i++) {
        long due = begin + i * 1_000_000_000L / rate;
        pump(due);
        send(due);
      }
      pump(begin + time.toNanos());
      if (!trickling) {
        await(CATCH_UP_MAX, this::isToldEverything);
      }
      times = Optional.empty();
    }

    void await(Duration limit, BooleanSupplier done) throws IOException {
      long end = System.nanoTime() + limit.toNanos();
      while (!done.getAsBoolean()) {
        if (System.nanoTime() > end) {
          long missing = all.stream().filter(each -> each.seq < sent).count();
          throw new BenchFailure("something is missing for " + missing + " readers");
        }
        pump(System.nanoTime() + 10_000_000);
      }
    }

    private void send(long due) {
      sent++;
      String unit =
          "{\"op\":\"send\",\"to\":\"%s\",\"data\":{\"due\":%d,\"d\":\"%s\"}}\n"
              .formatted(GROUP, due - originNanos, filling);
      sender.orElseThrow().write(unit);
    }

    private void pump(long untilNanos) throws IOException {
      while (true) {
        long now = System.nanoTime();
        if (trickling && now - trickledNanos >= TRICKLE_NANOS) {
          trickledNanos = now;
          trickle();
        }
        long left = untilNanos - now;
        if (left <= 0) {
          return;
        }
        if (left < 2_000_000) {
          selector.selectNow(this::read); // the system's waiting counts in milliseconds
        } else {
          selector.select(this::read, Math.min(left, TRICKLE_NANOS) / 1_000_000 - 1);
        }
      }
    }

    private void trickle() {
      for (Reader each : all) {
        if (each.slow) {
          buffer.clear().limit(bytesPerSecond / TRICKLES_PER_SECOND);
          each.read();
        }
      }
    }

    private void read(SelectionKey key) {
      buffer.clear();
      ((Reader) key.attachment()).read();
    }

    @Override
    public void close() throws IOException {
      for (SelectionKey key : List.copyOf(selector.keys())) {
        key.channel().close();
      }
      selector.close();
    }

    /// One connection.
    private final class Reader {
      private static final int LINE_BYTES_MAX = 256 * 1024;

      private final SocketChannel channel;
      private final SelectionKey key;
      private final boolean slow;

      /// The last message heard, and the beginning of a line whose end has not come.
      private long seq;

      private byte[] line = new byte[4 * 1024];
      private int length;

      Reader(String user, boolean slow) throws IOException {
        this.slow = slow;
        channel = SocketChannel.open();
        if (slow) {
          channel.setOption(StandardSocketOptions.SO_RCVBUF, SMALL_BUFFER_BYTES);
        }
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.connect(server);
        Crowd.introduce(channel, user, buffer);
        channel.configureBlocking(false);
        key = channel.register(selector, SelectionKey.OP_READ, this);
      }

      void listen(boolean to) {
        key.interestOps(to ? SelectionKey.OP_READ : 0);
      }

      void write(String unit) {
        ByteBuffer bytes = ByteBuffer.wrap(unit.getBytes(StandardCharsets.US_ASCII));
        try {
          channel.write(bytes);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        if (bytes.hasRemaining()) {
          throw new BenchFailure("the server does not take what is sent");
        }
      }

      /// Reads what [#buffer] has room for.
      void read() {
        try {
          if (channel.read(buffer) < 0) {
            throw new BenchFailure("the server hung up" + (slow ? " on a slow reader" : ""));
          }
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        readNanos = System.nanoTime();
        buffer.flip();
        while (buffer.hasRemaining()) {
          byte next = buffer.get();
          if (next == '\n') {
            heard(new String(line, 0, length, StandardCharsets.US_ASCII));
            length = 0;
          } else {
            add(next);
          }
        }
      }

      private void add(byte next) {
        if (length == line.length) {
          if (length == LINE_BYTES_MAX) {
            throw new BenchFailure("a line does not end");
          }
          byte[] longer = new byte[length * 2];
          System.arraycopy(line, 0, longer, 0, length);
          line = longer;
        }
        line[length++] = next;
      }

      private void heard(String unit) {
        if (unit.startsWith("{\"op\":\"ok\"")) {
          return;
        }
        if (!unit.startsWith("{\"op\":\"msg\"")) {
          throw new BenchFailure(
              "a reader heard " + unit.substring(0, Math.min(200, unit.length())));
        }
        long number = number(unit, "\"seq\":");
        if (number != seq + 1) {
          throw new BenchFailure("a reader heard " + number + " after " + seq);
        }
        seq = number;
        long due = originNanos + number(unit, "\"due\":");
        if (!slow && due >= measuredFrom) {
          times.ifPresent(
              all -> all.recordValue(Math.clamp(readNanos - due, 0, LATENCY_NANOS_MAX)));
        }
      }

      private static long number(String unit, String name) {
        int from = unit.indexOf(name) + name.length();
        int to = from;
        while (Character.isDigit(unit.charAt(to))) {
          to++;
        }
        return Long.parseLong(unit, from, to, 10);
      }
    }
  }
}
