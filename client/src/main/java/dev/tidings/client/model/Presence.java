package dev.tidings.client.model;

import dev.tidings.client.json.Json;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Who is online (docs/protocol.md §9). Best effort: a later one may be missing.
///
/// @param in `p:bob` or `p:g:ops`, as subscribed
/// @param unit the whole object as it came
public record Presence(String in, Json.Obj unit) {

  /// The user who came or went; empty for the state of a whole group.
  public Optional<String> user() {
    return unit.string("user")
        .or(() -> in.startsWith("p:g:") ? Optional.empty() : Optional.of(in.substring(2)));
  }

  /// Whether [#user] is online.
  public boolean on() {
    return unit.isTrue("on");
  }

  /// The members of a group who are online, as far as the server lists them.
  public List<String> online() {
    return unit.strings("online");
  }

  /// How many members of a large group are online.
  public OptionalLong count() {
    return unit.number("count");
  }
}
