package dev.tidings.config;

import dev.tidings.engine.Retention;
import java.util.List;

/// What an operator may choose about conversations.
///
/// @param retention how much of each is kept
public record ConversationSettings(Retention retention) {
  public static final ConversationSettings DEFAULTS = new ConversationSettings(Retention.ALL);

  /// What the texts of the options say.
  ///
  /// @throws ServerSettings.Refused naming the option and what is wrong with it
  public static ConversationSettings parse(List<String> retention) {
    return new ConversationSettings(RetentionRules.parse(retention));
  }
}
