package dev.tidings.client.json;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Builds an object member by member, in the order of the calls. Not for sharing between threads.
public final class ObjBuilder {
  private final Map<String, Json> members = new LinkedHashMap<>();

  ObjBuilder() {}

  /// Adds or replaces a member.
  public ObjBuilder put(String key, Json value) {
    members.put(key, value);
    return this;
  }

  /// Adds or replaces a string.
  public ObjBuilder put(String key, String value) {
    return put(key, Json.of(value));
  }

  /// Adds or replaces a whole number.
  public ObjBuilder put(String key, long value) {
    return put(key, Json.of(value));
  }

  /// Adds or replaces a truth value.
  public ObjBuilder put(String key, boolean value) {
    return put(key, Json.of(value));
  }

  /// Adds or replaces an array of strings.
  public ObjBuilder put(String key, List<String> values) {
    return put(key, Json.of(values));
  }

  /// Adds or replaces every member of `other`.
  public ObjBuilder putAll(Json.Obj other) {
    members.putAll(other.members());
    return this;
  }

  /// The object as built so far.
  public Json.Obj build() {
    return new Json.Obj(members);
  }
}
