package dev.tidings.base;

/// Invariants that stay on in production. A failed check is a bug of ours, never a client's
/// mistake.
public final class Check {
  private Check() {}

  /// Throws [IllegalStateException] with `what` unless `holds`.
  public static void that(boolean holds, String what) {
    if (!holds) {
      throw new IllegalStateException(what);
    }
  }

  /// As [#that(boolean, String)], naming the offending number.
  public static void that(boolean holds, String what, long value) {
    if (!holds) {
      throw new IllegalStateException(what + ": " + value);
    }
  }
}
