package dev.tidings.client.json;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// Typed reading of an object's members. A member that is absent, `null` or of another type reads
/// as empty: the wire ignores what it does not know.
public interface Members {

  /// All members, in order.
  Map<String, Json> members();

  /// The member of this name, unless it is absent or `null`.
  default Optional<Json> member(String key) {
    return Optional.ofNullable(members().get(key)).filter(value -> !(value instanceof Json.Null));
  }

  /// The string of this name.
  default Optional<String> string(String key) {
    return Optional.ofNullable(members().get(key) instanceof Json.Str(String value) ? value : null);
  }

  /// The whole number of this name.
  default OptionalLong number(String key) {
    if (!(members().get(key) instanceof Json.Num(String literal))) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(literal));
    } catch (NumberFormatException notWhole) {
      return OptionalLong.empty();
    }
  }

  /// Whether the member of this name is `true`.
  default boolean isTrue(String key) {
    return members().get(key) instanceof Json.Bool(boolean value) && value;
  }

  /// The object of this name.
  default Optional<Json.Obj> object(String key) {
    return Optional.ofNullable(members().get(key) instanceof Json.Obj object ? object : null);
  }

  /// The objects in the array of this name; empty if there is no such array.
  default List<Json.Obj> objects(String key) {
    return items(key).stream()
        .filter(Json.Obj.class::isInstance)
        .map(Json.Obj.class::cast)
        .toList();
  }

  /// The strings in the array of this name; empty if there is no such array.
  default List<String> strings(String key) {
    return items(key).stream()
        .filter(Json.Str.class::isInstance)
        .map(item -> ((Json.Str) item).value())
        .toList();
  }

  private List<Json> items(String key) {
    return members().get(key) instanceof Json.Arr(List<Json> items) ? items : List.of();
  }
}
