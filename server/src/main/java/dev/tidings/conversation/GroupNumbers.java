package dev.tidings.conversation;

import java.util.Arrays;
import java.util.function.LongConsumer;

/// The numbers of some groups: a set that never changes. Four bytes each, for a user is in up to
/// 200 groups and each user who is online has one of these; only what is beyond an `int` takes
/// eight.
final class GroupNumbers {
  private static final int[] NO_INTS = {};
  private static final long[] NO_LONGS = {};

  static final GroupNumbers NONE = new GroupNumbers(NO_INTS, NO_LONGS);

  /// Both ascending.
  private final int[] near;

  private final long[] far;

  private GroupNumbers(int[] near, long[] far) {
    this.near = near;
    this.far = far;
  }

  /// @param ascending positive numbers
  static GroupNumbers of(long[] ascending) {
    if (ascending.length == 0) {
      return NONE;
    }
    int at = Arrays.binarySearch(ascending, Integer.MAX_VALUE + 1L);
    int nearCount = at < 0 ? -at - 1 : at;
    int[] near = nearCount == 0 ? NO_INTS : new int[nearCount];
    for (int i = 0; i < nearCount; i++) {
      near[i] = (int) ascending[i];
    }
    return new GroupNumbers(
        near, longs(Arrays.copyOfRange(ascending, nearCount, ascending.length)));
  }

  private static long[] longs(long[] some) {
    return some.length == 0 ? NO_LONGS : some;
  }

  boolean contains(long group) {
    return group <= Integer.MAX_VALUE
        ? Arrays.binarySearch(near, (int) group) >= 0
        : Arrays.binarySearch(far, group) >= 0;
  }

  void forEach(LongConsumer each) {
    for (int group : near) {
      each.accept(group);
    }
    for (long group : far) {
      each.accept(group);
    }
  }

  GroupNumbers with(long group) {
    if (contains(group)) {
      return this;
    }
    long[] more = Arrays.copyOf(ascending(), near.length + far.length + 1);
    more[more.length - 1] = group;
    Arrays.sort(more);
    return of(more);
  }

  GroupNumbers without(long group) {
    return contains(group)
        ? of(Arrays.stream(ascending()).filter(each -> each != group).toArray())
        : this;
  }

  private long[] ascending() {
    long[] all = new long[near.length + far.length];
    for (int i = 0; i < near.length; i++) {
      all[i] = near[i];
    }
    System.arraycopy(far, 0, all, near.length, far.length);
    return all;
  }
}
