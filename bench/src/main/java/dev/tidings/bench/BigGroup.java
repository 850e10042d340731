package dev.tidings.bench;

import dev.tidings.bench.process.LineClient;
import dev.tidings.bench.process.ProcessorTime;
import dev.tidings.bench.process.Scratch;
import dev.tidings.bench.process.ServerProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
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

  @Override
  public Integer call() throws IOException {
    try (Scratch scratch = setting.scratch();
        ServerProcess server =
            setting.start(scratch, "--group-members-max", Integer.toString(members));
        LineClient owner = server.connect(Duration.ofSeconds(60));
        Readers readers = new Readers("m")) {
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
    readers.connect(server, online);
    readers.start();
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
      readers.await(wanted, DELIVER_MAX);
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
