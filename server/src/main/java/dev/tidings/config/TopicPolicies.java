package dev.tidings.config;

import dev.tidings.base.Patterns;
import dev.tidings.hub.TopicPolicy;
import dev.tidings.hub.TopicPolicy.Kind;
import dev.tidings.protocol.Address;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The texts of `--topic-policies`: `ticks.*=drop-oldest`, `prices.*=latest:500`.
final class TopicPolicies {
  private static final Pattern LATEST = Pattern.compile("latest:(\\d{1,5})");

  private TopicPolicies() {}

  /// @throws ServerSettings.Refused naming the policy and what is wrong with it
  static List<TopicPolicy> parse(List<String> rules) {
    List<TopicPolicy> policies = new ArrayList<>();
    for (String rule : rules) {
      int equals = rule.indexOf('=');
      String pattern = equals < 0 ? rule : rule.substring(0, equals);
      if (equals < 0 || !isOfTopics(pattern)) {
        throw refused(rule, "a policy is written topic=policy, such as ticks.*=drop-oldest");
      }
      policies.add(policy(rule, pattern, rule.substring(equals + 1)));
    }
    return List.copyOf(policies);
  }

  /// Whether some topic can have such a name.
  static boolean isOfTopics(String pattern) {
    return pattern.equals("*") || Address.isTopicName(Patterns.beginning(pattern));
  }

  private static TopicPolicy policy(String rule, String pattern, String words) {
    Matcher latest = LATEST.matcher(words);
    if (latest.matches()) {
      int millis = Integer.parseInt(latest.group(1));
      if (millis < 1 || millis > TopicPolicy.EVERY_MILLIS_MAX) {
        throw refused(rule, "latest takes 1 to " + TopicPolicy.EVERY_MILLIS_MAX + " ms");
      }
      return new TopicPolicy(pattern, Kind.LATEST, millis);
    }
    return switch (words) {
      case "drop-newest" -> new TopicPolicy(pattern, Kind.DROP_NEWEST, 0);
      case "drop-oldest" -> new TopicPolicy(pattern, Kind.DROP_OLDEST, 0);
      default -> throw refused(rule, "there are drop-newest, drop-oldest and latest:milliseconds");
    };
  }

  private static ServerSettings.Refused refused(String rule, String why) {
    return new ServerSettings.Refused("--topic-policies " + rule + ": " + why);
  }
}
