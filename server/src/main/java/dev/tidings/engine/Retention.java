package dev.tidings.engine;

import dev.tidings.base.Patterns;
import java.util.List;

/// How much of each conversation is kept. What is over is *trimmed*: the oldest entries go, and
/// `low` rises. The first rule that fits a conversation decides; where none does, all is kept.
public record Retention(List<Rule> rules) {
  /// Nothing is ever trimmed.
  public static final Retention ALL = new Retention(List.of());

  public Retention {
    rules = List.copyOf(rules);
  }

  /// What is kept of one conversation at most: an entry that is over one of the three goes.
  ///
  /// @param entries the newest so many
  /// @param millis those that are not older
  /// @param bytes the newest that have so many together, as they stand in the store
  public record Keep(long entries, long millis, long bytes) {
    public static final long UNBOUNDED = Long.MAX_VALUE;
    public static final Keep ALL = new Keep(UNBOUNDED, UNBOUNDED, UNBOUNDED);

    boolean isAll() {
      return equals(ALL);
    }
  }

  /// @param pattern an address, or the beginning of some with a final `*`; private conversations
  ///   have no other than `u:*`
  public record Rule(String pattern, Keep keep) {
    boolean fits(ConversationId id) {
      return Patterns.fits(pattern, id.toString());
    }
  }

  /// Whether nothing is ever trimmed.
  boolean isAll() {
    return rules.stream().allMatch(rule -> rule.keep().isAll());
  }

  Keep of(ConversationId id) {
    for (Rule rule : rules) {
      if (rule.fits(id)) {
        return rule.keep();
      }
    }
    return Keep.ALL;
  }
}
