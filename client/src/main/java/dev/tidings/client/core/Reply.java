package dev.tidings.client.core;

import dev.tidings.client.json.Json;

/// What becomes of one request on one connection. Exactly one of the three is called, once.
interface Reply {

  void ok(Json.Obj reply);

  void refused(Refusal refusal);

  /// The connection ended first.
  void lost();
}
