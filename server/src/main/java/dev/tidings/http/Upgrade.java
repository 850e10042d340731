package dev.tidings.http;

import dev.tidings.transport.LaneSockets;
import dev.tidings.transport.WebSocketHandler;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/// The opening handshake of a WebSocket (RFC 6455 §4.2). Afterwards nothing of HTTP is left in the
/// pipeline, so an idle connection does not pay for how it began.
public final class Upgrade {
  private static final String KEY_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final int NONCE_BYTES = 16;

  private Upgrade() {}

  /// Shakes hands; the request is one without [#fault].
  static void handshake(
      ChannelHandlerContext ctx, FullHttpRequest request, Target target, LaneSockets lane) {
    ChannelPipeline pipeline = ctx.pipeline();
    ctx.writeAndFlush(accept(request));
    pipeline.get(HttpServerCodec.class).removeOutboundHandler(); // a refusal may follow at once
    pipeline.addLast(
        new WebSocketHandler(
            ctx.channel(),
            lane,
            Credentials.of(request, target).token(),
            target.parameter("device").orElse("")));
    HttpFront.uninstall(pipeline);
  }

  /// What is wrong with the request as a handshake, `""` if nothing is.
  public static String fault(FullHttpRequest request) {
    HttpHeaders headers = request.headers();
    if (!request.method().equals(HttpMethod.GET)
        || !headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
        || !headers.containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)) {
      return "a WebSocket handshake is expected here";
    }
    if (!"13".equals(headers.get(HttpHeaderNames.SEC_WEBSOCKET_VERSION))) {
      return "Sec-WebSocket-Version must be 13";
    }
    String key = headers.get(HttpHeaderNames.SEC_WEBSOCKET_KEY);
    if (key == null || !isNonce(key)) {
      return "Sec-WebSocket-Key must be 16 bytes in base64";
    }
    return "";
  }

  private static boolean isNonce(String key) {
    try {
      return Base64.getDecoder().decode(key).length == NONCE_BYTES;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /// The answer to a handshake without [#fault].
  public static FullHttpResponse accept(FullHttpRequest request) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS, Unpooled.EMPTY_BUFFER);
    String key = request.headers().get(HttpHeaderNames.SEC_WEBSOCKET_KEY);
    response
        .headers()
        .set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET)
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE)
        .set(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT, answerTo(key));
    return response;
  }

  private static String answerTo(String key) {
    try {
      byte[] text = (key + KEY_SUFFIX).getBytes(StandardCharsets.US_ASCII);
      return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1").digest(text));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
  }
}
