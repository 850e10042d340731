package dev.tidings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.running.ServeProcess;
import dev.tidings.testbed.consistency.Chronicle;
import dev.tidings.testbed.consistency.Verdict;
import dev.tidings.testbed.drive.Nodes;
import dev.tidings.testbed.drive.Traffic;
import dev.tidings.testbed.process.Owned;
import dev.tidings.testbed.redis.NeedsRedis;
import dev.tidings.testbed.redis.RedisProcess;
import dev.tidings.testbed.redis.RedisSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Every node is told to end and started again, one after the other, while clients that know all of
/// them write (docs/protocol.md §4): the Java client, and where there is a Node the browser client.
@NeedsRedis
class RollingRestartTest {
  private static final int NODES = 2;

  private final long seed = Long.getLong("seed", new Random().nextLong());

  @Test
  void nothingIsLostOrRepeatedAndNobodyFails() throws Exception {
    List<String> options = List.of("--no-rate-limits", "--drain", "1");
    Chronicle chronicle = new Chronicle();
    Traffic.Plan plan =
        new Traffic.Plan(seed, /* clients= */ 8, /* perSecond= */ 100, /* headSeconds= */ 30);
    try (RedisProcess redis = RedisProcess.start(RedisSettings.ON_DISK);
        Nodes nodes =
            Nodes.start(
                ServeProcess.launcher("dev.tidings.Main"),
                Collections.nCopies(NODES, redis.uri()),
                _ -> options);
        Script script = Script.start(nodes.webSockets());
        Traffic traffic = Traffic.begin(nodes.lines(), plan, chronicle)) {
      for (int i = 0; i < NODES; i++) {
        nodes.terminate(i);
        assertThat(nodes.said(i)).as("how it ended").anyMatch(line -> line.contains("drained "));
        nodes.start(i);
      }
      script.assertSawEverythingOnce();
      Traffic.Outcome outcome = traffic.end();
      Verdict verdict = outcome.verdict();
      if (!verdict.isClean()) {
        chronicle.write(Path.of("target", "rolling.ndjson"));
      }
      assertThat(verdict.violations()).as("seed %d: %s", seed, verdict).isEmpty();
      assertThat(verdict.declared()).isZero();
      assertThat(verdict.confirmed()).isEqualTo(verdict.sent());
      assertThat(outcome.failures()).isEmpty();
      assertThat(outcome.clients())
          .as("every node ended, so every client moved")
          .allMatch(client -> client.moves() >= 1);
      System.out.printf(
          "silence per client: p50 %s, p99 %s%n", outcome.silence(50), outcome.silence(99));
    }
  }

  /// The browser client in a process of its own, if this machine can run it.
  private record Script(List<Process> processes) implements AutoCloseable {
    private static final String WEB_SOCKET = "--experimental-websocket"; // before Node 22
    private static final int PATIENCE_SECONDS = 90;

    static Script start(List<URI> nodes) throws IOException {
      List<String> command =
          new ArrayList<>(List.of("node", WEB_SOCKET, "src/test/js/several-nodes.mjs"));
      nodes.forEach(node -> command.add(node.toString()));
      if (!canRun()) {
        return new Script(List.of());
      }
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      assertThat(process.inputReader().readLine()).isEqualTo("begun");
      return new Script(List.of(process));
    }

    private static boolean canRun() {
      try (Owned node =
          Owned.start(
              new ProcessBuilder("node", WEB_SOCKET, "-p", "typeof WebSocket"),
              Pattern.compile("^function$"))) {
        return node.awaitReady();
      } catch (RuntimeException _) {
        return false; // the stories of the browser client say that they were not tested
      }
    }

    void assertSawEverythingOnce() throws Exception {
      for (Process process : processes) {
        process.outputWriter().close();
        JsonNode seen = new ObjectMapper().readTree(process.inputReader().readLine());
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(seen.path("failures")).isEmpty();
        assertThat(seen.path("gaps")).isEmpty();
        int sent = seen.path("sent").asInt();
        assertThat(sent).isPositive();
        assertThat(seen.path("answered").asInt()).isEqualTo(sent);
        assertThat(seen.path("welcomes").asInt()).isGreaterThan(1);
        assertThat(seen.path("seqs")).hasSize(sent);
        assertThat(seen.path("texts")).hasSize(sent);
        for (int i = 0; i < sent; i++) {
          assertThat(seen.path("seqs").get(i).asInt()).isEqualTo(i + 1);
          assertThat(seen.path("texts").get(i).asInt()).isEqualTo(i);
        }
      }
    }

    @Override
    public void close() {
      processes.forEach(Process::destroyForcibly);
    }
  }
}
