package dev.tidings.bench.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.testbed.redis.NeedsRedis;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `./tidings cluster-demo` in short, and what it says when something is wrong.
@NeedsRedis
class ClusterDemoTest {
  private static final List<String> LAUNCHER =
      List.of(
          Path.of(System.getProperty("java.home"), "bin", "java").toString(),
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "-XX:TieredStopAtLevel=1",
          "-cp",
          System.getProperty("java.class.path"),
          "dev.tidings.Main");

  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  private int demo(IntFunction<List<String>> options, int headSeconds, String... arguments) {
    PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
    return ClusterDemo.run(new ClusterDemo(LAUNCHER, options, headSeconds, out), arguments);
  }

  private String text() {
    return said.toString(StandardCharsets.UTF_8);
  }

  /// The number behind a word that begins a line.
  private long count(String word) {
    Matcher line = Pattern.compile("(?m)^" + word + " +([\\d,]+)").matcher(text());
    assertThat(line.find()).as(text()).isTrue();
    return Long.parseLong(line.group(1).replace(",", ""));
  }

  @Test
  void aNodeIsKilledAndNothingIsLostRepeatedOrOutOfOrder() {
    int code =
        demo(
            _ -> List.of(), 30, "--seconds", "2", "--clients", "6", "--kills", "1", "--rate", "60");
    assertThat(code).as(text()).isZero();
    assertThat(text()).contains("node 0 killed: SIGKILL", "node 0 is back", "level disk");
    assertThat(count("acknowledged")).isPositive().isEqualTo(count("sent"));
    assertThat(count("lost")).isZero();
    assertThat(count("repeated")).isZero();
    assertThat(count("out of order")).isZero();
  }

  /// Two nodes that look like one server, and are not.
  @Test
  void nodesThatDoNotShareTheirLogsAreFoundOut() {
    int code =
        demo(
            node -> List.of("--redis-prefix", "other" + node),
            2,
            "--seconds",
            "2",
            "--clients",
            "8",
            "--kills",
            "0",
            "--rate",
            "60");
    assertThat(code).as(text()).isEqualTo(1);
    assertThat(count("lost")).isPositive();
  }

  @ParameterizedTest
  @CsvSource({
    "--clients, 1",
    "--clients, 201",
    "--kills, 51",
    "--seconds, 1",
    "--seconds, 601",
    "--nodes, 1",
    "--nodes, 6",
    "--rate, 801",
  })
  void everythingHasABound(String option, String value) {
    assertThat(demo(_ -> List.of(), 1, option, value)).isEqualTo(2);
    assertThat(text()).as("nothing was begun").isEmpty();
  }
}
