package dev.tidings.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidings.auth.LabelFilter;
import dev.tidings.conversation.Channel;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChannelRulesTest {
  @Test
  void eachLabelMustFitOneOfItsValues() {
    List<Channel> channels =
        ChannelRules.parse(
            List.of("a:staff=role:staff", "a:beta=platform:ios|android+version:3.*"));
    assertThat(channels)
        .containsExactly(
            new Channel("staff", new LabelFilter(Map.of("role", List.of("staff")))),
            new Channel(
                "beta",
                new LabelFilter(
                    Map.of("platform", List.of("ios", "android"), "version", List.of("3.*")))));
    LabelFilter beta = channels.getLast().filter();
    assertThat(beta.fits(Map.of("platform", "ios", "version", "3.7"))).isTrue();
    assertThat(beta.fits(Map.of("platform", "android", "version", "3."))).isTrue();
    assertThat(beta.fits(Map.of("platform", "web", "version", "3.7"))).isFalse();
    assertThat(beta.fits(Map.of("platform", "ios", "version", "2.9"))).isFalse();
    assertThat(beta.fits(Map.of("version", "3.7"))).isFalse();
    assertThat(beta.fits(Map.of())).isFalse();
  }

  @Test
  void aFilterIsWrittenAsItWasRead() {
    String text = "platform:ios|android+version:3.*";
    assertThat(LabelFilter.parse(text).text()).isEqualTo(text);
    assertThat(LabelFilter.parse("version:3.*+platform:ios|android").text()).isEqualTo(text);
  }

  @Test
  void aFilterIsBounded() {
    assertThat(ChannelRules.parse(List.of("a:x=a:" + "v".repeat(510)))).hasSize(1);
    assertThatThrownBy(() -> ChannelRules.parse(List.of("a:x=a:" + "v".repeat(511))))
        .hasMessageContaining("512");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "staff=role:staff",
        "a:=role:staff",
        "a:staff",
        "a:staff=",
        "a:staff=role",
        "a:staff=:staff",
        "a:staff=role:",
        "a:staff=role:|x",
        "a:staff=role:a+role:b",
        "a:all=role:staff",
        "g:staff=role:staff",
        "a:st aff=role:staff"
      })
  void whatCannotBeMeantIsRefused(String rule) {
    assertThatThrownBy(() -> ChannelRules.parse(List.of(rule)))
        .isInstanceOf(ServerSettings.Refused.class)
        .hasMessageContaining("--channels");
  }

  @Test
  void thereAreAtMostSixtyFourOfDifferentNames() {
    List<String> rules = IntStream.range(0, 65).mapToObj(i -> "a:c" + i + "=x:y").toList();
    assertThat(ChannelRules.parse(rules.subList(0, 64))).hasSize(64);
    assertThatThrownBy(() -> ChannelRules.parse(rules)).hasMessageContaining("64");
    assertThatThrownBy(() -> ChannelRules.parse(List.of("a:c=x:y", "a:c=x:z")))
        .hasMessageContaining("a:c=x:z");
  }
}
