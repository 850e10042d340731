package dev.tidings.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidings.engine.Retention;
import dev.tidings.engine.Retention.Keep;
import dev.tidings.engine.Retention.Rule;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetentionRulesTest {
  private static Keep keep(String bounds) {
    return RetentionRules.parse(List.of("*=" + bounds)).rules().getFirst().keep();
  }

  @Test
  void boundsHaveUnits() {
    assertThat(keep("1000")).isEqualTo(new Keep(1_000, Keep.UNBOUNDED, Keep.UNBOUNDED));
    assertThat(keep("90d").millis()).isEqualTo(90 * 86_400_000L);
    assertThat(keep("12h").millis()).isEqualTo(12 * 3_600_000L);
    assertThat(keep("30m").millis()).isEqualTo(30 * 60_000L);
    assertThat(keep("45s").millis()).isEqualTo(45_000L);
    assertThat(keep("64KB").bytes()).isEqualTo(65_536L);
    assertThat(keep("10MB").bytes()).isEqualTo(10L << 20);
    assertThat(keep("2GB").bytes()).isEqualTo(2L << 30);
    assertThat(keep("all")).isEqualTo(Keep.ALL);
    assertThat(keep("1000+90d+10MB+30d")).isEqualTo(new Keep(1_000, 30 * 86_400_000L, 10L << 20));
  }

  @Test
  void rulesKeepTheirOrder() {
    Retention retention = RetentionRules.parse(List.of("g:ops=all", "g:*=1d", "u:*=5", "a:all=7"));
    assertThat(retention.rules())
        .extracting(Rule::pattern)
        .containsExactly("g:ops", "g:*", "u:*", "a:all");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "g:*",
        "=5",
        "g=5",
        "u:alice=5",
        "u:al*=5",
        "p:bob=5",
        "x:*=5",
        "g:with blank=5",
        "*",
        "g:*=",
        "g:*=0",
        "g:*=0d",
        "g:*=5x",
        "g:*=d",
        "g:*=-1",
        "g:*=5+",
        "g:*=1KB",
        "g:*=5 d",
        "g:*=1234567890123",
        "**=5",
        "g:**=5"
      })
  void whatCannotBeMeantIsRefused(String rule) {
    assertThatThrownBy(() -> RetentionRules.parse(List.of(rule)))
        .isInstanceOf(ServerSettings.Refused.class)
        .hasMessageContaining("--retention " + rule);
  }
}
