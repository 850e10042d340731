package dev.tidings.engine;

import java.util.ArrayList;
import java.util.List;

/// Where one user stands in one conversation, and what he wishes of it.
///
/// @param generation of the store in which `got`, `read` and `mentions` were noted: another one is
///   another epoch, and then they count no more
/// @param got last seq that a device of his has stored
/// @param read last seq that he has seen, never more than `got`
/// @param readMessages how many messages the log had up to `read`
/// @param mentions entries above `read` that name him, ascending: the newest [#MENTIONS_MAX]
/// @param muteUntilMillis he does not want to be disturbed until then; 0: he does
/// @param blocks private conversations: the other one may not send
/// @param commit when this row last changed by his will
/// @param markedCommit when `got` or `read` last rose
record Standing(
    long generation,
    long got,
    long read,
    long readMessages,
    List<Long> mentions,
    long muteUntilMillis,
    boolean blocks,
    long commit,
    long markedCommit) {
  /// More are not counted: the number says "so many or more".
  static final int MENTIONS_MAX = 100;

  /// Of a user who never did anything there.
  static Standing none(long generation) {
    return new Standing(generation, 0, 0, 0, List.of(), 0, false, 0, 0);
  }

  /// The same in a store of this generation.
  Standing in(long storeGeneration) {
    return generation == storeGeneration
        ? this
        : new Standing(
            storeGeneration, 0, 0, 0, List.of(), muteUntilMillis, blocks, commit, markedCommit);
  }

  Standing marked(long newGot, long newRead, long newReadMessages, long atCommit) {
    return new Standing(
        generation,
        newGot,
        newRead,
        newReadMessages,
        mentions.stream().filter(seq -> seq > newRead).toList(),
        muteUntilMillis,
        blocks,
        atCommit,
        atCommit);
  }

  Standing wishing(long newMuteUntilMillis, boolean newBlocks, long atCommit) {
    return new Standing(
        generation,
        got,
        read,
        readMessages,
        mentions,
        newMuteUntilMillis,
        newBlocks,
        atCommit,
        markedCommit);
  }

  /// Named by a new entry.
  Standing mentionedBy(long seq) {
    List<Long> more = new ArrayList<>(mentions);
    more.add(seq);
    return withMentions(
        more.size() > MENTIONS_MAX ? more.subList(more.size() - MENTIONS_MAX, more.size()) : more);
  }

  /// An entry that named him was taken back.
  Standing notMentionedBy(long seq) {
    return withMentions(mentions.stream().filter(other -> other != seq).toList());
  }

  private Standing withMentions(List<Long> others) {
    return new Standing(
        generation,
        got,
        read,
        readMessages,
        List.copyOf(others),
        muteUntilMillis,
        blocks,
        commit,
        markedCommit);
  }

  byte[] row() {
    RowWriter row =
        new RowWriter(48)
            .octet(blocks ? 1 : 0)
            .number(generation)
            .number(got)
            .number(read)
            .number(readMessages)
            .number(muteUntilMillis)
            .number(commit)
            .number(markedCommit)
            .number(mentions.size());
    long before = 0;
    for (long seq : mentions) {
      row.number(seq - before);
      before = seq;
    }
    return row.done();
  }

  static Standing of(byte[] row) {
    RowReader reader = new RowReader(row);
    boolean blocks = (reader.octet() & 1) != 0;
    long generation = reader.number();
    long got = reader.number();
    long read = reader.number();
    long readMessages = reader.number();
    long muteUntilMillis = reader.number();
    long commit = reader.number();
    long markedCommit = reader.number();
    int count = (int) reader.number();
    List<Long> mentions = count == 0 ? List.of() : new ArrayList<>(count);
    long seq = 0;
    for (int i = 0; i < count; i++) {
      seq += reader.number();
      mentions.add(seq);
    }
    return new Standing(
        generation,
        got,
        read,
        readMessages,
        mentions,
        muteUntilMillis,
        blocks,
        commit,
        markedCommit);
  }
}
