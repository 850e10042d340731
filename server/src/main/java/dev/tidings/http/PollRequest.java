package dev.tidings.http;

import dev.tidings.auth.Authenticator.Verdict;
import dev.tidings.hub.Hub;
import dev.tidings.protocol.CloseCode;
import dev.tidings.protocol.Command;
import dev.tidings.protocol.Decoded;
import dev.tidings.protocol.ErrorCode;
import dev.tidings.protocol.JsonWriter;
import dev.tidings.session.Connection;
import dev.tidings.session.Frame;
import dev.tidings.session.Session;
import dev.tidings.transport.ByteFrame;
import dev.tidings.transport.Peer;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `GET /v1/poll`: a `sync` that waits. For the core it is a connection to which everything is
/// delivered; the first of it only says that it is time to answer.
final class PollRequest implements Connection {
  private static final int WAIT_SECONDS_DEFAULT = 25;

  /// Longer answers are cut off by many a proxy.
  static final int WAIT_SECONDS_MAX = 60;

  private final ChannelHandlerContext ctx;
  private final Hub hub;
  private final HttpReply reply;
  private @Nullable Session session;
  private boolean over;

  private PollRequest(ChannelHandlerContext ctx, Hub hub, HttpReply reply) {
    this.ctx = ctx;
    this.hub = hub;
    this.reply = reply;
  }

  /// Begins to wait, or replies why not.
  static Optional<PollRequest> begin(
      ChannelHandlerContext ctx,
      FullHttpRequest request,
      Target target,
      HttpServices services,
      Hub hub,
      HttpReply reply) {
    Credentials credentials = Credentials.of(request, target);
    Verdict verdict = credentials.verdict(services, ctx.channel(), request);
    if (!(verdict instanceof Verdict.Accepted)) {
      reply.notAdmitted(verdict);
      return Optional.empty();
    }
    int seconds = waitSeconds(target);
    if (seconds < 0) {
      reply.refusal(ErrorCode.BAD_REQUEST, "wait must be an integer from 0 to " + WAIT_SECONDS_MAX);
      return Optional.empty();
    }
    Decoded auth = UrlUnits.auth(credentials, target);
    Decoded sync = UrlUnits.sync(target);
    for (Decoded decoded : List.of(auth, sync)) {
      if (decoded instanceof Decoded.Refused refused) {
        reply.refusal(refused.code(), refused.message());
        return Optional.empty();
      }
    }
    PollRequest poll = new PollRequest(ctx, hub, reply);
    poll.session =
        hub.opened(
            poll, (Command.Auth) command(auth), (Command.Sync) command(sync), seconds * 1_000L);
    return Optional.of(poll);
  }

  private static Command command(Decoded decoded) {
    return ((Decoded.Request) decoded).command();
  }

  /// -1 if it is none.
  private static int waitSeconds(Target target) {
    String wait = target.parameter("wait").orElse(String.valueOf(WAIT_SECONDS_DEFAULT));
    int seconds = wait.matches("[0-9]{1,2}") ? Integer.parseInt(wait) : -1;
    return seconds <= WAIT_SECONDS_MAX ? seconds : -1;
  }

  /// Something happened; what it was the answer will tell.
  @Override
  public void write(Frame frame) {
    if (session != null) {
      hub.woken(session);
    }
  }

  @Override
  public void reply(int ordinal, Optional<ErrorCode> refusal, Frame frame) {
    int status = refusal.map(ErrorCode::httpStatus).orElse(HttpResponseStatus.OK.code());
    end(HttpResponseStatus.valueOf(status), frame);
  }

  /// The core ends it for another reason than an answer.
  @Override
  public void close(CloseCode code, Frame bye) {
    end(status(code), bye);
  }

  private static HttpResponseStatus status(CloseCode code) {
    return switch (code) {
      case TOKEN_EXPIRED, AUTH_FAILED -> HttpResponseStatus.UNAUTHORIZED;
      case LIMIT -> HttpResponseStatus.TOO_MANY_REQUESTS;
      case REPLACED, KICKED -> HttpResponseStatus.CONFLICT;
      case DRAINING,
          OVERLOADED,
          SLOW,
          IDLE,
          STATE,
          INTERNAL,
          PROTOCOL,
          TOO_LARGE,
          AUTH_TIMEOUT,
          VERSION ->
          HttpResponseStatus.SERVICE_UNAVAILABLE;
    };
  }

  private void end(HttpResponseStatus status, Frame unit) {
    if (over) {
      return;
    }
    over = true;
    JsonWriter line = new JsonWriter(unit.sizeBytes() + 1);
    byte[] bytes = line.raw(ByteFrame.units(unit)).newLine().toBytes();
    ctx.executor()
        .execute(() -> { // the session's books are closed by then
          abandoned();
          reply.units(status, bytes, false);
        });
  }

  /// The socket is gone, or has its answer.
  void abandoned() {
    over = true;
    if (session != null) {
      hub.closed(session);
    }
  }

  @Override
  public boolean polls() {
    return true;
  }

  /// Nothing waits here.
  @Override
  public int waitingBytes() {
    return 0;
  }

  @Override
  public void pauseReading() {
    // it says nothing more
  }

  @Override
  public void resumeReading() {
    // as above
  }

  @Override
  public boolean loopback() {
    return Peer.isLoopback(ctx.channel());
  }

  @Override
  public boolean lines() {
    return false;
  }
}
