package dev.tidings.hub;

import dev.tidings.base.Patterns;
import dev.tidings.conversation.Channel;
import dev.tidings.protocol.Units;
import dev.tidings.session.SendRate;
import java.util.List;

/// What the operator may choose about sessions and delivery. Units are in the names.
///
/// @param node short name of this node, the beginning of every `conn`
/// @param keptTopics names of topics that have a log; a final `*` stands for any ending
/// @param pingSeconds heartbeat where the client wishes none
/// @param topicPolicies for topics without log; the first that fits decides
/// @param channels the announcement channels beside `a:all`
/// @param rounds how what is for many is divided
public record HubSettings(
    String node,
    int pingSeconds,
    SendRate.Limit sendRate,
    int connectionsPerUserMax,
    int subscriptionsMax,
    List<String> keptTopics,
    List<Channel> channels,
    List<TopicPolicy> topicPolicies,
    FanOut.Rounds rounds,
    Units.Max max) {

  public static final int FRAME_BYTES_MAX = 64 * 1024;
  public static final int DATA_BYTES_MAX = 32 * 1024;

  /// The defaults of docs/protocol.md §13.
  public static HubSettings defaults(String node, int dedupeSeconds) {
    return new HubSettings(
        node,
        25,
        new SendRate.Limit(50, 200),
        20,
        256,
        List.of(),
        List.of(),
        List.of(),
        FanOut.Rounds.DEFAULTS,
        new Units.Max(FRAME_BYTES_MAX, DATA_BYTES_MAX, 64, dedupeSeconds));
  }

  public HubSettings withSendRate(SendRate.Limit limit) {
    return with(limit, keptTopics, channels, topicPolicies, rounds);
  }

  public HubSettings withKeptTopics(List<String> patterns) {
    return with(sendRate, patterns, channels, topicPolicies, rounds);
  }

  public HubSettings withRounds(FanOut.Rounds other) {
    return with(sendRate, keptTopics, channels, topicPolicies, other);
  }

  public HubSettings withChannels(List<Channel> other) {
    return with(sendRate, keptTopics, other, topicPolicies, rounds);
  }

  public HubSettings withTopicPolicies(List<TopicPolicy> other) {
    return with(sendRate, keptTopics, channels, other, rounds);
  }

  private HubSettings with(
      SendRate.Limit limit,
      List<String> patterns,
      List<Channel> someChannels,
      List<TopicPolicy> policies,
      FanOut.Rounds someRounds) {
    return new HubSettings(
        node,
        pingSeconds,
        limit,
        connectionsPerUserMax,
        subscriptionsMax,
        patterns,
        someChannels,
        policies,
        someRounds,
        max);
  }

  /// What becomes of the entries of this topic without log that find no room.
  TopicPolicy policyOf(String topic) {
    for (TopicPolicy policy : topicPolicies) {
      if (policy.fits(topic)) {
        return policy;
      }
    }
    return TopicPolicy.DEFAULT;
  }

  /// Whether the configuration says for whom this announcement channel is.
  boolean configures(String channel) {
    return channels.stream().anyMatch(known -> known.name().equals(channel));
  }

  /// Whether this topic has a log.
  boolean keeps(String topic) {
    for (String pattern : keptTopics) {
      if (Patterns.fits(pattern, topic)) {
        return true;
      }
    }
    return false;
  }
}
