package dev.tidings.http;

import dev.tidings.auth.Authenticator;
import dev.tidings.base.Clock;
import dev.tidings.engine.Engine;
import io.netty.handler.codec.http.HttpResponseStatus;

/// What HTTP needs of the rest of the node. Shared by all lanes, never changed.
public record HttpServices(Engine engine, Authenticator authenticator, Clock clock, Pages pages) {
  boolean development() {
    return authenticator.development();
  }

  /// A token decides.
  Authenticator.Verdict verdict(String token, boolean loopback) {
    return authenticator.token(token, loopback, clock.epochMillis());
  }

  /// Ready means: what is sent now can be kept.
  void ready(HttpReply reply) {
    String fault = engine.fault();
    if (fault.isEmpty()) {
      reply.text(HttpResponseStatus.OK, "ready level=" + engine.level().wire());
    } else {
      reply.text(HttpResponseStatus.SERVICE_UNAVAILABLE, fault);
    }
  }
}
