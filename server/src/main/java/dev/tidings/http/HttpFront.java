package dev.tidings.http;

import static io.netty.handler.codec.http.HttpResponseStatus.BAD_REQUEST;
import static io.netty.handler.codec.http.HttpResponseStatus.FORBIDDEN;
import static io.netty.handler.codec.http.HttpResponseStatus.NOT_FOUND;
import static io.netty.handler.codec.http.HttpResponseStatus.NO_CONTENT;
import static io.netty.handler.codec.http.HttpResponseStatus.OK;
import static io.netty.handler.codec.http.HttpResponseStatus.SERVICE_UNAVAILABLE;

import dev.tidings.protocol.Command;
import dev.tidings.protocol.ErrorCode;
import dev.tidings.session.SendRate;
import dev.tidings.transport.LaneSockets;
import dev.tidings.transport.LastWords;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One HTTP connection: routes each request. Confined to the lane; nothing here waits.
///
/// One request at a time: the next one is taken up when the socket has taken the answer to the one
/// before. So answers keep the order of the requests (RFC 9112 §9.3.2), and a client that asks
/// without reading costs one answer. What arrives in one piece with a request waits; the codec
/// takes up to 128 requests so.
public final class HttpFront extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final Logger LOG = LoggerFactory.getLogger(HttpFront.class);

  private static final int LINE_BYTES_MAX = 16 * 1024;
  private static final int HEADER_BYTES_MAX = 16 * 1024;
  private static final int CHUNK_BYTES_MAX = 64 * 1024;

  /// How long a request may take to arrive, the pause before it included.
  static final int REQUEST_SECONDS_MAX = 30;

  /// How long an answer may take to be made and taken.
  static final int ANSWER_SECONDS_MAX = 60;

  private final LaneSockets lane;
  private final HttpServices services;

  /// For all that is posted over this connection, as over any other connection.
  private final SendRate rate = new SendRate();

  private @Nullable HttpReply underWay;
  private @Nullable Exchange exchange;
  private @Nullable PollRequest poll;
  private @Nullable ScheduledFuture<?> patience;

  /// No request is taken any more.
  private boolean ended;

  private HttpFront(LaneSockets lane, HttpServices services) {
    this.lane = lane;
    this.services = services;
  }

  /// Makes a channel speak HTTP.
  public static void install(Channel channel, LaneSockets lane, HttpServices services) {
    ChannelPipeline pipeline = channel.pipeline();
    pipeline.addLast(new HttpServerCodec(LINE_BYTES_MAX, HEADER_BYTES_MAX, CHUNK_BYTES_MAX));
    pipeline.addLast(new FlowControlHandler());
    pipeline.addLast(new HttpGate(services));
    pipeline.addLast(new HttpObjectAggregator(HttpGate.BODY_BYTES_MAX, true));
    pipeline.addLast(new HttpFront(lane, services));
  }

  /// Takes away what [#install] added.
  static void uninstall(ChannelPipeline pipeline) {
    pipeline.remove(HttpServerCodec.class);
    pipeline.remove(FlowControlHandler.class);
    pipeline.remove(HttpGate.class);
    pipeline.remove(HttpObjectAggregator.class);
    pipeline.remove(HttpFront.class);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    expectWithin(ctx, REQUEST_SECONDS_MAX);
  }

  private void expectWithin(ChannelHandlerContext ctx, int seconds) {
    expectNothing();
    patience = ctx.executor().schedule(() -> ctx.close(), seconds, TimeUnit.SECONDS);
  }

  private void expectNothing() {
    if (patience != null) {
      patience.cancel(false);
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
    if (ended) {
      return;
    }
    Optional<Target> target = Target.of(request);
    if (target.isPresent() && isHandshake(request, target.get())) {
      expectNothing();
      Upgrade.handshake(ctx, request, target.get(), lane);
      return;
    }
    ctx.channel().config().setAutoRead(false);
    expectWithin(ctx, ANSWER_SECONDS_MAX);
    ended = !HttpUtil.isKeepAlive(request);
    HttpReply reply = new HttpReply(ctx, request, () -> answered(ctx));
    underWay = reply;
    if (target.isEmpty() || request.decoderResult().isFailure()) { // a chunk can be wrong, too
      ended = true;
      reply.last().text(BAD_REQUEST, "not a request of HTTP/1.1");
    } else {
      route(ctx, request, target.get(), reply);
    }
  }

  private void answered(ChannelHandlerContext ctx) {
    underWay = null;
    exchange = null;
    poll = null;
    if (ended) {
      end(ctx);
    } else {
      expectWithin(ctx, REQUEST_SECONDS_MAX);
      ctx.channel().config().setAutoRead(true);
    }
  }

  private static void end(ChannelHandlerContext ctx) {
    LastWords.say(ctx, Unpooled.EMPTY_BUFFER);
  }

  private boolean isHandshake(FullHttpRequest request, Target target) {
    return target.path().equals(Target.WEB_SOCKET)
        && !lane.hub().isDraining()
        && Upgrade.fault(request).isEmpty()
        && mayConnect(request);
  }

  private boolean mayConnect(FullHttpRequest request) {
    return !services.development() || Origins.areHere(request.headers());
  }

  private void route(
      ChannelHandlerContext ctx, FullHttpRequest request, Target target, HttpReply reply) {
    HttpMethod method = request.method();
    if (method.equals(HttpMethod.OPTIONS)) {
      reply.preflight(NO_CONTENT);
    } else if (target.path().equals(Target.WEB_SOCKET)) {
      refuseUpgrade(request, reply);
    } else if (target.path().equals(Target.STREAM) || target.path().equals(Target.POLL)) {
      listen(ctx, request, target, reply);
    } else if (target.takesUnits()) {
      if (method.equals(HttpMethod.POST)) {
        post(ctx, request, target, reply);
      } else {
        reply.wrongMethod("POST");
      }
    } else if (!method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD)) {
      reply.wrongMethod("GET, HEAD");
    } else {
      look(target.path(), reply);
    }
  }

  private void refuseUpgrade(FullHttpRequest request, HttpReply reply) {
    if (lane.hub().isDraining()) {
      reply.last().text(SERVICE_UNAVAILABLE, "draining, come back within the window");
    } else if (mayConnect(request)) {
      reply.upgradeRefused(Upgrade.fault(request));
    } else {
      reply.text(FORBIDDEN, Origins.ONLY_FROM_HERE);
    }
  }

  private void listen(
      ChannelHandlerContext ctx, FullHttpRequest request, Target target, HttpReply reply) {
    if (!request.method().equals(HttpMethod.GET)) {
      reply.wrongMethod("GET");
    } else if (!mayConnect(request)) {
      reply.text(FORBIDDEN, Origins.ONLY_FROM_HERE);
    } else if (target.path().equals(Target.POLL)) {
      expectWithin(ctx, PollRequest.WAIT_SECONDS_MAX + ANSWER_SECONDS_MAX);
      poll = PollRequest.begin(ctx, request, target, services, lane.hub(), reply).orElse(null);
    } else if (StreamRequest.take(ctx, request, target, services, lane, reply)) {
      ended = true;
    }
  }

  private void post(
      ChannelHandlerContext ctx, FullHttpRequest request, Target target, HttpReply reply) {
    byte[] body = ByteBufUtil.getBytes(request.content());
    Optional<byte[]> lines =
        target.path().equals(Target.RPC)
            ? Optional.of(body)
            : SendUnit.of(shorthand(request, target, body));
    if (lines.isEmpty()) {
      reply.refusal(ErrorCode.BAD_JSON, "the body is not what its Content-Type says");
      return;
    }
    Command.Auth auth = Credentials.of(request, target).auth();
    String stream = request.headers().get("X-Conn", "");
    exchange = Exchange.begin(ctx, lane.hub(), lines.get(), auth, rate, stream, reply);
  }

  private static SendUnit.Post shorthand(FullHttpRequest request, Target target, byte[] body) {
    String type = request.headers().get(HttpHeaderNames.CONTENT_TYPE, "");
    return new SendUnit.Post(
        target.path().substring(Target.SEND.length()),
        request.headers().get("Idempotency-Key", ""),
        target.parameter("as").orElse(""),
        type.regionMatches(true, 0, "application/json", 0, 16),
        body);
  }

  private void look(String path, HttpReply reply) {
    switch (path) {
      case "/healthz" -> reply.text(OK, "ok");
      case "/readyz" -> {
        if (lane.hub().isDraining()) {
          reply.text(SERVICE_UNAVAILABLE, "draining");
        } else {
          services.ready(reply);
        }
      }
      default ->
          services
              .pages()
              .find(path)
              .ifPresentOrElse(reply::page, () -> reply.text(NOT_FOUND, "nothing here"));
    }
  }

  /// The node ends: what is asked already is answered, then this connection ends.
  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event != LaneSockets.Event.DRAINING || ended) {
      return;
    }
    ended = true;
    if (underWay == null) {
      end(ctx);
    } else {
      underWay.last();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    gone();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    gone();
  }

  private void gone() {
    expectNothing();
    if (exchange != null) {
      exchange.abandoned();
      exchange = null;
    }
    if (poll != null) {
      poll.abandoned();
      poll = null;
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    boolean ofTheClient = cause instanceof IOException || cause instanceof CodecException;
    if (!ofTheClient) {
      LOG.warn("http connection failed", cause);
    }
    ctx.close();
  }
}
