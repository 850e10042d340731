package dev.tidings.client.core;

import dev.tidings.client.json.Json;

/// A request of the application until it is answered.
final class QueuedRequest {
  /// Its place in the order in which the application asked.
  final long ordinal;

  final Json.Obj fields;
  final Answer answer;
  private long firstSentMillis = -1;

  QueuedRequest(long ordinal, Json.Obj fields, Answer answer) {
    this.ordinal = ordinal;
    this.fields = fields;
    this.answer = answer;
  }

  void sent(long nowMillis) {
    if (firstSentMillis < 0) {
      firstSentMillis = nowMillis;
    }
  }

  boolean wasSent() {
    return firstSentMillis >= 0;
  }

  long firstSentMillis() {
    return firstSentMillis;
  }
}
