package dev.tidings.client.core;

import dev.tidings.client.json.Json;
import dev.tidings.client.model.ClientFailure;

/// The server's `err` to a request.
record Refusal(Json.Obj unit) {
  /// A server that says 0 must not be asked in a tight loop.
  private static final long RETRY_MILLIS_MIN = 50;

  String code() {
    return unit.string("code").orElse("");
  }

  boolean isTemporary() {
    return unit.number("retry").isPresent();
  }

  long retryMillis() {
    return Math.max(RETRY_MILLIS_MIN, unit.number("retry").orElse(0));
  }

  ClientFailure failure() {
    return new ClientFailure.Refused(code(), unit.string("msg").orElse(""));
  }
}
