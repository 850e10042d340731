package dev.tidings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.running.ServeProcess;
import dev.tidings.testbed.consistency.Checker;
import dev.tidings.testbed.consistency.Chronicle;
import dev.tidings.testbed.consistency.Verdict;
import dev.tidings.testbed.consistency.Violation;
import dev.tidings.testbed.drive.KillCycles;
import dev.tidings.testbed.drive.Victim;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Users write to a group and to one another over connections that break, the server is killed
/// again and again, and afterwards the checker judges what everybody has noted.
class ConsistencyTest {
  private static final int CYCLES = 3;
  private static final int SENDS = 200;

  private final long seed = new Random().nextLong();

  @TempDir Path folder;

  @Test
  void everyPromiseIsKeptOverKillsAndBrokenConnections() {
    Verdict verdict = judge("dev.tidings.Main");
    assertThat(verdict.violations()).as("seed %d: %s", seed, verdict).isEmpty();
    assertThat(verdict.declared()).isZero();
    assertThat(verdict.confirmed()).isEqualTo((long) CYCLES * SENDS);
  }

  /// Who finds nothing wrong with this one finds nothing.
  @Test
  void aServerThatConfirmsBeforeItHasKeptIsFoundOut() {
    Verdict verdict = judge("dev.tidings.HastyMain");
    assertThat(verdict.violations())
        .as("seed %d: %s", seed, verdict)
        .extracting(Violation::kind)
        .containsAnyOf(
            Violation.Kind.LOST, Violation.Kind.CONTRADICTION, Violation.Kind.UNDECLARED);
  }

  private Verdict judge(String mainClass) {
    try (Victim victim = new Serving(mainClass, folder.resolve("data"))) {
      return judge(victim, plan(seed, CYCLES, SENDS), mainClass);
    }
  }

  static KillCycles.Plan plan(long seed, int cycles, int sends) {
    return new KillCycles.Plan(seed, /* users= */ 2, cycles, sends, /* faults= */ true);
  }

  /// What the checker says of a run; what was noted is in `target`, if that is nothing good.
  static Verdict judge(Victim victim, KillCycles.Plan plan, String name) {
    Chronicle chronicle = new Chronicle();
    KillCycles.run(victim, plan, chronicle, cycle -> {});
    Verdict verdict = Checker.check(chronicle);
    if (!verdict.isClean()) {
      chronicle.write(Path.of("target", name + ".ndjson"));
    }
    return verdict;
  }

  /// A server in a process of its own.
  private static final class Serving implements Victim {
    private final String mainClass;
    private final Path data;
    private @Nullable ServeProcess process;

    Serving(String mainClass, Path data) {
      this.mainClass = mainClass;
      this.data = data;
    }

    @Override
    public InetSocketAddress start() {
      ServeProcess started =
          ServeProcess.startOther(mainClass, data, 0, "--no-rate-limits", "--drain", "0");
      process = started;
      return started.address();
    }

    @Override
    public void kill() {
      ServeProcess running = process;
      if (running != null) {
        running.kill();
      }
    }

    @Override
    public void close() {
      kill();
    }
  }
}
