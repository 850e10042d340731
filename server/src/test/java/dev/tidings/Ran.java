package dev.tidings;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;

/// One run of the command line: its exit code and what it said.
public record Ran(int code, String out, String err) {
  public static Ran of(String... args) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    ByteArrayOutputStream complained = new ByteArrayOutputStream();
    System.setOut(new PrintStream(said, true, UTF_8));
    System.setErr(new PrintStream(complained, true, UTF_8));
    try {
      int code = Main.run(args);
      return new Ran(code, said.toString(UTF_8), complained.toString(UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  /// Misused: what is wrong is said on the standard error output, without a stack trace.
  void assertMisused(String... words) {
    assertThat(err).contains(words).doesNotContain("\tat ");
    assertThat(out).isEmpty();
    assertThat(code).isEqualTo(2);
  }

  void assertFailed(String... words) {
    assertThat(err).contains(words).startsWith("tidings: ").doesNotContain("\tat ");
    assertThat(code).isEqualTo(1);
  }
}
