package dev.tidings.engine;

/// Bounds of what is kept.
///
/// @param groupMembersMax members of one group
/// @param userGroupsMax groups of one user
/// @param dedupeSeconds how long a `cid` is remembered at least; announced as `max.dedupe`
/// @param retention how much of each conversation
public record EngineLimits(
    int groupMembersMax, int userGroupsMax, int dedupeSeconds, Retention retention) {
  public static final EngineLimits DEFAULTS = new EngineLimits(10_000, 200, 172_800, Retention.ALL);

  public EngineLimits withRetention(Retention other) {
    return new EngineLimits(groupMembersMax, userGroupsMax, dedupeSeconds, other);
  }
}
