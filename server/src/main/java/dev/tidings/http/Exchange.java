package dev.tidings.http;

import dev.tidings.hub.Hub;
import dev.tidings.protocol.CloseCode;
import dev.tidings.protocol.Command;
import dev.tidings.protocol.ErrorCode;
import dev.tidings.protocol.Head;
import dev.tidings.protocol.JsonWriter;
import dev.tidings.protocol.Units;
import dev.tidings.session.Connection;
import dev.tidings.session.Frame;
import dev.tidings.session.SendRate;
import dev.tidings.session.Session;
import dev.tidings.transport.ByteFrame;
import dev.tidings.transport.Peer;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.ByteArrayOutputStream;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The requests of one POST, and their answers in the same order. For the core it is a connection
/// to which nothing is said unasked.
///
/// Confined to the lane of its hub. That need not be the lane of its socket: if it names a stream
/// it is carried out where that is.
final class Exchange implements Connection {
  /// Answers together may grow to this; what is asked beyond is answered `busy`.
  private static final int ANSWERS_BYTES_MAX = 4 * 1024 * 1024;

  /// So many lines are taken up at a time; then others on the lane have their turn.
  private static final int LINES_PER_TURN = 64;

  private static final long BUSY_RETRY_MILLIS = 500;

  private record Answer(Optional<ErrorCode> refusal, byte[] unit) {}

  private final ChannelHandlerContext ctx;
  private final Hub hub;
  private final byte[] lines;
  private final String stream;
  private final HttpReply reply;
  private final Map<Integer, Answer> answers = new TreeMap<>();
  private @Nullable Session session;
  private int at;
  private int units;
  private int answersBytes;
  private boolean over;

  private Exchange(
      ChannelHandlerContext ctx, Hub hub, byte[] lines, String stream, HttpReply reply) {
    this.ctx = ctx;
    this.hub = hub;
    this.lines = lines;
    this.stream = stream;
    this.reply = reply;
  }

  /// Carries out the requests in `lines` for him whom `auth` names.
  ///
  /// @param stream for which it subscribes, `""` for none
  static Exchange begin(
      ChannelHandlerContext ctx,
      Hub hub,
      byte[] lines,
      Command.Auth auth,
      SendRate rate,
      String stream,
      HttpReply reply) {
    Hub there = hub.of(stream);
    Exchange exchange = new Exchange(ctx, there, lines, stream, reply);
    if (there == hub) {
      exchange.begin(auth, rate);
    } else {
      there.execute(() -> exchange.begin(auth, rate));
    }
    return exchange;
  }

  private void begin(Command.Auth auth, SendRate rate) {
    if (over) {
      return; // the socket was gone before
    }
    Optional<Session> known = hub.detached(this, auth, rate);
    if (known.isPresent()) {
      session = known.get();
      feed();
    } else {
      over = true;
      answer(() -> reply.refusal(ErrorCode.UNAUTHORIZED, "the token is not valid any more"));
    }
  }

  /// Replies, on the lane of the socket.
  private void answer(Runnable replying) {
    if (ctx.executor().inEventLoop()) {
      replying.run();
    } else {
      ctx.executor().execute(replying);
    }
  }

  /// Hands on one line after the other until the session wants no more for now.
  private void feed() {
    Session asking = session;
    if (asking == null) {
      return;
    }
    int taken = 0;
    while (at < lines.length && !over && !asking.isHeldBack()) {
      if (taken++ == LINES_PER_TURN) {
        hub.execute(this::feed);
        return;
      }
      int from = at;
      int end = from;
      while (end < lines.length && lines[end] != '\n') {
        end++;
      }
      at = end + 1;
      line(asking, from, end > from && lines[end - 1] == '\r' ? end - 1 : end);
    }
    finishIfAnswered();
  }

  private void line(Session asking, int from, int to) {
    if (from == to) {
      return;
    }
    units++;
    if (answersBytes > ANSWERS_BYTES_MAX) {
      JsonWriter busy = new JsonWriter(128);
      Units.err(busy, Head.of(""), ErrorCode.BUSY, "the answers are too large", BUSY_RETRY_MILLIS);
      answers.put(asking.nextOrdinal(), new Answer(Optional.of(ErrorCode.BUSY), busy.toBytes()));
    } else {
      hub.receive(asking, lines, from, to);
    }
  }

  @Override
  public void reply(int ordinal, Optional<ErrorCode> refusal, Frame frame) {
    byte[] unit = ByteFrame.units(frame);
    answersBytes += unit.length;
    answers.put(ordinal, new Answer(refusal, unit));
    hub.execute(this::finishIfAnswered); // the session's books are closed by then
  }

  private void finishIfAnswered() {
    Session asking = session;
    if (over
        || asking == null
        || at < lines.length
        || asking.inFlight() > 0
        || answers.size() < asking.requests()) {
      return;
    }
    over = true;
    hub.closed(asking);
    HttpResponseStatus status = status();
    byte[] body = body(Optional.empty());
    boolean several = units != 1;
    answer(() -> reply.units(status, body, several));
  }

  private byte[] body(Optional<Frame> bye) {
    ByteArrayOutputStream body = new ByteArrayOutputStream(answersBytes + units);
    for (Answer answer : answers.values()) {
      body.writeBytes(answer.unit());
      body.write('\n');
    }
    if (bye.isPresent()) {
      body.writeBytes(ByteFrame.units(bye.get()));
      body.write('\n');
    }
    return body.toByteArray();
  }

  /// One request: its own status. Several, or none: all of them were taken.
  private HttpResponseStatus status() {
    if (units == 1 && answers.size() == 1) {
      Optional<ErrorCode> refusal = answers.values().iterator().next().refusal();
      if (refusal.isPresent()) {
        return HttpResponseStatus.valueOf(refusal.get().httpStatus());
      }
    }
    return HttpResponseStatus.OK;
  }

  /// The socket is gone; what was accepted is kept all the same. Called on the lane of the socket.
  void abandoned() {
    hub.execute(() -> {
      over = true;
      if (session != null) {
        hub.closed(session);
      }
    });
  }

  @Override
  public String stream() {
    return stream;
  }

  @Override
  public void write(Frame frame) {
    throw new IllegalStateException("a POST is told nothing unasked");
  }

  /// Nothing waits here: answers leave together, and their bound is [#ANSWERS_BYTES_MAX].
  @Override
  public int waitingBytes() {
    return 0;
  }

  @Override
  public void pauseReading() {
    // `feed` asks the session before each line
  }

  @Override
  public void resumeReading() {
    hub.execute(this::feed);
  }

  /// The core met a fault of ours and gave up; what is behind that line is not carried out.
  @Override
  public void close(CloseCode code, Frame bye) {
    if (!over) {
      over = true;
      byte[] body = body(Optional.of(bye));
      answer(() -> reply.units(HttpResponseStatus.INTERNAL_SERVER_ERROR, body, true));
    }
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
