package dev.tidings.engine;

/// Bounds of what is kept.
///
/// @param groupMembersMax members of one group
/// @param userGroupsMax groups of one user
/// @param dedupeSeconds how long a `cid` is remembered at least; announced as `max.dedupe`
/// @param retention how much of each conversation
/// @param editSeconds how long an author may edit and recall what he sent
public record EngineLimits(
    int groupMembersMax,
    int userGroupsMax,
    int dedupeSeconds,
    Retention retention,
    long editSeconds) {
  /// Up to so many members of a group are told what passes among them: signals and marks.
  public static final int INTIMATES_MAX = 100;

  public static final EngineLimits DEFAULTS =
      new EngineLimits(10_000, 200, 172_800, Retention.ALL, 86_400);

  /// The most that [#groupMembersMax] may be.
  public static final int GROUP_MEMBERS_LIMIT = 100_000;

  public EngineLimits withRetention(Retention other) {
    return new EngineLimits(groupMembersMax, userGroupsMax, dedupeSeconds, other, editSeconds);
  }

  public EngineLimits withEditSeconds(long seconds) {
    return new EngineLimits(groupMembersMax, userGroupsMax, dedupeSeconds, retention, seconds);
  }

  public EngineLimits withGroupMembersMax(int count) {
    return new EngineLimits(count, userGroupsMax, dedupeSeconds, retention, editSeconds);
  }
}
