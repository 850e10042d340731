package dev.tidings.hub;

import dev.tidings.conversation.Topics;
import dev.tidings.protocol.JsonWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The newest of each key in topics where nothing else matters. Each lane keeps a table per topic
/// that somebody here follows; what changed in it goes out together, every so many milliseconds,
/// and who had no room for it is given the whole table later. Confined to the lane.
final class Conflation {
  /// Of one topic. Beyond either, the key that was not heard of for longest is forgotten.
  static final int KEYS_MAX = 256;

  static final int BYTES_MAX = 16 * 1024;

  /// One entry as a unit on the wire.
  record Newest(String topic, String key, byte[] unit) {}

  /// Where what changed goes out to those who follow the topic.
  @FunctionalInterface
  interface Out {
    void pass(String topic, JsonWriter units, int count);
  }

  private static final class Table {
    /// The one that changed last is the last.
    final Map<String, byte[]> units = new LinkedHashMap<>();

    final Set<String> changed = new LinkedHashSet<>();
    int bytes;
    boolean isComing;
    long nextMillis = Long.MIN_VALUE;
  }

  private final Shard shard;
  private final Out out;
  private final Map<String, Table> tables = new HashMap<>();

  Conflation(Shard shard, Out out) {
    this.shard = shard;
    this.out = out;
  }

  /// Somebody published this. Nothing is kept where nobody follows.
  void take(Newest newest, int everyMillis) {
    if (shard.topics.readers(newest.topic()).isEmpty()) {
      return;
    }
    Table table = tables.computeIfAbsent(newest.topic(), fresh -> new Table());
    byte[] before = table.units.remove(newest.key());
    table.units.put(newest.key(), newest.unit());
    table.bytes += newest.unit().length - (before == null ? 0 : before.length);
    table.changed.remove(newest.key());
    table.changed.add(newest.key());
    shrink(table);
    if (!table.isComing) {
      table.isComing = true;
      long wait = table.nextMillis - shard.clock.monotonicMillis();
      Runnable tell = () -> tell(newest.topic(), table, everyMillis);
      if (table.nextMillis == Long.MIN_VALUE || wait <= 0) {
        shard.atEndOfTick(tell);
      } else {
        shard.lane.schedule(tell, wait);
      }
    }
  }

  private static void shrink(Table table) {
    Iterator<Map.Entry<String, byte[]>> oldest = table.units.entrySet().iterator();
    while (table.units.size() > 1 && (table.units.size() > KEYS_MAX || table.bytes > BYTES_MAX)) {
      Map.Entry<String, byte[]> gone = oldest.next();
      oldest.remove();
      table.bytes -= gone.getValue().length;
      table.changed.remove(gone.getKey());
    }
  }

  private void tell(String topic, Table table, int everyMillis) {
    table.isComing = false;
    table.nextMillis = shard.clock.monotonicMillis() + everyMillis;
    List<byte[]> units = new ArrayList<>();
    for (String key : table.changed) {
      byte[] unit = table.units.get(key);
      if (unit != null) {
        units.add(unit);
      }
    }
    table.changed.clear();
    if (!units.isEmpty()) {
      out.pass(topic, together(units), units.size());
    }
  }

  /// All that is newest in `topic`: for who missed some of it. Empty if nothing is known.
  JsonWriter all(String topic) {
    Table table = tables.get(topic);
    return together(table == null ? List.of() : List.copyOf(table.units.values()));
  }

  private static JsonWriter together(List<byte[]> units) {
    JsonWriter all = new JsonWriter(512);
    for (byte[] unit : units) {
      if (all.length() > 0) {
        all.newLine();
      }
      all.raw(unit);
    }
    return all;
  }

  /// Forgets topics that nobody follows any more.
  void sweep(Topics topics) {
    tables.keySet().removeIf(topic -> topics.readers(topic).isEmpty());
  }
}
