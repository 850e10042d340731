package dev.tidings.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.running.RunningServer;
import dev.tidings.running.Wire;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Who reads nothing at the relay costs the others nothing, and is told what he lost.
class RelaySlowReaderTest {
  @RegisterExtension
  static final RunningServer SERVER = RunningServer.withoutRateLimits().withRelay();

  private static final int LINES = 4_000;
  private static final String TEXT = "x".repeat(4_000); // 16 MB in all: more than any buffer

  private static final Pattern LOST =
      Pattern.compile("\\* (\\d+) lines? (was|were) lost: you read too slowly");

  @Test
  void heLosesLinesAndIsToldHowMany() {
    Wire slow = SERVER.relayOfFewBytes();
    assertThat(slow.line()).startsWith("* you are ");
    Wire reader = SERVER.relay();
    assertThat(reader.line()).startsWith("* you are ");
    Wire writer = SERVER.relay();
    assertThat(writer.line()).startsWith("* you are ");
    for (int i = 0; i < LINES; i++) { // one at a time, or who reads were slow, too
      writer.write(i + " " + TEXT + "\n");
      assertThat(reader.line()).endsWith(": " + i + " " + TEXT);
    }

    int heard = 0;
    int lost = 0;
    int next = 0;
    boolean over = false;
    while (!over) {
      String line = slow.line();
      Matcher told = LOST.matcher(line);
      if (told.matches()) {
        lost += Integer.parseInt(told.group(1));
        next += Integer.parseInt(told.group(1));
        writer.write("that is all\n");
      } else if (line.endsWith("that is all")) {
        over = true;
      } else {
        assertThat(line).as("in order").contains(": " + next + " ");
        next++;
        heard++;
      }
    }
    assertThat(lost).isPositive();
    assertThat(heard + lost).isEqualTo(LINES);
  }

  @Test
  void whoIsThereWhenTheServerEndsIsTold() throws Exception {
    Wire guest = SERVER.relay();
    assertThat(guest.line()).startsWith("* you are ");
    SERVER.stop();
    assertThat(new String(guest.readToEnd(), UTF_8)).isEqualTo("* the server ends\n");
    SERVER.start();
  }
}
