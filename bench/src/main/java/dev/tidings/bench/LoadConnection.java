package dev.tidings.bench;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One WebSocket of the load. Confined to the loop.
///
/// Frames by hand (RFC 6455 §5.2): with the usual codec the load would need more of its core than
/// the server of its own. Units are looked at where they were read; nothing is kept of them but a
/// piece of a frame whose rest has not come yet.
final class LoadConnection extends ChannelInboundHandlerAdapter {
  /// The sample of RFC 6455 §1.3, and what a server must make of it.
  private static final String NONCE = "dGhlIHNhbXBsZSBub25jZQ==";

  private static final String ACCEPTED = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

  private static final byte[] UPGRADE =
      ascii(
          "GET /v1/ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
              + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
              + NONCE
              + "\r\n\r\n");

  private static final byte[] PONG = ascii("{\"op\":\"pong\"}");
  private static final byte[] NOTHING = {};
  private static final int FINAL_TEXT = 0x81;
  private static final int LENGTH_IN_TWO_BYTES = 126;
  private static final int LENGTH_IN_EIGHT_BYTES = 127;

  private final Load load;
  private final int index;
  private final String user;
  private final Traffic traffic;
  private byte[] unfinished = NOTHING;
  private boolean upgraded;
  private boolean ended;
  private @Nullable ChannelHandlerContext context;

  LoadConnection(Load load, int index, String user, Traffic traffic) {
    this.load = load;
    this.index = index;
    this.user = user;
    this.traffic = traffic;
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /// Its place among the connections of one [Load#connect], from 0.
  int index() {
    return index;
  }

  String user() {
    return user;
  }

  /// Sends the first `length` bytes as one text frame, at the end of what is being read.
  void write(byte[] unit, int length) {
    ChannelHandlerContext to = context();
    to.write(load.frame(unit, length), to.voidPromise());
  }

  void flush() {
    context().flush();
  }

  boolean isOpen() {
    return context().channel().isActive();
  }

  /// Ends this connection; what is said about it no longer counts.
  void close() {
    ended = true;
    context().close();
  }

  private ChannelHandlerContext context() {
    ChannelHandlerContext here = context;
    if (here == null) {
      throw new IllegalStateException("not connected");
    }
    return here;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    context = ctx;
    ctx.writeAndFlush(ctx.alloc().buffer(UPGRADE.length).writeBytes(UPGRADE), ctx.voidPromise());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    try {
      int kept = unfinished.length;
      int length = kept + in.readableBytes();
      byte[] bytes = load.scratch(length);
      System.arraycopy(unfinished, 0, bytes, 0, kept);
      in.readBytes(bytes, kept, length - kept);
      int used = upgraded ? frames(bytes, 0, length) : answer(bytes, length);
      unfinished = used == length ? NOTHING : Arrays.copyOfRange(bytes, used, length);
    } finally {
      in.release();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.flush();
  }

  /// The answer to the upgrade; how many bytes are done with.
  private int answer(byte[] bytes, int length) {
    String head = new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    int end = head.indexOf("\r\n\r\n");
    if (end < 0) {
      return 0;
    }
    if (!head.startsWith("HTTP/1.1 101 ") || !head.contains(ACCEPTED)) {
      throw new BenchFailure("no upgrade: " + head.lines().findFirst().orElse(""));
    }
    upgraded = true;
    byte[] auth = ascii("{\"op\":\"auth\",\"user\":\"" + user + "\"}");
    write(auth, auth.length);
    return frames(bytes, end + 4, length);
  }

  /// Takes all whole frames between `from` and `to`; answers where the first unfinished begins.
  private int frames(byte[] bytes, int from, int to) {
    int at = from;
    while (to - at >= 2) {
      int head = 2;
      int length = bytes[at + 1] & 0x7f;
      if (length == LENGTH_IN_TWO_BYTES) {
        head = 4;
        if (to - at < head) {
          break;
        }
        length = (bytes[at + 2] & 0xff) << 8 | (bytes[at + 3] & 0xff);
      }
      if ((bytes[at] & 0xff) != FINAL_TEXT || length == LENGTH_IN_EIGHT_BYTES) {
        throw new BenchFailure(
            user + " got a frame of the kind 0x" + Integer.toHexString(bytes[at] & 0xff));
      }
      if (to - at < head + length) {
        break;
      }
      int end = at + head + length;
      units(bytes, at + head, end);
      at = end;
    }
    return at;
  }

  private void units(byte[] bytes, int from, int to) {
    int begin = from;
    while (begin < to) {
      int end = begin;
      while (end < to && bytes[end] != '\n') {
        end++;
      }
      unit(bytes, begin, end);
      begin = end + 1;
    }
  }

  private void unit(byte[] bytes, int from, int to) {
    switch (UnitKind.of(bytes, from, to)) {
      case OK -> traffic.ok(this, bytes, from, to);
      case MSG -> traffic.msg(this, bytes, from, to);
      case WELCOME -> load.welcomed(this);
      case PING -> {
        write(PONG, PONG.length);
        load.countPing();
      }
      case OTHER ->
          throw new BenchFailure(
              user + " heard " + new String(bytes, from, to - from, StandardCharsets.UTF_8));
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (!ended) {
      load.fail(new BenchFailure("the server hung up on " + user));
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!ended) {
      load.fail(cause);
    }
  }
}
