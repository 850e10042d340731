package dev.tidings.base;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PatternsTest {
  @ParameterizedTest
  @CsvSource({
    "t:news.*, t:news.local, true",
    "t:news.*, t:news., true",
    "t:news.*, t:news, false",
    "t:news, t:news, true",
    "t:news, t:newsy, false",
    "t:news, t:new, false",
    "t:*, t:anything, true",
    "t*, t:anything, true",
    "*, u:bob, true",
    "t:n*s, t:news, false",
    "t:n*s, t:n*s, true",
    "u:*, t:news, false",
  })
  void aPatternIsExactOrBeginsWithWhatStandsBeforeTheStar(
      String pattern, String text, boolean fits) {
    assertThat(Patterns.fits(pattern, text)).isEqualTo(fits);
    for (int at = 0; at <= text.length(); at++) { // wherever it is divided
      assertThat(Patterns.fits(pattern, text.substring(0, at), text.substring(at))).isEqualTo(fits);
    }
  }

  @ParameterizedTest
  @CsvSource({"news.*, news.", "news, news", "*, ''"})
  void theBeginningIsWhatIsMeant(String pattern, String beginning) {
    assertThat(Patterns.beginning(pattern)).isEqualTo(beginning);
  }
}
