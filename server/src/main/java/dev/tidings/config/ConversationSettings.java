package dev.tidings.config;

import dev.tidings.conversation.Channel;
import dev.tidings.engine.EngineLimits;
import dev.tidings.engine.Retention;
import dev.tidings.hub.TopicPolicy;
import java.time.Duration;
import java.util.List;

/// What an operator may choose about conversations.
///
/// @param retention how much of each is kept
/// @param channels the announcement channels beside `a:all`
/// @param topicPolicies for topics without log
/// @param editWindow how long an author may edit and recall what he sent
/// @param groupMembersMax members that a group may have
/// @param search whether what was said can be searched
public record ConversationSettings(
    Retention retention,
    List<Channel> channels,
    List<TopicPolicy> topicPolicies,
    Duration editWindow,
    int groupMembersMax,
    boolean search) {
  public static final ConversationSettings DEFAULTS =
      new ConversationSettings(
          Retention.ALL,
          List.of(),
          List.of(),
          Duration.ofSeconds(EngineLimits.DEFAULTS.editSeconds()),
          EngineLimits.DEFAULTS.groupMembersMax(),
          /* search= */ false);

  /// @throws ServerSettings.Refused naming the option and what is wrong with it
  public ConversationSettings {
    if (groupMembersMax < 1 || groupMembersMax > EngineLimits.GROUP_MEMBERS_LIMIT) {
      throw new ServerSettings.Refused(
          "--group-members-max %d: from 1 to %d"
              .formatted(groupMembersMax, EngineLimits.GROUP_MEMBERS_LIMIT));
    }
  }

  public ConversationSettings withGroupMembersMax(int count) {
    return new ConversationSettings(retention, channels, topicPolicies, editWindow, count, search);
  }

  /// What the texts of the options say.
  ///
  /// @throws ServerSettings.Refused naming the option and what is wrong with it
  public static ConversationSettings parse(
      List<String> retention, List<String> channels, List<String> topicPolicies) {
    return new ConversationSettings(
        RetentionRules.parse(retention),
        ChannelRules.parse(channels),
        TopicPolicies.parse(topicPolicies),
        DEFAULTS.editWindow(),
        DEFAULTS.groupMembersMax(),
        DEFAULTS.search());
  }

  public ConversationSettings withEditWindow(Duration other) {
    return new ConversationSettings(
        retention, channels, topicPolicies, other, groupMembersMax, search);
  }

  public ConversationSettings withSearch(boolean on) {
    return new ConversationSettings(
        retention, channels, topicPolicies, editWindow, groupMembersMax, on);
  }
}
