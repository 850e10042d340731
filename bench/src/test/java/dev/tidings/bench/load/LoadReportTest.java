package dev.tidings.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.bench.process.ProcessorTime;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

class LoadReportTest {
  private static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  private static Figures figures(Counts end, double busyPercent) {
    Histogram delivery = new Histogram(1_000, 300_000_000_000L, 3);
    for (int i = 1; i <= 10_000; i++) {
      delivery.recordValue(i * 10_000L);
    }
    Samples samples = new Samples();
    for (int i = 0; i <= 20; i++) {
      samples.add(i * 100_000_000L, i * 50_000L, i * 50L);
    }
    return new Figures(
        new Pace.Rate(500),
        NONE,
        new Counts(1_000, 1_000, 0, 1_000_000, 1_000_000, 0, 0, 0, 0, 0, 0, 0),
        end,
        span(Duration.ofSeconds(2)),
        busyPercent,
        delivery,
        new Histogram(1_000, 300_000_000_000L, 3),
        64 * 1024,
        samples);
  }

  /// Of two seconds; server and generator were busy for one each.
  private static ProcessorTime.Span span(Duration busy) {
    return new ProcessorTime.Span(
        Duration.ofSeconds(2), Duration.ofSeconds(1), Duration.ofSeconds(1), busy, Duration.ZERO);
  }

  private static LoadReport report(Counts end, double busyPercent) {
    LoadReport report = new LoadReport("fanout", "tidings bench fanout --readers <1000>");
    report.headline("1,000 readers & \"more\"");
    report.figures(figures(end, busyPercent), "");
    return report;
  }

  private static String printed(LoadReport report) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    report.print(new PrintStream(out, true, StandardCharsets.UTF_8));
    return out.toString(StandardCharsets.UTF_8);
  }

  private static final Counts CLEAN = new Counts(9, 9, 0, 90, 90, 0, 0, 0, 0, 0, 0, 0);

  @Test
  void oneLineOfJsonHasAllFigures(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("new/figures.jsonl");
    report(CLEAN, 50).append(file);
    report(CLEAN, 50).append(file);
    assertThat(Files.readAllLines(file)).hasSize(2);
    JsonNode json = new ObjectMapper().readTree(Files.readAllLines(file).getFirst());
    assertThat(json.path("workload").asString()).isEqualTo("fanout");
    assertThat(json.path("deliveriesPerSecond").asDouble()).isEqualTo(500_000);
    assertThat(json.path("sendsPerSecond").asDouble()).isEqualTo(500);
    assertThat(json.path("serverCpuMicrosPerDelivery").asDouble()).isEqualTo(1);
    assertThat(json.path("serverResidentKib").asLong()).isEqualTo(65_536);
    assertThat(json.path("latencyFrom").asString()).isEqualTo("due");
    assertThat(json.path("deliveryMicros").path("p50").asDouble()).isBetween(49_900.0, 50_100.0);
    assertThat(json.path("deliveryMicros").path("p999").asDouble()).isBetween(99_800.0, 100_000.0);
    assertThat(json.path("counts").path("lost").asLong(-1)).isZero();
    assertThat(json.path("generatorWasBottleneck").asBoolean(true)).isFalse();
    for (String name : new String[] {"at", "command", "cpu", "cores", "jvm", "kernel"}) {
      assertThat(json.has(name)).as(name).isTrue();
    }
  }

  @Test
  void whatIsLostTwiceOrOutOfOrderIsSaidAndIsNotClean() {
    assertThat(report(CLEAN, 50).isClean()).isTrue();
    LoadReport lossy = report(new Counts(9, 9, 0, 90, 80, 3, 2, 0, 10, 0, 0, 0), 50);
    assertThat(lossy.isClean()).isFalse();
    assertThat(printed(lossy))
        .contains("lost 10, twice 2, out of order 3")
        .contains("! 10 of the lost deliveries were dropped by the server in words");
  }

  @Test
  void aGeneratorThatHadNoPauseIsWarnedOf() {
    assertThat(printed(report(CLEAN, 89))).doesNotContain("The generator was busy");
    LoadReport busy = report(CLEAN, 97);
    assertThat(printed(busy)).contains("! The generator was busy 97 % of the time");
    assertThat(busy.facts()).containsEntry("generatorWasBottleneck", true);
  }

  @Test
  void aMachineThatOthersUsedIsWarnedOf() {
    LoadReport report = new LoadReport("idle", "");
    report.processors(span(Duration.ofMillis(2_400)));
    assertThat(report.remarks()).isEmpty();
    report.processors(span(Duration.ofMillis(2_800)));
    assertThat(report.remarks()).hasSize(1);
  }

  @Test
  void whatLatencyCountsFromIsSaid() {
    assertThat(printed(report(CLEAN, 50)))
        .contains("due to delivered, ms", "when each was due, also if it left late");
  }

  @Test
  void thePageNeedsNothingElseAndItsPicturesAreWhole() throws Exception {
    String page = Page.of(report(CLEAN, 50));
    assertThat(page)
        .doesNotContain("<script", "http:", "https:", "src=", "href=", "url(")
        .contains("1,000 readers &amp; \"more\"", "--readers &lt;1000&gt;");
    Matcher pictures = Pattern.compile("<svg.*?</svg>", Pattern.DOTALL).matcher(page);
    int count = 0;
    while (pictures.find()) {
      var svg =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(new InputSource(new StringReader(pictures.group())));
      assertThat(svg.getElementsByTagName("path").getLength()).isGreaterThan(4);
      assertThat(pictures.group()).doesNotContain("NaN", "Infinity");
      count++;
    }
    assertThat(count).as("deliveries, sends, latency").isEqualTo(3);
  }

  @Test
  void ticksAreRoundAndReachTheTop() {
    assertThat(Chart.evenly(4_100_000).getLast().label()).isEqualTo("4.5 M");
    assertThat(Chart.evenly(17).stream().map(Chart.Tick::label))
        .containsExactly("0", "2", "4", "6", "8", "10", "12", "14", "16", "18");
    assertThat(Chart.evenly(0).getLast().at()).isPositive();
    assertThat(Chart.number(20_500)).isEqualTo("20.5 k");
    assertThat(Chart.number(0.01)).isEqualTo("0.01");
    assertThat(Chart.number(100)).isEqualTo("100");
  }
}
