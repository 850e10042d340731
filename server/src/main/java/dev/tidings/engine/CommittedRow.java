package dev.tidings.engine;

import dev.tidings.protocol.Payload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// What one commit made true, as bytes for the other nodes of a shared store. An entry stands in
/// the rows of the same batch already, so here is only where; but what an edit says is in no row of
/// its own.
final class CommittedRow {
  private static final int APPENDED = 1;
  private static final int SIGNALLED = 2;
  private static final int MARKED = 3;
  private static final int PREFERRED = 4;
  private static final int MEMBERS_IN = 5;
  private static final int MEMBERS_OUT = 6;
  private static final int GROUP_ENDED = 7;
  private static final int CHANNEL_DEFINED = 8;
  private static final int CHANNEL_REMOVED = 9;
  private static final int ADMITTED = 10;

  /// Whoever asked is connected elsewhere and was answered there.
  private static final Ticket ELSEWHERE = Ticket.of(-1, answer -> {});

  private CommittedRow() {}

  static byte[] of(List<Committed> all) {
    RowWriter row = new RowWriter(16 + 48 * all.size()).number(all.size());
    for (Committed each : all) {
      switch (each) {
        case Committed.Appended appended -> {
          Entry entry = appended.entry();
          conversation(row.octet(APPENDED), each).number(entry.seq());
          row.counted(entry.kind() == Entry.Kind.EDIT ? entry.data().json() : new byte[0]);
        }
        case Committed.Signalled signalled ->
            conversation(row.octet(SIGNALLED), each)
                .counted(signalled.from())
                .counted(signalled.data().json());
        case Committed.Marked marked ->
            conversation(row.octet(MARKED), each)
                .counted(marked.user())
                .number(marked.got())
                .number(marked.read())
                .octet(marked.toAll() ? 1 : 0);
        case Committed.Preferred preferred ->
            conversation(row.octet(PREFERRED), each)
                .counted(preferred.user())
                .number(preferred.muteUntilMillis())
                .octet(preferred.blocks() ? 1 : 0);
        case Committed.MembersIn in -> {
          names(conversation(row.octet(MEMBERS_IN), each), in.who());
          // 0: it is said by an entry
          row.number(in.unsaidHead().isPresent() ? in.unsaidHead().getAsLong() + 1 : 0);
        }
        case Committed.MembersOut out ->
            names(conversation(row.octet(MEMBERS_OUT), each), out.who()).octet(out.quiet() ? 1 : 0);
        case Committed.GroupEnded _ -> conversation(row.octet(GROUP_ENDED), each);
        case Committed.ChannelDefined defined ->
            conversation(row.octet(CHANNEL_DEFINED), each)
                .counted(defined.filter())
                .number(defined.head());
        case Committed.ChannelRemoved _ -> conversation(row.octet(CHANNEL_REMOVED), each);
        case Committed.Admitted admitted ->
            names(conversation(row.octet(ADMITTED), each), admitted.who())
                .number(admitted.after())
                .number(admitted.head());
      }
    }
    return row.done();
  }

  private static RowWriter conversation(RowWriter row, Committed committed) {
    Conversation conversation = committed.conversation();
    return row.number(conversation.number())
        .octet(conversation.id().kind().letter())
        .counted(conversation.id().name())
        .counted(conversation.epoch());
  }

  private static RowWriter names(RowWriter row, List<String> names) {
    row.number(names.size());
    names.forEach(row::counted);
    return row;
  }

  /// What was said with `batch`.
  static List<Committed> read(Batch batch) {
    if (batch.said().length == 0) {
      return List.of();
    }
    Map<Place, byte[]> entries = entries(batch);
    RowReader row = new RowReader(batch.said());
    long count = row.number();
    List<Committed> all = new ArrayList<>((int) Math.min(count, 4_096));
    for (long i = 0; i < count; i++) {
      int kind = row.octet();
      Conversation in = conversation(row);
      all.add(
          switch (kind) {
            case APPENDED -> new Committed.Appended(in, entry(entries, in, row));
            case SIGNALLED ->
                new Committed.Signalled(
                    in, row.counted(), new Payload(row.countedBytes()), ELSEWHERE);
            case MARKED ->
                new Committed.Marked(
                    in, row.counted(), row.number(), row.number(), row.octet() == 1, ELSEWHERE);
            case PREFERRED ->
                new Committed.Preferred(
                    in, row.counted(), row.number(), row.octet() == 1, ELSEWHERE);
            case MEMBERS_IN -> new Committed.MembersIn(in, names(row), unsaidHead(row.number()));
            case MEMBERS_OUT -> new Committed.MembersOut(in, names(row), row.octet() == 1);
            case GROUP_ENDED -> new Committed.GroupEnded(in);
            case CHANNEL_DEFINED -> new Committed.ChannelDefined(in, row.counted(), row.number());
            case CHANNEL_REMOVED -> new Committed.ChannelRemoved(in);
            case ADMITTED -> new Committed.Admitted(in, names(row), row.number(), row.number());
            default -> throw new IllegalStateException("damaged row: something of kind " + kind);
          });
    }
    return all;
  }

  private record Place(long number, long seq) {}

  /// The rows of entries as they were first written: later ones of the same batch have what was
  /// changed of them, which is said by entries of their own.
  private static Map<Place, byte[]> entries(Batch batch) {
    Map<Place, byte[]> entries = new HashMap<>();
    for (Batch.Step step : batch.steps()) {
      if (step instanceof Batch.Step.Put(byte[] key, byte[] value) && key[0] == 'L') {
        entries.putIfAbsent(new Place(Keys.numberIn(key), Keys.lastNumber(key)), value);
      }
    }
    return entries;
  }

  private static Entry entry(Map<Place, byte[]> entries, Conversation in, RowReader row) {
    long seq = row.number();
    byte[] edited = row.countedBytes();
    byte[] kept = entries.get(new Place(in.number(), seq));
    if (kept == null) {
      throw new IllegalStateException("damaged row: no entry " + in.number() + " " + seq);
    }
    Entry entry = EntryRow.read(seq, kept);
    return entry.kind() == Entry.Kind.EDIT ? entry.withData(new Payload(edited)) : entry;
  }

  private static OptionalLong unsaidHead(long written) {
    return written == 0 ? OptionalLong.empty() : OptionalLong.of(written - 1);
  }

  private static Conversation conversation(RowReader row) {
    long number = row.number();
    ConversationId.Kind kind = ConversationId.Kind.of(row.octet());
    return new Conversation(number, new ConversationId(kind, row.counted()), row.counted());
  }

  private static List<String> names(RowReader row) {
    long count = row.number();
    List<String> names = new ArrayList<>((int) Math.min(count, 4_096));
    for (long i = 0; i < count; i++) {
      names.add(row.counted());
    }
    return names;
  }
}
