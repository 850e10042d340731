package dev.tidings.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tidings.bench.load.LoadCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Small loads of the floor, where there is a C compiler, and of the servers that are installed and
/// need no build: all of what was sent arrives, once and in order. So their scripts, their settings
/// and our dialects of them fit together.
class PeersTest {
  private static final Path CHECKOUT = Path.of("..").toAbsolutePath().normalize();

  @TempDir private Path folder;

  static Stream<Contender> contenders() {
    return Contender.all().stream()
        .filter(
            each -> each.isFloor() || List.of("nats", "nchan", "mosquitto").contains(each.name()));
  }

  private static boolean isInstalled(Contender contender) throws IOException {
    Path script = CHECKOUT.resolve("bench").resolve(contender.script().orElseThrow());
    Process check =
        new ProcessBuilder(script.toString(), "check")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    return check.onExit().join().exitValue() == 0;
  }

  private void assertClean(Contender contender, String... load) throws IOException {
    assumeTrue(isInstalled(contender), contender.name() + " is not installed");
    Path target = CHECKOUT.resolve("bench/target");
    try (Running server = Running.start(contender, CHECKOUT, "", target)) {
      Path json = folder.resolve("figures.jsonl");
      List<String> args = new ArrayList<>(List.of(load));
      args.addAll(List.of("--warm-up=0", "--duration=0.3", "--dialect", contender.dialect()));
      args.addAll(List.of("--url", contender.url(server.port())));
      args.addAll(List.of("--server-pid", Long.toString(server.pid())));
      args.addAll(List.of("--json", json.toString()));
      assertThat(LoadCommand.run(Contender.dialects(), args.toArray(String[]::new)))
          .as("exit code: nothing lost, nothing twice, all in order")
          .isZero();
      Outcome outcome = Outcome.of(Files.readAllLines(json).getFirst());
      assertThat(outcome.number("counts.delivered").orElseThrow()).isPositive();
      assertThat(outcome.number(Figure.CPU)).as("its processor time is known").isPresent();
    }
  }

  @ParameterizedTest
  @MethodSource("contenders")
  void fansOut(Contender contender) throws IOException {
    assertClean(contender, "fanout", "--readers=20", "--window=4");
  }

  @ParameterizedTest
  @MethodSource("contenders")
  void keepsRoomsApart(Contender contender) throws IOException {
    assertClean(contender, "rooms", "--rooms=3", "--readers=4", "--window=6");
  }

  @ParameterizedTest
  @MethodSource("contenders")
  void passesOnOneToOne(Contender contender) throws IOException {
    assertClean(contender, "private", "--connections=10", "--window=5");
  }
}
