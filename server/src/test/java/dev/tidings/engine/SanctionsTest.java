package dev.tidings.engine;

import static dev.tidings.engine.EngineBed.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.base.Clock;
import dev.tidings.base.Ids;
import dev.tidings.engine.EngineBed.Ask;
import dev.tidings.engine.EngineBed.Driven;
import dev.tidings.protocol.ErrorCode;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/// What is kept of the operator's word, and its bounds.
class SanctionsTest extends EngineFixture {
  private static Sanction blocked(Sanction before) {
    return new Sanction(true, before.muted(), before.revokedBeforeMillis());
  }

  private static Sanction muted(Sanction before) {
    return new Sanction(before.blocked(), true, before.revokedBeforeMillis());
  }

  private static Sanction forgotten(Sanction before) {
    return Sanction.NONE;
  }

  private final Store store = new MemoryStore();

  @Override
  protected Driven open(Clock clock, Ids ids, EngineLimits limits) {
    return MemoryEngineTest.drive(store, clock, ids, limits, Level.MEMORY);
  }

  private Sanctions sanctions() {
    return bed.engine().sanctions();
  }

  private Ask say(String user, UnaryOperator<Sanction> change) {
    return bed.submit(ticket -> new Change.Sanctioning(ticket, user, change));
  }

  private Answer revoke(String token) {
    return bed.change(ticket -> new Change.RevokeToken(ticket, token));
  }

  @Test
  void whatIsSaidInOneBatchAddsUpAndOutlivesARestart() {
    Ask first = say("bob", SanctionsTest::blocked);
    Ask second = say("bob", SanctionsTest::muted);
    assertThat(sanctions().of("bob")).as("not yet kept").isEqualTo(Sanction.NONE);
    assertThat(first.answer()).isEqualTo(new Answer.Sanctioned(new Sanction(true, false, 0)));
    assertThat(second.answer()).isEqualTo(new Answer.Sanctioned(new Sanction(true, true, 0)));
    revoke("token é");
    restart();
    assertThat(sanctions().of("bob")).isEqualTo(new Sanction(true, true, 0));
    assertThat(sanctions().isRevoked("token é")).isTrue();
    assertThat(sanctions().isRevoked("")).isFalse();
    say("bob", SanctionsTest::forgotten).answer();
    restart();
    assertThat(sanctions().of("bob").isNone()).isTrue();
    assertThat(sanctions().page("", 9).users()).isEmpty();
  }

  @Test
  void usersAreBoundedAndForgettingOneMakesRoom() {
    for (int i = 0; i < Sanctions.USERS_MAX; i++) {
      say("u" + i, SanctionsTest::muted);
    }
    assertThat(refused(say("more", SanctionsTest::muted).answer())).isEqualTo(ErrorCode.TOO_MANY);
    assertThat(say("u0", SanctionsTest::blocked).answer()).isInstanceOf(Answer.Sanctioned.class);
    assertThat(say("u1", SanctionsTest::forgotten).answer()).isInstanceOf(Answer.Sanctioned.class);
    assertThat(say("more", SanctionsTest::muted).answer()).isInstanceOf(Answer.Sanctioned.class);
  }

  @Test
  void tokensAreBoundedAndForgottenWhenNoneLivesAsLong() {
    for (int i = 0; i < Sanctions.TOKENS_MAX; i++) {
      int number = i;
      bed.submit(ticket -> new Change.RevokeToken(ticket, "t" + number));
    }
    assertThat(refused(revoke("more"))).isEqualTo(ErrorCode.TOO_MANY);
    assertThat(revoke("t0")).isEqualTo(new Answer.Done());
    clock.advance(401L * 24 * 3600 * 1000);
    assertThat(revoke("more")).isEqualTo(new Answer.Done());
    restart();
    assertThat(sanctions().isRevoked("t1")).isFalse();
    assertThat(sanctions().isRevoked("more")).isTrue();
  }
}
