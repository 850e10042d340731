package dev.tidings.engine;

import java.util.Optional;

/// How far a user has been told: every change up to `commit`. Opaque to clients.
///
/// @param generation of the store; another one is another history
/// @param day days since 1970 when it was made: a cursor lives 30 days
public record Cursor(long generation, long commit, long day) {
  /// How long what `sync` must report of the past is kept.
  public static final long LIFE_DAYS = 30;

  private static final long DAY_MILLIS = 24L * 3600 * 1000;

  public static Cursor at(long generation, long commit, long nowMillis) {
    return new Cursor(generation, commit, nowMillis / DAY_MILLIS);
  }

  /// Whether `sync` can no longer tell all that came after.
  public boolean isOutlived(long nowMillis) {
    return day + LIFE_DAYS < nowMillis / DAY_MILLIS;
  }

  /// Whether it is of this history of the store and not too old: if that has its commit, `sync` can
  /// tell all that came after.
  boolean isOf(long storeGeneration, long nowMillis) {
    return generation == storeGeneration && !isOutlived(nowMillis);
  }

  /// What `text` says, or empty if no cursor was ever written like that.
  public static Optional<Cursor> parse(String text) {
    String[] parts = text.split("-", -1);
    if (parts.length != 3) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Cursor(
              Long.parseUnsignedLong(parts[0], 36),
              Long.parseUnsignedLong(parts[1], 36),
              Long.parseUnsignedLong(parts[2], 36)));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /// The text on the wire.
  @Override
  public String toString() {
    return Long.toString(generation, 36)
        + "-"
        + Long.toString(commit, 36)
        + "-"
        + Long.toString(day, 36);
  }
}
