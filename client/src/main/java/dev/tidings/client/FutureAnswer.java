package dev.tidings.client;

import dev.tidings.client.core.Answer;
import dev.tidings.client.json.Json;
import dev.tidings.client.model.ClientFailure;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/// Turns an answer into a future. It completes on a thread of its own, so that what an application
/// hangs on it cannot hold up the lane.
final class FutureAnswer<T> implements Answer {
  private final CompletableFuture<T> future = new CompletableFuture<>();
  private final Function<Json.Obj, T> read;

  FutureAnswer(Function<Json.Obj, T> read) {
    this.read = read;
  }

  CompletableFuture<T> future() {
    return future;
  }

  @Override
  public void ok(Json.Obj reply) {
    Thread.startVirtualThread(() -> future.complete(read.apply(reply)));
  }

  @Override
  public void failed(ClientFailure failure) {
    Thread.startVirtualThread(() -> future.completeExceptionally(failure));
  }
}
