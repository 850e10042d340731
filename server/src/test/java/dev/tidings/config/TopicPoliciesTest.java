package dev.tidings.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidings.hub.TopicPolicy;
import dev.tidings.hub.TopicPolicy.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicPoliciesTest {
  @Test
  void eachTopicHasOne() {
    assertThat(
            TopicPolicies.parse(
                List.of("ticks.*=drop-oldest", "prices=latest:500", "*=drop-newest")))
        .containsExactly(
            new TopicPolicy("ticks.*", Kind.DROP_OLDEST, 0),
            new TopicPolicy("prices", Kind.LATEST, 500),
            new TopicPolicy("*", Kind.DROP_NEWEST, 0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ticks",
        "=latest:5",
        "t:ticks=latest:5",
        "a b=latest:5",
        "ticks=",
        "ticks=oldest",
        "ticks=latest",
        "ticks=latest:",
        "ticks=latest:0",
        "ticks=latest:60001",
        "ticks=latest:-5",
        "**=drop-oldest"
      })
  void whatCannotBeMeantIsRefused(String rule) {
    assertThatThrownBy(() -> TopicPolicies.parse(List.of(rule)))
        .isInstanceOf(ServerSettings.Refused.class)
        .hasMessageContaining("--topic-policies " + rule);
  }
}
