package dev.tidings.testbed.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class WardenTest {
  /// A Java that starts a process of its own and is killed the hard way.
  static final class Parent {
    public static void main(String[] args) throws InterruptedException {
      Owned kept = Owned.start(new ProcessBuilder("sleep", "600"), Pattern.compile("never"));
      Owned ended = Owned.start(new ProcessBuilder("sleep", "600"), Pattern.compile("never"));
      ended.kill();
      System.out.println(kept.pid());
      Thread.currentThread().join();
    }
  }

  @Test
  void whatWeStartedDiesWithUsHoweverWeDie() throws Exception {
    Process parent =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Parent.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out = parent.inputReader()) {
      ProcessHandle child = ProcessHandle.of(Long.parseLong(out.readLine())).orElseThrow();
      assertThat(child.isAlive()).isTrue();
      parent.destroyForcibly();
      await().atMost(Duration.ofSeconds(30)).until(() -> !child.isAlive());
    } finally {
      parent.destroyForcibly();
    }
  }
}
