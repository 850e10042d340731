package dev.tidings.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.Server;
import dev.tidings.config.ServerSettings;
import dev.tidings.engine.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Each workload, small, against a real server: nothing lost, nothing twice, all in order.
class WorkloadsTest {
  private static final String KEY = "a key for tests, with 32 bytes and more";

  @TempDir private Path folder;

  private Server server(String key, boolean rateLimits) throws IOException {
    return new Server(
        new ServerSettings(
            ServerSettings.address("127.0.0.1", 0),
            folder.resolve("data"),
            key,
            Level.DISK,
            rateLimits,
            List.of(),
            2));
  }

  private JsonNode ran(int code, String url, String... args) throws IOException {
    Path json = folder.resolve("figures.jsonl");
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--url", url, "--server-pid", "0", "--json", json.toString()));
    all.addAll(List.of("--html", folder.resolve("page.html").toString()));
    assertThat(LoadCommand.run(Map.of(), all.toArray(String[]::new))).isEqualTo(code);
    List<String> lines = Files.readAllLines(json);
    assertThat(lines).hasSize(1);
    Files.delete(json);
    return new ObjectMapper().readTree(lines.getFirst());
  }

  /// A run over WebSocket that finds nothing to complain of, against a server in development mode.
  private JsonNode ran(String... args) throws IOException {
    try (Server server = server("", false)) {
      return ran(0, webSocket(server), args);
    }
  }

  private static String webSocket(Server server) {
    return "ws://127.0.0.1:" + server.address().getPort() + "/v1/ws";
  }

  private static String lines(Server server) {
    return "tcp://127.0.0.1:" + server.address().getPort();
  }

  /// @param deliveriesPerSend how many each message makes
  private static void assertClean(JsonNode figures, int deliveriesPerSend) {
    JsonNode counts = figures.path("counts");
    assertThat(counts.path("sent").asLong()).isPositive();
    assertThat(counts.path("delivered").asLong())
        .isEqualTo(counts.path("sent").asLong() * deliveriesPerSend);
    assertThat(counts.path("confirmed").asLong()).isEqualTo(counts.path("sent").asLong());
    for (String bad : List.of("lost", "twice", "outOfOrder", "misled", "refused", "stalls")) {
      assertThat(counts.path(bad).asLong(-1)).as(bad).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--window=8", "--rate=200"})
  void fanoutThroughATopic(String pace) throws IOException {
    JsonNode figures = ran("fanout", "--readers=30", pace, "--duration=0.4", "--warm-up=0.1");
    assertClean(figures, 30);
    assertThat(figures.path("latencyFrom").asString())
        .isEqualTo(pace.startsWith("--rate") ? "due" : "sent");
    assertThat(Files.readString(folder.resolve("page.html"))).contains("<svg");
  }

  @Test
  void fanoutThroughAGroupOverLines() throws IOException {
    try (Server server = server("", false)) {
      JsonNode figures =
          ran(
              0,
              lines(server),
              "fanout",
              "--group",
              "--readers=30",
              "--duration=0.4",
              "--warm-up=0");
      assertClean(figures, 31); // who sends is a member too
    }
  }

  @Test
  void roomsWithTokensSignedByTheKey() throws IOException {
    try (Server server = server(KEY, false)) {
      JsonNode figures =
          ran(
              0,
              webSocket(server),
              "rooms",
              "--rooms=5",
              "--readers=6",
              "--window=10",
              "--duration=0.4",
              "--warm-up=0.1",
              "--key",
              KEY);
      assertClean(figures, 6);
      assertThat(figures.path("command").asString())
          .startsWith("tidings bench rooms --rooms=5")
          .contains("--key …")
          .doesNotContain(KEY);
    }
  }

  @Test
  void privateThroughTopics() throws IOException {
    JsonNode figures = ran("private", "--connections=20", "--duration=0.4", "--warm-up=0.1");
    assertClean(figures, 1);
  }

  @Test
  void privateBesideManyReaders() throws IOException {
    JsonNode figures =
        ran(
            "private",
            "--connections=20",
            "--rate=200",
            "--beside-readers=30",
            "--beside-rate=50",
            "--duration=0.4",
            "--warm-up=0.1");
    assertClean(figures, 1);
    assertThat(figures.path("besideLost").asLong(-1)).isZero();
    assertThat(figures.path("besideMicros").path("count").asLong()).isPositive();
  }

  @Test
  void anotherServersLanguage() throws IOException {
    try (EchoServer server = new EchoServer((count, line) -> List.of(line))) {
      Path json = folder.resolve("figures.jsonl");
      int code =
          LoadCommand.run(
              Map.of("echo", EchoServer.Speech::new),
              "fanout",
              "--dialect=echo",
              "--url=tcp://127.0.0.1:" + server.address().getPort(),
              "--server-pid=0",
              "--readers=7",
              "--duration=0.3",
              "--warm-up=0",
              "--json=" + json);
      assertThat(code).isZero();
      JsonNode counts = new ObjectMapper().readTree(Files.readString(json)).path("counts");
      assertThat(counts.path("delivered").asLong())
          .isEqualTo(7 * counts.path("sent").asLong())
          .isPositive();
    }
  }

  @Test
  void privateAndKept() throws IOException {
    JsonNode figures =
        ran(
            "private",
            "--kept",
            "--connections=20",
            "--window=30",
            "--duration=0.4",
            "--warm-up=0.1");
    assertClean(figures, 2);
    assertThat(figures.path("okOnDisk").asLong())
        .isEqualTo(figures.path("counts").path("sent").asLong());
  }

  @Test
  void durable() throws IOException {
    JsonNode figures =
        ran("durable", "--connections=10", "--window=2", "--duration=0.4", "--warm-up=0.1");
    assertClean(figures, 2);
    assertThat(figures.path("okMicros").path("count").asLong()).isPositive();
  }

  @Test
  void idle() throws IOException {
    JsonNode figures =
        ran("idle", "--connections=40", "--no-heartbeat", "--groups=3", "--group-size=4");
    assertThat(figures.path("connectionsEnded").asLong(-1)).isZero();
  }

  /// What was missed comes in the tail of the sync, or, when it is more, out of the history.
  @ParameterizedTest
  @ValueSource(ints = {7, 450})
  void storm(int missed) throws IOException {
    JsonNode figures = ran("storm", "--users=20", "--missed=" + missed);
    JsonNode counts = figures.path("counts");
    assertThat(counts.path("sent").asLong()).isEqualTo(20L * missed);
    assertThat(counts.path("delivered").asLong())
        .as("to their authors, and to those who came back")
        .isEqualTo(2 * 20L * missed);
    assertThat(counts.path("twice").asLong(-1)).isZero();
    assertThat(figures.path("completeMicros").path("count").asLong()).isEqualTo(20);
  }

  @Test
  void aServerThatLimitsRatesIsNoCleanRun() throws IOException {
    try (Server server = server("", true)) {
      JsonNode figures =
          ran(
              1,
              webSocket(server),
              "durable",
              "--connections=2",
              "--rate=2000",
              "--duration=0.5",
              "--warm-up=0");
      assertThat(figures.path("counts").path("refused").asLong()).isPositive();
      assertThat(figures.path("counts").path("lost").asLong(-1)).isZero();
      assertThat(figures.path("firstTrouble").asString()).contains("\"code\":\"rate\"");
    }
  }

  @Test
  void withoutAServerItSaysWhatToDo() {
    assertThat(LoadCommand.run(Map.of(), "fanout", "--url", "tcp://127.0.0.1:1")).isEqualTo(1);
  }

  @Test
  void misusedItIsTwo() {
    assertThat(LoadCommand.run(Map.of())).isEqualTo(2);
    assertThat(LoadCommand.run(Map.of(), "fanout", "--reders=3")).isEqualTo(2);
  }
}
