package dev.tidings.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.protocol.Shapes.Wrong;
import dev.tidings.running.Asking;
import dev.tidings.running.RunningServer;
import dev.tidings.running.Unit;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Requests that are wrong in one place, or right to the limit, over every transport. Each gets its
/// code, and whoever asked goes on.
class BadRequestsTest {
  /// By their ops: not at all, or not always, or only to say that this is the end.
  private static final List<String> NOT_ANSWERED =
      List.of("\"auth\"", "\"pong\"", "\"op\":\"signal\"", "\"op\":\"mark\"");

  @RegisterExtension static final RunningServer SERVER = RunningServer.withoutRateLimits();

  @ParameterizedTest
  @EnumSource
  void whatIsWrongInOnePlaceIsAnsweredAndNothingElseHappens(Asking.Transport transport) {
    try (Asking bob = Asking.as("bob", transport, SERVER)) {
      for (Wrong wrong : (Iterable<Wrong>) Shapes.wrong()::iterator) {
        Unit answer = bob.ask(wrong.unit());
        assertThat(answer.op()).as("%s: %s", wrong, answer).isEqualTo("err");
        assertThat(answer.text("code")).as("%s: %s", wrong, answer).isEqualTo(wrong.code().wire());
        assertThat(answer.text("msg")).startsWith(wrong.field());
        assertThat(answer.has("retry")).isFalse();
        assertThat(answer.line()).as("no echo").hasSizeLessThan(400);
      }
      assertThat(bob.ask("{\"op\":\"ping\",\"id\":1}").op()).isEqualTo("pong");
      assertThat(bob.ask("{\"op\":\"sync\",\"id\":2}").json("convs"))
          .as("nothing was done")
          .doesNotContain("g:", "u:");
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsRightToTheLimitIsNoBadRequest(Asking.Transport transport) {
    String user = "to-the-limit-" + transport;
    try (Asking bob = Asking.as(user, transport, SERVER)) {
      for (String unit : (Iterable<String>) Shapes.right()::iterator) {
        if (NOT_ANSWERED.stream().anyMatch(unit::contains)) {
          continue;
        }
        Unit answer = bob.ask(unit);
        assertThat(answer.text("code"))
            .as(unit.substring(0, Math.min(200, unit.length())))
            .isNotIn("bad_json", "unknown_op", "too_large", "internal");
        if (answer.text("code").equals("bad_request")) {
          assertThat(answer.text("msg")).containsAnyOf("no such page", "needs a connection");
        }
      }
      assertThat(bob.ask("{\"op\":\"ping\",\"id\":1}").op()).isEqualTo("pong");
    }
  }

  /// As many as one can say in one piece.
  @ParameterizedTest
  @EnumSource
  void manyWrongOnesAreAnsweredOneByOne(Asking.Transport transport) {
    try (Asking bob = Asking.as("bob", transport, SERVER)) {
      int count = 100;
      for (int i = 0; i < count; i++) {
        bob.say("{\"op\":\"send\",\"id\":" + i + "}");
      }
      for (int i = 0; i < count; i++) {
        Unit answer = bob.answer();
        assertThat(answer.number("id")).isEqualTo(i);
        assertThat(answer.text("code")).isEqualTo("bad_request");
      }
      assertThat(bob.ask("{\"op\":\"ping\"}").op()).isEqualTo("pong");
    }
  }
}
