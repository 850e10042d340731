package dev.tidings.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// What one client holds of one conversation.
final class Copy {
  final String in;
  String epoch;

  /// The last seq applied; everything from [#start] to it was.
  long applied;

  /// Where the unbroken stretch begins that ends with [#applied].
  long start;

  /// The highest seq that this client knows to exist.
  long told;

  boolean gone;
  boolean asking;

  /// Entries that came early.
  final TreeMap<Long, JsonNode> held = new TreeMap<>();

  /// Every entry ever applied, in order; breaks leave numbers out.
  final List<JsonNode> entries = new ArrayList<>();

  /// What each message says now, as far as this client was told: JSON, `""` once it is taken back.
  final TreeMap<Long, String> says = new TreeMap<>();

  Copy(String in, String epoch, long startsBehind) {
    this.in = in;
    this.epoch = epoch;
    this.applied = startsBehind;
    this.start = startsBehind + 1;
    this.told = startsBehind;
  }

  /// Nothing between what is held and `low` can be had any more.
  void breakTo(long low) {
    if (applied + 1 < low) {
      applied = low - 1;
      start = low;
      told = Math.max(told, applied);
      held.headMap(low).clear();
    }
  }

  void apply(JsonNode entry) {
    applied = Json.number(entry, "seq");
    told = Math.max(told, applied);
    entries.add(entry);
    switch (Json.text(entry, "kind")) {
      case "" -> says.put(applied, entry.has("data") ? entry.path("data").toString() : "");
      case "edit" -> {
        if (entry.has("data")) {
          says.replace(Json.number(entry, "ref"), entry.path("data").toString());
        }
      }
      case "recall" -> says.replace(Json.number(entry, "ref"), "");
      default -> {
        // says nothing
      }
    }
  }

  boolean lacksSomething() {
    return applied < told || !held.isEmpty();
  }

  @Override
  public String toString() {
    return in + " " + start + ".." + applied + " of " + told + (gone ? " gone" : "");
  }
}
