package dev.tidings.simulation;

import dev.tidings.engine.ConversationId;
import dev.tidings.engine.Entry;
import dev.tidings.engine.KeptLogs;
import dev.tidings.protocol.Address;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import tools.jackson.databind.JsonNode;

/// Compares what clients are told with what is kept, at the moment they are told, and the logs with
/// what clients did, at the end.
final class Witness {
  private record Deed(String user, ConversationId in, String cid) {}

  private final KeptLogs kept;
  private final LongSupplier nowMillis;
  private final Set<Deed> asked = new HashSet<>();
  private final Set<Deed> refused = new HashSet<>();
  private final Map<Deed, Long> confirmed = new HashMap<>();

  private record Place(ConversationId id, long seq) {}

  /// When the recall of a message was first confirmed: the how manieth it was.
  private final Map<Place, Integer> recalled = new HashMap<>();

  Witness(KeptLogs kept, LongSupplier nowMillis) {
    this.kept = kept;
    this.nowMillis = nowMillis;
  }

  /// The log that `user` calls `in`.
  static ConversationId id(String user, String in) {
    return ConversationId.of(Address.parse(in).orElseThrow(), user);
  }

  /// How many recalls were confirmed so far.
  int recalls() {
    return recalled.size();
  }

  /// A client has been given an entry unasked.
  void received(String user, String in, JsonNode entry) {
    received(user, in, entry, 0);
  }

  /// A client has been given an entry: it must be kept, be just so, and be his to see.
  ///
  /// @param recalls how many recalls were confirmed when he asked for it: what they took back he
  ///   must not be told any more
  void received(String user, String in, JsonNode entry, int recalls) {
    ConversationId id = id(user, in);
    long seq = Json.number(entry, "seq");
    Optional<Entry> found = kept.entry(id, seq, nowMillis.getAsLong());
    claim(found.isPresent(), () -> user + " was given what is not kept: " + in + " " + entry);
    Entry known = found.orElseThrow();
    String kind = known.kind() == Entry.Kind.MESSAGE ? "" : known.kind().wire();
    String cid = known.from().equals(user) ? known.cid() : "";
    boolean same =
        Json.text(entry, "from").equals(known.from())
            && Json.text(entry, "kind").equals(kind)
            && Json.text(entry, "cid").equals(cid)
            && Json.number(entry, "ts") == known.tsMillis()
            && Json.texts(entry, "who").equals(known.who())
            && Json.number(entry, "ref") == known.ref()
            && Json.number(entry, "rev") <= known.rev()
            && (!entry.has("void") || isVoidBy(known, Json.text(entry, "void")));
    claim(same, () -> user + " was given " + entry + " for " + known);
    if (entry.has("data")) {
      claim(
          kept.everSaid(id, seq, data(entry)),
          () -> user + " was given what was never said: " + entry);
      int order = recalled.getOrDefault(new Place(id, known.ref() > 0 ? known.ref() : seq), 0);
      claim(
          order == 0 || order > recalls,
          () -> user + " asked after it was taken back, and was given " + in + " " + entry);
    } else {
      claim(
          known.kind() != Entry.Kind.MESSAGE || (known.isVoid() && entry.has("void")),
          () -> user + " was given " + entry + " without data for " + known);
    }
    claim(
        kept.mayHaveSeen(user, id, seq),
        () -> user + " was given what is not his to see: " + in + " " + entry);
  }

  /// Erasing is the last reason of all: until the entry is given it may have come on top.
  private static boolean isVoidBy(Entry known, String reason) {
    return reason.equals(known.voidBy().wire()) || known.voidBy() == Entry.VoidBy.ERASE;
  }

  private static String data(JsonNode entry) {
    return entry.path("data").toString();
  }

  void asked(String user, String in, String cid) {
    asked.add(new Deed(user, id(user, in), cid));
  }

  /// A client was told `ok`: what it asked must be kept by now, under the number it was told.
  void confirmed(String user, String in, String cid, long seq) {
    Deed deed = new Deed(user, id(user, in), cid);
    if (seq > 0) {
      Optional<Entry> entry = kept.entry(deed.in(), seq);
      boolean his =
          entry.filter(e -> e.from().equals(user)).filter(e -> e.cid().equals(cid)).isPresent();
      claim(
          his,
          () -> user + " was told ok for " + cid + " as " + in + " " + seq + ", kept: " + entry);
    }
    kept.entry(deed.in(), seq)
        .filter(entry -> entry.kind() == Entry.Kind.RECALL)
        .ifPresent(recall ->
            recalled.putIfAbsent(new Place(deed.in(), recall.ref()), recalled.size() + 1));
    Long before = confirmed.put(deed, seq);
    claim(
        before == null || before == seq,
        () -> deed + " was confirmed as " + before + " and " + seq);
  }

  /// A client was told for good that nothing was done.
  void refused(String user, String in, String cid) {
    refused.add(new Deed(user, id(user, in), cid));
  }

  /// A client was told that what lies between `applied` and `low` is not to be had: each of it must
  /// be trimmed, or not his in his present stretch.
  void broke(String user, String in, long applied, long low) {
    ConversationId id = id(user, in);
    for (long seq = applied + 1; seq < low; seq++) {
      long missing = seq;
      boolean his =
          switch (id.kind()) {
            case PRIVATE, TOPIC -> true;
            case GROUP, ANNOUNCEMENT -> {
              List<KeptLogs.Stretch> stretches = kept.stretches(user, id);
              yield !stretches.isEmpty() && stretches.getLast().covers(missing);
            }
          };
      claim(
          seq < kept.low(id) || !his,
          () -> user + " was told that " + in + " " + missing + " is gone, and it is not");
    }
  }

  /// What must hold of all logs at the end.
  void checkLogs() {
    Map<Deed, Long> found = new HashMap<>();
    for (ConversationId id : kept.conversations()) {
      List<Entry> entries = kept.entries(id);
      List<Long> present = kept.present(id);
      long low = kept.low(id);
      claim(
          present.equals(LongStream.rangeClosed(low, entries.size()).boxed().toList()),
          () -> id + " begins at " + low + " of " + entries.size() + " and has " + present);
      long tsMillis = 0;
      for (int i = 0; i < entries.size(); i++) {
        Entry entry = entries.get(i);
        claim(entry.seq() == i + 1, () -> id + " has a hole before " + entry.seq());
        claim(entry.tsMillis() >= tsMillis, () -> id + " goes back in time at " + entry.seq());
        tsMillis = entry.tsMillis();
        if (!entry.cid().isEmpty()) {
          Deed deed = new Deed(entry.from(), id, entry.cid());
          Long twice = found.put(deed, entry.seq());
          claim(twice == null, () -> deed + " was done twice: " + twice + " and " + entry.seq());
        }
      }
    }
    confirmed.forEach((deed, seq) ->
        claim(seq == 0 || seq.equals(found.get(deed)), () -> deed + " was confirmed and is lost"));
    refused.forEach(deed -> claim(!found.containsKey(deed), () -> deed + " was refused and done"));
  }

  static void claim(boolean holds, Supplier<String> otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise.get());
    }
  }
}
