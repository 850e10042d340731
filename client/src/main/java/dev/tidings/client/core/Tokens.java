package dev.tidings.client.core;

import dev.tidings.client.json.Json;
import dev.tidings.client.json.ObjBuilder;
import dev.tidings.client.model.ClientOptions;
import dev.tidings.client.model.Credentials;
import dev.tidings.client.model.TokenSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Makes the `auth` unit. A token is used again while it lives, so that a server that restarts does
/// not send all clients to whoever makes the tokens.
final class Tokens {
  /// A token that ends sooner than this is not presented any more.
  private static final long MARGIN_MILLIS = 60_000;

  private final Lane lane;
  private final ClientOptions settings;
  private @Nullable String held;
  private @Nullable String expired;
  private long usableUntilMillis = Long.MAX_VALUE;

  Tokens(Lane lane, ClientOptions settings) {
    this.lane = lane;
    this.settings = settings;
  }

  /// What becomes of asking for an `auth` unit. One of the three is called, on the lane.
  record Outcome(Consumer<Json.Obj> ready, Consumer<Throwable> failed, Runnable noneNewer) {}

  void auth(Outcome outcome) {
    switch (settings.credentials()) {
      case Credentials.DevelopmentUser(String name) -> outcome.ready().accept(unit("user", name));
      case Credentials.Token(TokenSource source) -> {
        if (held != null && lane.nowMillis() < usableUntilMillis) {
          outcome.ready().accept(unit("token", held));
        } else {
          fetch(source, outcome);
        }
      }
    }
  }

  /// Asks the source even though the token in hand still lives.
  void renewed(Consumer<Json.Obj> ready) {
    if (settings.credentials() instanceof Credentials.Token(TokenSource source)) {
      String before = held;
      fetch(
          source,
          new Outcome(
              auth -> {
                if (held != null && !held.equals(before)) {
                  ready.accept(auth);
                }
              },
              _ -> {}, // The connection ends in time and asks again.
              () -> {}));
    }
  }

  private void fetch(TokenSource source, Outcome outcome) {
    ask(source)
        .whenCompleteAsync(
            (token, failure) -> {
              if (failure != null) {
                outcome.failed().accept(failure);
              } else if (token.equals(expired)) {
                outcome.noneNewer().run();
              } else {
                held = token;
                usableUntilMillis = Long.MAX_VALUE;
                outcome.ready().accept(unit("token", token));
              }
            },
            lane);
  }

  private static CompletionStage<String> ask(TokenSource source) {
    try {
      return source.token();
    } catch (RuntimeException failure) {
      return CompletableFuture.failedStage(failure);
    }
  }

  /// The server accepted the token in hand. Returns after how long to renew it; 0 for never.
  long accepted(Welcome welcome) {
    if (held == null || welcome.tokenMillis().isEmpty()) {
      return 0;
    }
    long left = welcome.tokenMillis().getAsLong();
    long usable = Math.max(left / 2, left - MARGIN_MILLIS);
    usableUntilMillis = lane.nowMillis() + usable;
    return Math.max(1000, usable);
  }

  /// The server says that the token in hand has expired.
  void refused() {
    expired = held;
    held = null;
  }

  private Json.Obj unit(String proof, String value) {
    ObjBuilder unit = Json.object().put("op", "auth").put("v", 1).put(proof, value);
    settings.device().ifPresent(device -> unit.put("device", device));
    settings.pingSeconds().ifPresent(seconds -> unit.put("ping", seconds));
    return unit.put("client", settings.client()).build();
  }

  /// The unit as it may be shown: tokens are nobody's business.
  static Json.Obj blanked(Json.Obj unit) {
    if (unit.string("token").isEmpty()) {
      return unit;
    }
    return Json.object().putAll(unit).put("token", "…").build();
  }
}
