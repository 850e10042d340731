package dev.tidings.engine;

import dev.tidings.protocol.Payload;

/// What is known of a conversation beside its entries.
///
/// @param epochStem the epoch given when it was made
/// @param generation that of the store at that time: see [#epoch(long)]
/// @param low first seq that is kept
/// @param members count of a group's members
/// @param owners how many of them are owners
/// @param end when a group was deleted; it then takes no entry any more
/// @param again whether another log stood under its name before
/// @param markedFrom the requests of entries from here on are known by the entries alone: see
///   [Marks]
/// @param filedSeconds when a mark of an older one was last filed, 0: never
record Meta(
    ConversationId id,
    String epochStem,
    long generation,
    long low,
    GroupSettings settings,
    long members,
    long owners,
    End end,
    boolean again,
    long markedFrom,
    long filedSeconds) {

  /// The commit and the Unix time of a group's end; both 0 while it lives.
  record End(long commit, long millis) {
    static final End NONE = new End(0, 0);
  }

  /// A conversation that begins now, the first under its name.
  static Meta first(ConversationId id, String epochStem, long generation, GroupSettings settings) {
    return new Meta(id, epochStem, generation, 1, settings, 0, 0, End.NONE, false, 1, 0);
  }

  /// The epoch in a store of this generation. When the store cannot prove that it kept everything
  /// it confirmed, its generation rises and with it changes every epoch made before.
  String epoch(long storeGeneration) {
    return storeGeneration == generation ? epochStem : epochStem + "-" + storeGeneration;
  }

  /// Whether it is a group that was deleted.
  boolean hasEnded() {
    return end.commit() != 0;
  }

  /// Whether anyone may come in.
  boolean isOpen() {
    return settings.open() && !hasEnded();
  }

  Meta withSettings(GroupSettings other) {
    return with(low, other, members, owners, end);
  }

  Meta withMembers(long count, long ofWhichOwners) {
    return with(low, settings, count, ofWhichOwners, end);
  }

  Meta ended(long atCommit, long nowMillis) {
    return with(low, settings, 0, 0, new End(atCommit, nowMillis));
  }

  Meta withLow(long firstKept) {
    return with(firstKept, settings, members, owners, end);
  }

  private Meta with(long firstKept, GroupSettings as, long count, long ofWhichOwners, End ended) {
    return new Meta(
        id,
        epochStem,
        generation,
        firstKept,
        as,
        count,
        ofWhichOwners,
        ended,
        again,
        markedFrom,
        filedSeconds);
  }

  Meta notTheFirst() {
    return new Meta(
        id,
        epochStem,
        generation,
        low,
        settings,
        members,
        owners,
        end,
        true,
        markedFrom,
        filedSeconds);
  }

  Meta withMarks(long fromSeq, long lastFiledSeconds) {
    return new Meta(
        id,
        epochStem,
        generation,
        low,
        settings,
        members,
        owners,
        end,
        again,
        fromSeq,
        lastFiledSeconds);
  }

  byte[] row() {
    return new RowWriter(64)
        .octet(id.kind().letter())
        .counted(id.name())
        .counted(epochStem)
        .number(generation)
        .number(low)
        .octet(settings.flags())
        .number(members)
        .number(markedFrom)
        .number(filedSeconds)
        .counted(settings.title())
        .number(owners)
        .number(end.commit())
        .number(end.millis())
        .octet(again ? 1 : 0)
        .number(settings.data().sizeBytes())
        .rest(settings.data().json())
        .done();
  }

  static Meta of(byte[] row) {
    RowReader reader = new RowReader(row);
    ConversationId id =
        new ConversationId(ConversationId.Kind.of(reader.octet()), reader.counted());
    String epochStem = reader.counted();
    long generation = reader.number();
    long low = reader.number();
    int flags = reader.octet();
    long members = reader.number();
    long markedFrom = reader.number();
    long filedSeconds = reader.number();
    String title = reader.counted();
    boolean whole = !reader.isAtEnd(); // before groups had data: one owner, who made it
    long owners = whole ? reader.number() : Math.min(members, 1);
    End end = whole ? new End(reader.number(), reader.number()) : End.NONE;
    boolean again = whole && reader.octet() == 1;
    Payload data = whole ? new Payload(reader.bytes((int) reader.number())) : Entry.NO_DATA;
    return new Meta(
        id,
        epochStem,
        generation,
        low,
        GroupSettings.of(title, data, flags),
        members,
        owners,
        end,
        again,
        markedFrom,
        filedSeconds);
  }
}
