package dev.tidings.bench.load;

import dev.tidings.bench.process.BenchFailure;
import java.time.Duration;
import picocli.CommandLine.Option;

/// The options of every workload that sends.
final class TrafficOptions {
  @Option(
      names = "--payload",
      defaultValue = "128",
      description = "Bytes of data in each message, at least 51 (default: ${DEFAULT-VALUE}).")
  int payload;

  @Option(
      names = "--duration",
      defaultValue = "10",
      paramLabel = "<seconds>",
      description = "How long is measured (default: ${DEFAULT-VALUE}).")
  double seconds;

  @Option(
      names = "--warm-up",
      defaultValue = "5",
      paramLabel = "<seconds>",
      description = "How long the same goes on before (default: ${DEFAULT-VALUE}).")
  double warmUpSeconds;

  @Option(
      names = "--rate",
      description =
          "Messages per second, in all and evenly. Latencies then count from the moment at which a"
              + " message was due, also if it left late (no coordinated omission).")
  double rate;

  Duration duration() {
    return of(seconds, "--duration");
  }

  Duration warmUp() {
    return of(warmUpSeconds, "--warm-up");
  }

  private static Duration of(double seconds, String option) {
    if (!(seconds >= 0 && seconds <= 24 * 3600)) {
      throw new BenchFailure(option + " " + seconds + ": from 0 to a day");
    }
    return Duration.ofNanos((long) (seconds * 1e9));
  }

  /// @param otherwise without `--rate`
  Pace pace(Pace otherwise) {
    if (!(rate >= 0 && rate <= 10_000_000)) {
      throw new BenchFailure("--rate " + rate + ": up to ten million");
    }
    return rate == 0 ? otherwise : new Pace.Rate(rate);
  }
}
