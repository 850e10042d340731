package dev.tidings.engine;

/// What is known of a conversation beside its entries.
///
/// @param epochStem the epoch given when it was made
/// @param generation that of the store at that time: see [#epoch(long)]
/// @param low first seq that is kept
/// @param members count of a group's members
/// @param markedFrom the requests of entries from here on are known by the entries alone: see
///   [Marks]
/// @param filedSeconds when a mark of an older one was last filed, 0: never
record Meta(
    ConversationId id,
    String epochStem,
    long generation,
    long low,
    String title,
    boolean open,
    boolean quiet,
    long members,
    long markedFrom,
    long filedSeconds) {

  /// The epoch in a store of this generation. When the store cannot prove that it kept everything
  /// it confirmed, its generation rises and with it changes every epoch made before.
  String epoch(long storeGeneration) {
    return storeGeneration == generation ? epochStem : epochStem + "-" + storeGeneration;
  }

  Meta withMembers(long count) {
    return new Meta(
        id, epochStem, generation, low, title, open, quiet, count, markedFrom, filedSeconds);
  }

  Meta withLow(long firstKept) {
    return new Meta(
        id,
        epochStem,
        generation,
        firstKept,
        title,
        open,
        quiet,
        members,
        markedFrom,
        filedSeconds);
  }

  Meta withMarks(long fromSeq, long lastFiledSeconds) {
    return new Meta(
        id, epochStem, generation, low, title, open, quiet, members, fromSeq, lastFiledSeconds);
  }

  byte[] row() {
    return new RowWriter(64)
        .octet(id.kind().letter())
        .counted(id.name())
        .counted(epochStem)
        .number(generation)
        .number(low)
        .octet((open ? 1 : 0) | (quiet ? 2 : 0))
        .number(members)
        .number(markedFrom)
        .number(filedSeconds)
        .counted(title)
        .done();
  }

  static Meta of(byte[] row) {
    RowReader reader = new RowReader(row);
    ConversationId id = new ConversationId(kind(reader.octet()), reader.counted());
    String epochStem = reader.counted();
    long generation = reader.number();
    long low = reader.number();
    int flags = reader.octet();
    long members = reader.number();
    long markedFrom = reader.number();
    long filedSeconds = reader.number();
    String title = reader.counted();
    return new Meta(
        id,
        epochStem,
        generation,
        low,
        title,
        (flags & 1) != 0,
        (flags & 2) != 0,
        members,
        markedFrom,
        filedSeconds);
  }

  private static ConversationId.Kind kind(int letter) {
    for (ConversationId.Kind kind : ConversationId.Kind.values()) {
      if (kind.letter() == letter) {
        return kind;
      }
    }
    throw new IllegalStateException("damaged row: conversation of kind " + letter);
  }
}
