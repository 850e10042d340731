package dev.tidings.engine;

/// What the operator has said of one user.
///
/// @param blocked he may not come in
/// @param muted he may not send
/// @param revokedBeforeMillis tokens of his that were issued before are worth nothing; 0: none
public record Sanction(boolean blocked, boolean muted, long revokedBeforeMillis) {
  public static final Sanction NONE = new Sanction(false, false, 0);

  public boolean isNone() {
    return equals(NONE);
  }

  byte[] row() {
    return new RowWriter(12)
        .octet((blocked ? 1 : 0) | (muted ? 2 : 0))
        .number(revokedBeforeMillis)
        .done();
  }

  static Sanction of(byte[] row) {
    RowReader reader = new RowReader(row);
    int flags = reader.octet();
    return new Sanction((flags & 1) != 0, (flags & 2) != 0, reader.number());
  }
}
