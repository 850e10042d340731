package dev.tidings.config;

import dev.tidings.conversation.Channel;
import dev.tidings.engine.Retention;
import dev.tidings.hub.TopicPolicy;
import java.util.List;

/// What an operator may choose about conversations.
///
/// @param retention how much of each is kept
/// @param channels the announcement channels beside `a:all`
/// @param topicPolicies for topics without log
public record ConversationSettings(
    Retention retention, List<Channel> channels, List<TopicPolicy> topicPolicies) {
  public static final ConversationSettings DEFAULTS =
      new ConversationSettings(Retention.ALL, List.of(), List.of());

  /// What the texts of the options say.
  ///
  /// @throws ServerSettings.Refused naming the option and what is wrong with it
  public static ConversationSettings parse(
      List<String> retention, List<String> channels, List<String> topicPolicies) {
    return new ConversationSettings(
        RetentionRules.parse(retention),
        ChannelRules.parse(channels),
        TopicPolicies.parse(topicPolicies));
  }
}
