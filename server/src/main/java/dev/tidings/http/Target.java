package dev.tidings.http;

import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a request is about: its path and parameters, decoded.
record Target(String path, Map<String, List<String>> parameters) {
  static final String WEB_SOCKET = "/v1/ws";
  static final String STREAM = "/v1/stream";
  static final String POLL = "/v1/poll";
  static final String RPC = "/v1/rpc";
  static final String SEND = "/v1/send/";

  /// Empty if it is not written as RFC 3986 asks.
  static Optional<Target> of(HttpRequest request) {
    QueryStringDecoder uri = new QueryStringDecoder(request.uri());
    try {
      return Optional.of(new Target(uri.path(), uri.parameters()));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /// Whether units are posted there.
  boolean takesUnits() {
    return path.equals(RPC) || path.startsWith(SEND);
  }

  Optional<String> parameter(String name) {
    return Optional.ofNullable(parameters.get(name)).map(List::getFirst);
  }
}
