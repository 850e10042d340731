package dev.tidings.engine;

/// Bounds of what is kept.
///
/// @param groupMembersMax members of one group
/// @param userGroupsMax groups of one user
/// @param dedupeSeconds how long a `cid` is remembered at least; announced as `max.dedupe`
public record EngineLimits(int groupMembersMax, int userGroupsMax, int dedupeSeconds) {
  public static final EngineLimits DEFAULTS = new EngineLimits(10_000, 200, 172_800);
}
