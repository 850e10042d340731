package dev.tidings.engine;

/// One user's stretch of a log that has members.
///
/// @param low first seq that he sees
/// @param until last seq that he sees, once he left; [#STILL_IN] before
/// @param commit when this row last changed
/// @param changedMillis the same as Unix time
record Membership(Role role, long low, long until, long commit, long changedMillis) {
  static final long STILL_IN = -1;

  /// How long one who left may still read his stretch. A day more than a cursor lives, which counts
  /// in whole days: no cursor may be older than what it must tell.
  static final long GONE_KEPT_MILLIS = (Cursor.LIFE_DAYS + 1) * 24 * 3600 * 1000;

  boolean isIn() {
    return until == STILL_IN;
  }

  boolean isForgotten(long nowMillis) {
    return !isIn() && changedMillis + GONE_KEPT_MILLIS < nowMillis;
  }

  Membership left(long lastSeq, long atCommit, long nowMillis) {
    return new Membership(role, low, lastSeq, atCommit, nowMillis);
  }

  Membership as(Role other) {
    return new Membership(other, low, until, commit, changedMillis);
  }

  /// As it is where the group may have ended: nobody is in it any more, and everybody sees what he
  /// saw until then.
  Membership under(Meta meta) {
    return meta.hasEnded() && isIn()
        ? new Membership(role, low, Long.MAX_VALUE, meta.end().commit(), meta.end().millis())
        : this;
  }

  byte[] row() {
    return new RowWriter(32)
        .octet(role.code())
        .number(low)
        .number(until + 1)
        .number(commit)
        .number(changedMillis)
        .done();
  }

  static Membership of(byte[] row) {
    RowReader reader = new RowReader(row);
    return new Membership(
        Role.of(reader.octet()),
        reader.number(),
        reader.number() - 1,
        reader.number(),
        reader.number());
  }
}
