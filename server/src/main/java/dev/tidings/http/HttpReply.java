package dev.tidings.http;

import dev.tidings.auth.Authenticator.Verdict;
import dev.tidings.protocol.CloseCode;
import dev.tidings.protocol.ErrorCode;
import dev.tidings.protocol.Head;
import dev.tidings.protocol.JsonWriter;
import dev.tidings.protocol.Units;
import dev.tidings.transport.LastWords;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;

/// The one answer to one request.
final class HttpReply {
  private static final String POLICY =
      "default-src 'self'; connect-src 'self' ws: wss:; style-src 'self'; frame-ancestors 'none'";

  private final ChannelHandlerContext ctx;
  private final HttpVersion version;
  private final boolean headOnly;
  private final Runnable answered;
  private boolean keepAlive;

  /// @param answered called on the lane once the socket has taken the answer and lives on
  HttpReply(ChannelHandlerContext ctx, HttpRequest request, Runnable answered) {
    this.ctx = ctx;
    this.version = request.protocolVersion();
    this.headOnly = request.method().equals(HttpMethod.HEAD);
    this.answered = answered;
    this.keepAlive = HttpUtil.isKeepAlive(request);
  }

  /// After this answer the connection ends.
  HttpReply last() {
    keepAlive = false;
    return this;
  }

  void text(HttpResponseStatus status, String text) {
    send(plain(status, text));
  }

  /// Another method would do, one of `allowed`.
  void wrongMethod(String allowed) {
    FullHttpResponse response =
        plain(HttpResponseStatus.METHOD_NOT_ALLOWED, "only " + allowed + " here");
    response.headers().set(HttpHeaderNames.ALLOW, allowed);
    send(response);
  }

  /// Units of the protocol, one per line.
  void units(HttpResponseStatus status, byte[] units, boolean several) {
    FullHttpResponse response =
        response(status, several ? "application/x-ndjson" : "application/json", units);
    response.headers().set(HttpHeaderNames.CACHE_CONTROL, "no-store");
    if (status.equals(HttpResponseStatus.UNAUTHORIZED)) {
      response.headers().set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer");
    }
    send(response);
  }

  /// One `err`, with the status of its code.
  void refusal(ErrorCode code, String message) {
    JsonWriter unit = new JsonWriter(128);
    Units.err(unit, Head.of(""), code, message, 0);
    units(HttpResponseStatus.valueOf(code.httpStatus()), unit.newLine().toBytes(), false);
  }

  /// He who asks is not let in. As on any other connection he is told what to do, too: get a new
  /// token, or stop.
  void notAdmitted(Verdict verdict) {
    switch (verdict) {
      case Verdict.Accepted _ -> throw new IllegalStateException("he is");
      case Verdict.Expired() ->
          notAdmitted(ErrorCode.UNAUTHORIZED, "the token has expired", CloseCode.TOKEN_EXPIRED);
      case Verdict.Blocked() ->
          notAdmitted(ErrorCode.FORBIDDEN, "blocked by the operator", CloseCode.KICKED);
      case Verdict.Rejected(String reason) ->
          notAdmitted(ErrorCode.UNAUTHORIZED, reason, CloseCode.AUTH_FAILED);
    }
  }

  private void notAdmitted(ErrorCode code, String reason, CloseCode close) {
    JsonWriter units = new JsonWriter(256);
    Units.err(units, Head.of(""), code, reason, 0);
    units.newLine();
    Units.bye(units, close, 0);
    units(HttpResponseStatus.valueOf(code.httpStatus()), units.newLine().toBytes(), true);
  }

  /// What was asked for is over; a browser that asks by itself stops.
  void nothing() {
    send(response(HttpResponseStatus.NO_CONTENT, "", new byte[0]));
  }

  /// The handshake was not one; the version we speak is named (RFC 6455 §4.4).
  void upgradeRefused(String fault) {
    FullHttpResponse response = plain(HttpResponseStatus.UPGRADE_REQUIRED, fault);
    response
        .headers()
        .set(HttpHeaderNames.UPGRADE, "websocket")
        .set(HttpHeaderNames.SEC_WEBSOCKET_VERSION, "13");
    send(response);
  }

  void page(Pages.Page page) {
    FullHttpResponse response = response(HttpResponseStatus.OK, page.type(), page.content());
    response
        .headers()
        .set(HttpHeaderNames.CACHE_CONTROL, "no-cache")
        .set(HttpHeaderNames.CONTENT_SECURITY_POLICY, POLICY);
    send(response);
  }

  /// Tokens, not cookies, say who asks, so pages of any origin may ask.
  void preflight(HttpResponseStatus status) {
    FullHttpResponse response = response(status, "", new byte[0]);
    response
        .headers()
        .set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_METHODS, "GET, POST")
        .set(
            HttpHeaderNames.ACCESS_CONTROL_ALLOW_HEADERS,
            "authorization, cache-control, content-type, idempotency-key, last-event-id, x-conn")
        .set(HttpHeaderNames.ACCESS_CONTROL_MAX_AGE, "86400");
    send(response);
  }

  private FullHttpResponse plain(HttpResponseStatus status, String text) {
    byte[] line = (text + "\n").getBytes(StandardCharsets.UTF_8);
    return response(status, "text/plain; charset=utf-8", line);
  }

  private FullHttpResponse response(HttpResponseStatus status, String type, byte[] body) {
    ByteBuf content = headOnly ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body);
    FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, content);
    if (!type.isEmpty()) {
      response.headers().set(HttpHeaderNames.CONTENT_TYPE, type);
    }
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
        .set("X-Content-Type-Options", "nosniff")
        .set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    return response;
  }

  private void send(FullHttpResponse response) {
    HttpUtil.setKeepAlive(response.headers(), version, keepAlive);
    if (keepAlive) {
      ctx.writeAndFlush(response)
          .addListener(sent -> {
            if (sent.isSuccess()) {
              ctx.executor().execute(answered); // not at once: answers in a row would nest
            } else {
              ctx.close();
            }
          });
    } else {
      LastWords.say(ctx, response);
    }
  }
}
