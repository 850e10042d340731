package dev.tidings.client.model;

import dev.tidings.client.json.Json;
import java.util.Optional;

/// Something said for the moment, such as typing: it is in no log and may be missing.
///
/// @param in the conversation, as it would be put in `to` to answer
/// @param from who says it
/// @param unit the whole object as it came
public record Signal(String in, String from, Json.Obj unit) {

  /// The payload as it was sent.
  public Optional<Json.Raw> data() {
    return unit.member("data").filter(Json.Raw.class::isInstance).map(Json.Raw.class::cast);
  }
}
