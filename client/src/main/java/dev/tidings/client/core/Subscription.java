package dev.tidings.client.core;

import dev.tidings.client.json.Json;
import dev.tidings.client.model.ClientFailure;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A topic or presence that the application wants to hear.
final class Subscription {
  private final String in;
  private final int last;
  private @Nullable Answer answer;
  private long dropped;

  /// @param last how many of the newest entries to begin with where no position is held
  /// @param answer waits for the first reply
  Subscription(String in, int last, Answer answer) {
    this.in = in;
    this.last = last;
    this.answer = answer;
  }

  String in() {
    return in;
  }

  int last() {
    return last;
  }

  /// The application's request has its answer; later replies are between us and the server.
  void ok(Json.Obj reply) {
    answer(waiting -> waiting.ok(reply));
  }

  /// Returns whether the application was still waiting.
  boolean fail(ClientFailure failure) {
    return answer(waiting -> waiting.failed(failure));
  }

  private boolean answer(Consumer<Answer> outcome) {
    Answer waiting = answer;
    answer = null;
    if (waiting == null) {
      return false;
    }
    outcome.accept(waiting);
    return true;
  }

  /// An entry without `seq` was dropped because the application is slow.
  void drop() {
    dropped++;
  }

  /// How many were dropped since the last call.
  long takeDropped() {
    long count = dropped;
    dropped = 0;
    return count;
  }
}
