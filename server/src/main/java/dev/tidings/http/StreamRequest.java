package dev.tidings.http;

import dev.tidings.auth.Authenticator.Verdict;
import dev.tidings.protocol.Command;
import dev.tidings.protocol.Decoded;
import dev.tidings.transport.EventStreamHandler;
import dev.tidings.transport.EventStreamHandler.Opening;
import dev.tidings.transport.LaneSockets;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.FullHttpRequest;

/// `GET /v1/stream`: the parameters are spelt out as the units that they stand for. Afterwards
/// nothing of HTTP is left in the pipeline.
final class StreamRequest {
  /// How a stream begins. No length: it ends with the connection, as HTTP/1.0 and a proxy that
  /// speaks it understand, too. No cookie says who asks, so pages of any origin may.
  private static final String HEAD =
      String.join(
          "\r\n",
          "HTTP/1.1 200 OK",
          "Content-Type: text/event-stream; charset=utf-8",
          "Cache-Control: no-cache, no-transform",
          "X-Accel-Buffering: no",
          "X-Content-Type-Options: nosniff",
          "Access-Control-Allow-Origin: *",
          "Connection: close",
          "",
          "");

  private StreamRequest() {}

  /// Takes the connection over, or replies why not. `true`: taken over.
  static boolean take(
      ChannelHandlerContext ctx,
      FullHttpRequest request,
      Target target,
      HttpServices services,
      LaneSockets lane,
      HttpReply reply) {
    String header = request.headers().get("Last-Event-ID", "");
    String since = header.isEmpty() ? target.parameter("since").orElse("") : header;
    if (since.equals(EventStreamHandler.STOP)) {
      reply.nothing();
      return false;
    }
    Credentials credentials = Credentials.of(request, target);
    Verdict verdict = credentials.verdict(services, ctx.channel(), request);
    if (!(verdict instanceof Verdict.Accepted)) {
      reply.notAdmitted(verdict);
      return false;
    }
    switch (UrlUnits.auth(credentials, target)) {
      case Decoded.Refused refused -> {
        reply.refusal(refused.code(), refused.message());
        return false;
      }
      case Decoded.Request(Command command) -> {
        open(ctx, lane, new Opening((Command.Auth) command, since, UrlUnits.subscriptions(target)));
        return true;
      }
    }
  }

  private static void open(ChannelHandlerContext ctx, LaneSockets lane, Opening opening) {
    ChannelPipeline pipeline = ctx.pipeline();
    pipeline.addLast(new EventStreamHandler(ctx.channel(), lane, HEAD, opening));
    HttpFront.uninstall(pipeline);
    ctx.channel().config().setAutoRead(true);
  }
}
