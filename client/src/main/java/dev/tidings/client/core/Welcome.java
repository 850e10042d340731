package dev.tidings.client.core;

import dev.tidings.client.json.Json;
import java.util.OptionalLong;

/// The server's greeting, with the defaults of docs/protocol.md §13 for what it leaves out.
record Welcome(Json.Obj unit) {
  static final Welcome NONE = new Welcome(Json.object().build());

  String user() {
    return unit.string("user").orElse("");
  }

  String connection() {
    return unit.string("conn").orElse("");
  }

  /// The promised heartbeat; 0 if there is none.
  long pingMillis() {
    return Math.max(0, unit.number("ping").orElse(0)) * 1000;
  }

  /// How long the token still lives.
  OptionalLong tokenMillis() {
    OptionalLong exp = unit.number("exp");
    OptionalLong ts = unit.number("ts");
    return exp.isPresent() && ts.isPresent()
        ? OptionalLong.of(Math.max(0, exp.getAsLong() - ts.getAsLong()))
        : OptionalLong.empty();
  }

  long inFlightMax() {
    return limit("inflight", 64);
  }

  long frameBytesMax() {
    return limit("frame", 65_536);
  }

  /// How long the server remembers a `cid`.
  long dedupeMillis() {
    return limit("dedupe", 172_800) * 1000;
  }

  private long limit(String name, long otherwise) {
    return unit.object("max").map(max -> max.number(name).orElse(otherwise)).orElse(otherwise);
  }
}
