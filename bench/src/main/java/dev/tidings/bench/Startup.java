package dev.tidings.bench;

import dev.tidings.bench.process.LineClient;
import dev.tidings.bench.process.ProcessorTime;
import dev.tidings.bench.process.Scratch;
import dev.tidings.bench.process.ServerProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// From `./tidings serve` to the first `welcome`.
@Command(
    name = "startup",
    description = "From ./tidings serve, with nothing stored, to the first welcome over TCP.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class Startup implements Callable<Integer> {
  private static final double SECONDS_MAX = 2;
  private static final Duration ANSWER_MAX = Duration.ofSeconds(60);

  @Mixin private Setting setting = new Setting();

  @Option(names = "--times", defaultValue = "15", description = "How often.")
  private int times;

  @Option(names = "--search", description = "With the index of search switched on.")
  private boolean search;

  @Override
  public Integer call() {
    List<Double> seconds = new ArrayList<>();
    List<Double> busy = new ArrayList<>();
    try (Scratch whole = setting.scratch()) {
      Report report = new Report("startup", whole, System.out);
      for (int i = 0; i < times; i++) {
        Start start = once();
        seconds.add(start.seconds());
        busy.add(start.processorSeconds());
      }
      report.say(
          "./tidings serve%s to the first welcome, %d times", search ? " --search on" : "", times);
      report.repeated("seconds", "seconds", seconds, SECONDS_MAX);
      report.note("serverCpuSecondsEach", busy);
      report.say("  %-44s %,12.2f", "of them on the processor, median", Report.median(busy));
      report.append(setting.results());
    }
    return 0;
  }

  /// @param seconds from the start of the launcher to `welcome`
  /// @param processorSeconds what it kept the processor busy, which hardly depends on what else
  ///   runs
  private record Start(double seconds, double processorSeconds) {}

  private Start once() {
    try (Scratch scratch = setting.scratch();
        ServerProcess server =
            search ? setting.start(scratch, "--search", "on") : setting.start(scratch);
        LineClient client = server.connect(ANSWER_MAX)) {
      client.ask("{\"op\":\"auth\",\"user\":\"alice\"}", "welcome");
      double seconds = (System.nanoTime() - server.startedNanos()) / 1e9;
      return new Start(seconds, ProcessorTime.now(server.watched()).server().toMillis() / 1e3);
    }
  }
}
