package dev.tidings.simulation;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Something a client wants done, repeated under the same `cid` until it has an answer.
final class Deed {
  final String in;
  final String cid;
  final String unit;

  /// Sent on the present connection and not answered yet.
  boolean underWay;

  int attempts;
  private @Nullable JsonNode answer;

  Deed(String in, String cid, String unit) {
    this.in = in;
    this.cid = cid;
    this.unit = unit;
  }

  void answered(JsonNode last) {
    answer = last;
    underWay = false;
  }

  Optional<JsonNode> answer() {
    return Optional.ofNullable(answer);
  }

  boolean isConfirmed() {
    return answer().filter(unit -> Json.text(unit, "op").equals("ok")).isPresent();
  }

  /// The place in the log that was confirmed.
  long seq() {
    return answer().map(unit -> Json.number(unit, "seq")).orElse(0L);
  }

  boolean wasRepeat() {
    return answer().map(unit -> unit.path("dup").asBoolean(false)).orElse(false);
  }

  @Override
  public String toString() {
    return unit + " -> " + answer;
  }
}
