package dev.tidings.engine;

/// Says to one user: this private conversation may have moved until commit `mayMoveUntil`.
///
/// One pointer covers many appends, so a busy conversation hardly writes any; a reader takes it as
/// a candidate only and looks at the head.
///
/// @param wrote whether this user has written there himself
record Pointer(long mayMoveUntil, boolean wrote) {
  byte[] row() {
    return new RowWriter(11).number(mayMoveUntil).octet(wrote ? 1 : 0).done();
  }

  static Pointer of(byte[] row) {
    RowReader reader = new RowReader(row);
    return new Pointer(reader.number(), reader.octet() == 1);
  }
}
