package dev.tidings.http;

import dev.tidings.auth.Authenticator.Verdict;
import dev.tidings.protocol.ErrorCode;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Lets in only what is a request, and a body only from whom it may come: a stranger's megabyte is
/// refused at its header, before a byte of it is kept.
///
/// Sees a request only when the one before has been answered ([HttpFront]), so a refusal cannot
/// overtake an answer. It is the last word, for what follows may be the body that nobody wants.
final class HttpGate extends ChannelInboundHandlerAdapter {
  static final int BODY_BYTES_MAX = 1024 * 1024;

  private final HttpServices services;
  private boolean refused;

  /// To the request that is coming in.
  private @Nullable HttpReply reply;

  private long bodyBytes;

  HttpGate(HttpServices services) {
    this.services = services;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!refused && message instanceof HttpRequest request) {
      bodyBytes = 0;
      HttpReply last = new HttpReply(ctx, request, () -> {}).last();
      reply = last;
      check(ctx, request, last);
    }
    if (!refused && message instanceof HttpContent content && reply != null) {
      measure(content, reply);
    }
    if (refused) {
      ReferenceCountUtil.release(message);
    } else {
      ctx.fireChannelRead(message);
    }
  }

  private void check(ChannelHandlerContext ctx, HttpRequest request, HttpReply reply) {
    if (request.decoderResult().isFailure()) {
      refuse(reply, fault(request.decoderResult().cause()));
      return;
    }
    Optional<Target> target = Target.of(request);
    if (target.isEmpty()) {
      refuse(reply, HttpResponseStatus.BAD_REQUEST);
    } else if (target.get().takesUnits() && request.method().equals(HttpMethod.POST)) {
      admit(ctx, request, target.get(), reply);
    } else if (hasBody(request)) {
      refuse(reply, HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE);
    }
  }

  private static HttpResponseStatus fault(Throwable cause) {
    return switch (cause) {
      case TooLongHttpLineException _ -> HttpResponseStatus.REQUEST_URI_TOO_LONG;
      case TooLongHttpHeaderException _ -> HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE;
      default -> HttpResponseStatus.BAD_REQUEST;
    };
  }

  private static boolean hasBody(HttpRequest request) {
    return HttpUtil.getContentLength(request, 0L) > 0
        || HttpUtil.isTransferEncodingChunked(request);
  }

  private void admit(
      ChannelHandlerContext ctx, HttpRequest request, Target target, HttpReply reply) {
    switch (Credentials.of(request, target).verdict(services, ctx.channel(), request)) {
      case Verdict.Accepted _ -> {
        if (HttpUtil.getContentLength(request, 0L) > BODY_BYTES_MAX) {
          tooLarge(reply);
        }
      }
      case Verdict.Expired() -> unauthorized(reply, "the token has expired");
      case Verdict.Blocked() -> {
        refused = true;
        reply.refusal(ErrorCode.FORBIDDEN, "blocked by the operator");
      }
      case Verdict.Rejected(String reason) -> unauthorized(reply, reason);
    }
  }

  /// A body may come without saying how long it is.
  private void measure(HttpContent content, HttpReply reply) {
    bodyBytes += content.content().readableBytes();
    if (bodyBytes > BODY_BYTES_MAX) {
      tooLarge(reply);
    }
  }

  private void refuse(HttpReply reply, HttpResponseStatus status) {
    refused = true;
    reply.text(status, status.reasonPhrase());
  }

  private void unauthorized(HttpReply reply, String reason) {
    refused = true;
    reply.refusal(ErrorCode.UNAUTHORIZED, reason);
  }

  private void tooLarge(HttpReply reply) {
    refused = true;
    reply.refusal(ErrorCode.TOO_LARGE, "a body may have " + BODY_BYTES_MAX + " bytes");
  }
}
