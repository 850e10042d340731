package dev.tidings.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class TimeSpanTest {
  private final TimeSpan span = new TimeSpan();

  @Test
  void eachUnitIsWhatItSays() {
    assertThat(span.convert("90s")).isEqualTo(Duration.ofSeconds(90));
    assertThat(span.convert("15m")).isEqualTo(Duration.ofMinutes(15));
    assertThat(span.convert(" 24h ")).isEqualTo(Duration.ofHours(24));
    assertThat(span.convert("7d")).isEqualTo(Duration.ofDays(7));
    assertThat(span.convert("0")).isEqualTo(Duration.ZERO);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "h", "1", "-1s", "1.5h", "1w", "1h30m", "PT1H", "1H", "9999999999s"})
  void whatIsNoTimeIsRefused(String text) {
    assertThatThrownBy(() -> span.convert(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageContaining("24h");
  }
}
