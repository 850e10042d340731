package dev.tidings.client.core;

import dev.tidings.client.json.Json;
import dev.tidings.client.model.ClientFailure;

/// Waits for the outcome of one request. Exactly one of the two is called, once, on the lane.
public interface Answer {

  /// The server's `ok`.
  void ok(Json.Obj reply);

  /// It did not succeed.
  void failed(ClientFailure failure);
}
