package dev.tidings.engine;

import dev.tidings.protocol.Payload;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// What a store holds, seen from outside: the measure for what clients were told.
///
/// Reads rows as the engine wrote them, and remembers every stretch of a log that a user was ever
/// given, which the rows of the store do not.
public final class KeptLogs {
  /// The entries from `low` to `until` (`Long.MAX_VALUE` while he is in) are one user's to see.
  public record Stretch(long low, long until) {
    public boolean covers(long seq) {
      return low <= seq && seq <= until;
    }

    public boolean isOpen() {
      return until == Long.MAX_VALUE;
    }
  }

  private record Reader(String user, long number) {}

  private final Store store;

  /// Every entry that was ever kept, by number and seq: also those trimmed since.
  private final Map<Long, NavigableMap<Long, Entry>> ever = new HashMap<>();

  private final Map<Reader, List<Stretch>> stretches = new HashMap<>();

  private record Place(long number, long seq) {}

  /// All that an entry ever said.
  private final Map<Place, Set<String>> said = new HashMap<>();

  public KeptLogs(Store store) {
    this.store = store;
  }

  /// The values of all rows, as text.
  public static List<String> values(Store store) {
    List<String> values = new ArrayList<>();
    try (Store.Scan scan = store.ascending(new byte[] {0}, new byte[] {(byte) 0xFF})) {
      while (scan.next()) {
        values.add(new String(scan.value(), StandardCharsets.UTF_8));
      }
    }
    return values;
  }

  /// To be told of every batch, in order.
  public void committed(Batch batch) {
    for (Batch.Step step : batch.steps()) {
      if (step instanceof Batch.Step.Put(byte[] key, byte[] value) && key[0] == 'L') {
        long seq = Keys.lastNumber(key);
        ever.computeIfAbsent(new RowReader(key).skip(1).sorted64(), fresh -> new TreeMap<>())
            .put(seq, EntryRow.read(seq, value));
      }
      if (step instanceof Batch.Step.Put(byte[] key, byte[] value) && key[0] == 'U') {
        String user = new String(key, 1, key.length - 10, StandardCharsets.US_ASCII);
        note(new Reader(user, Keys.lastNumber(key)), Membership.of(value));
      }
      if (step instanceof Batch.Step.Put(byte[] key, byte[] value) && key[0] == 'L') {
        long number = new RowReader(key).skip(1).sorted64();
        Entry entry = EntryRow.read(Keys.lastNumber(key), value);
        note(number, entry.seq(), entry.data());
        note(number, entry.rev(), entry.data());
      }
    }
  }

  private void note(long number, long seq, Payload data) {
    if (seq > 0 && data.sizeBytes() > 0) {
      said.computeIfAbsent(new Place(number, seq), fresh -> new HashSet<>())
          .add(new String(data.json(), StandardCharsets.UTF_8));
    }
  }

  /// Whether the entry of this number said this at some time, as a message or as an edit.
  public boolean everSaid(ConversationId id, long seq, String json) {
    return number(id)
        .map(number -> said.getOrDefault(new Place(number, seq), Set.of()).contains(json))
        .orElse(false);
  }

  private void note(Reader reader, Membership membership) {
    long until = membership.isIn() ? Long.MAX_VALUE : membership.until();
    List<Stretch> all = stretches.computeIfAbsent(reader, fresh -> new ArrayList<>());
    if (!all.isEmpty() && all.getLast().low() == membership.low() && all.getLast().isOpen()) {
      all.removeLast();
    }
    all.add(new Stretch(membership.low(), until));
  }

  /// All entries that a log ever had, ascending; empty if there is none.
  public List<Entry> entries(ConversationId id) {
    return entriesEver(id).values().stream().map(entry -> readable(id, entry)).toList();
  }

  /// One entry, if it was ever kept.
  public Optional<Entry> entry(ConversationId id, long seq) {
    return Optional.ofNullable(entriesEver(id).get(seq)).map(entry -> readable(id, entry));
  }

  /// One entry, if it was ever kept, as it is read at this time.
  public Optional<Entry> entry(ConversationId id, long seq, long nowMillis) {
    return entry(id, seq).map(entry -> entry.at(nowMillis));
  }

  /// With what an edit says, if it is the last change of its message.
  private Entry readable(ConversationId id, Entry entry) {
    Entry message = entriesEver(id).get(entry.ref());
    return message != null && message.rev() == entry.seq() && !message.isVoid()
        ? entry.withData(message.data())
        : entry;
  }

  private NavigableMap<Long, Entry> entriesEver(ConversationId id) {
    return number(id)
        .map(number -> ever.getOrDefault(number, new TreeMap<>()))
        .orElse(new TreeMap<>());
  }

  /// The first seq that is not trimmed.
  public long low(ConversationId id) {
    return number(id).map(number -> Meta.of(rowOf(number)).low()).orElse(1L);
  }

  private byte[] rowOf(long number) {
    byte[] row = store.get(Keys.meta(number));
    if (row == null) {
      throw new IllegalStateException("no meta of " + number);
    }
    return row;
  }

  /// The numbers that the store itself still has of a log, ascending.
  public List<Long> present(ConversationId id) {
    List<Long> seqs = new ArrayList<>();
    long number = number(id).orElseThrow();
    try (Store.Scan scan =
        store.ascending(Keys.entry(number, 0), Keys.entry(number, Long.MAX_VALUE))) {
      while (scan.next()) {
        seqs.add(Keys.lastNumber(scan.key()));
      }
    }
    return seqs;
  }

  /// How far `user` has read a log.
  public long read(ConversationId id, String user) {
    return number(id)
        .flatMap(number -> Optional.ofNullable(store.get(Keys.standing(user, number))))
        .map(row -> Standing.of(row).read())
        .orElse(0L);
  }

  /// What is kept about `user` but his entries and the marks of his requests, a text for each row.
  public List<String> about(String user) {
    List<String> rows = new ArrayList<>();
    for (byte letter : "UVARG".getBytes(StandardCharsets.US_ASCII)) {
      try (Store.Scan scan =
          store.ascending(new byte[] {letter}, new byte[] {(byte) (letter + 1)})) {
        while (scan.next()) {
          if (Keys.isOf(scan.key(), scan.value(), user)) {
            rows.add(RowText.line(scan.key(), scan.value()));
          }
        }
      }
    }
    return rows;
  }

  /// Whether a group has members and nobody who owns it.
  public boolean lacksOwner(ConversationId id) {
    Meta meta = Meta.of(rowOf(number(id).orElseThrow()));
    return id.kind() == ConversationId.Kind.GROUP && meta.members() > 0 && meta.owners() == 0;
  }

  /// Whether some value in the store has this text.
  public boolean isStored(String text) {
    return values(store).stream().anyMatch(value -> value.contains(text));
  }

  /// The names of all logs that were ever begun.
  public List<ConversationId> conversations() {
    List<ConversationId> all = new ArrayList<>();
    try (Store.Scan scan = store.ascending(new byte[] {'M'}, new byte[] {'M' + 1})) {
      while (scan.next()) {
        all.add(Meta.of(scan.value()).id());
      }
    }
    return all;
  }

  /// The stretches of a group or an announcement channel that `user` was ever given, oldest first.
  public List<Stretch> stretches(String user, ConversationId id) {
    return number(id)
        .map(number -> stretches.getOrDefault(new Reader(user, number), List.of()))
        .orElse(List.of());
  }

  /// Whether `user` may ever have seen this entry.
  public boolean mayHaveSeen(String user, ConversationId id, long seq) {
    return switch (id.kind()) {
      case PRIVATE -> id.firstUser().equals(user) || id.secondUser().equals(user);
      case GROUP, ANNOUNCEMENT ->
          stretches(user, id).stream().anyMatch(stretch -> stretch.covers(seq));
      case TOPIC -> true;
    };
  }

  private Optional<Long> number(ConversationId id) {
    byte[] row = store.get(Keys.name(id));
    return row == null ? Optional.empty() : Optional.of(new RowReader(row).number());
  }
}
