package dev.tidings.http;

import dev.tidings.auth.Authenticator.Verdict;
import dev.tidings.protocol.Address;
import dev.tidings.protocol.Command;
import dev.tidings.protocol.Head;
import dev.tidings.protocol.JsonWriter;
import dev.tidings.transport.Peer;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// Who a request says it is of: a token, of `Authorization: Bearer`, else of `?token=`; or, in
/// development mode and from a page of this machine, the name in `?user=`.
record Credentials(Optional<String> token, Optional<String> user) {
  static Credentials of(HttpRequest request, Target target) {
    String header = request.headers().get(HttpHeaderNames.AUTHORIZATION);
    if (header != null && header.regionMatches(true, 0, "Bearer ", 0, 7)) {
      return new Credentials(Optional.of(header.substring(7).strip()), Optional.empty());
    }
    Optional<String> token = target.parameter("token");
    return token.isPresent()
        ? new Credentials(token, Optional.empty())
        : new Credentials(Optional.empty(), target.parameter("user"));
  }

  Verdict verdict(HttpServices services, Channel channel, HttpRequest request) {
    boolean loopback = Peer.isLoopback(channel);
    if (token.isPresent()) {
      return services.verdict(token.get(), loopback);
    }
    if (user.isEmpty() || !services.development()) {
      return new Verdict.Rejected("Authorization: Bearer is missing");
    }
    if (!Address.isName(user.get())) {
      return new Verdict.Rejected("user is no name");
    }
    return Origins.areHere(request.headers())
        ? services.authenticator().user(user.get(), Map.of(), loopback)
        : new Verdict.Rejected(Origins.ONLY_FROM_HERE);
  }

  /// As an `auth` that says nothing else.
  Command.Auth auth() {
    return new Command.Auth(Head.of("auth"), token, user, 1, "", "", OptionalInt.empty(), Map.of());
  }

  /// As the fields of an `auth`.
  void write(JsonWriter auth) {
    token.ifPresent(text -> auth.name("token").string(text));
    user.ifPresent(text -> auth.name("user").string(text));
  }
}
