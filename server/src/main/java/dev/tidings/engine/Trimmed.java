package dev.tidings.engine;

/// What is still known of the entries before `low`: the numbers of the last one that was trimmed.
/// So a log that was trimmed empty goes on where it stood.
///
/// @param tsMillis when it was appended
/// @param messages how many messages there were up to it
/// @param bytes how many bytes there were up to it
/// @param commit the commit that had kept it
record Trimmed(long tsMillis, long messages, long bytes, long commit) {
  static final Trimmed NOTHING = new Trimmed(0, 0, 0, 0);

  byte[] row() {
    return new RowWriter(32).number(tsMillis).number(messages).number(bytes).number(commit).done();
  }

  static Trimmed of(byte[] row) {
    RowReader reader = new RowReader(row);
    return new Trimmed(reader.number(), reader.number(), reader.number(), reader.number());
  }
}
