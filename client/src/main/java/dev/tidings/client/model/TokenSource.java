package dev.tidings.client.model;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Where tokens come from. Asked at the first connection and again when the token in hand has
/// expired, is about to, or was refused as expired.
@FunctionalInterface
public interface TokenSource {

  /// A token. Must not block; failing is like a failed connection, it is asked again after a while.
  CompletionStage<String> token();

  /// One token for ever. When it expires, the client is closed for good.
  static TokenSource fixed(String token) {
    return () -> CompletableFuture.completedStage(token);
  }
}
