package dev.tidings.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidings.auth.Tokens;
import dev.tidings.bench.process.BenchFailure;
import java.util.List;
import org.junit.jupiter.api.Test;

class IdentitiesTest {
  private final Tokens signer = new Tokens("a key for tests, with 32 bytes and more");

  @Test
  void namesOfTwoRunsDiffer() {
    assertThat(new Identities.Names("a").user(7)).isNotEqualTo(new Identities.Names("b").user(7));
  }

  @Test
  void givenTokensAreTakenInTurnAndNameTheirUsers() {
    Identities given =
        new Identities.Given(
            List.of(
                signer.sign("alice", false, List.of(), 0, 60),
                signer.sign("bob", false, List.of(), 0, 60)));
    assertThat(given.user(0)).isEqualTo("alice");
    assertThat(given.user(3)).isEqualTo("bob");
    assertThat(given.auth(2))
        .isEqualTo(given.auth(0))
        .startsWith("{\"op\":\"auth\",\"token\":\"ey");
  }

  @Test
  void whatIsNoTokenIsRefused() {
    assertThatThrownBy(() -> new Identities.Given(List.of())).isInstanceOf(BenchFailure.class);
    for (String token : List.of("x", "a.b.c", "a.%%%.c", "")) {
      assertThatThrownBy(() -> new Identities.Given(List.of(token)).user(0))
          .isInstanceOf(BenchFailure.class);
    }
  }
}
