package dev.tidings.transport;

import dev.tidings.protocol.Utf8;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes the bytes of a WebSocket apart into messages and control frames (RFC 6455 §5).
///
/// One pass and one copy: a frame is unmasked into the lane's array and read there. Between frames
/// nothing is kept, but the beginning of a frame whose rest has not come, or of a message in
/// fragments. What a message means is for the subclass: the product's [WebSocketHandler], and an
/// echo for the conformance suite, which so tests this very code.
public abstract class WebSocketMessages extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(WebSocketMessages.class);

  private static final int PROTOCOL_ERROR = 1002;
  private static final int BAD_TEXT = 1007;

  private static final int FINAL = 0x80;
  private static final int RESERVED = 0x70;
  private static final int MASKED = 0x80;
  private static final int MASK_BYTES = 4;
  private static final int TWO_BYTE_LENGTH = 126;
  private static final int EIGHT_BYTE_LENGTH = 127;
  private static final int CONTROL_BYTES_MAX = 125;

  private static final int CONTINUATION = 0x0;
  private static final int TEXT = 0x1;
  private static final int BINARY = 0x2;
  private static final int CONTROL = 0x8;
  private static final int CLOSE = 0x8;
  private static final int PING = 0x9;
  private static final int PONG = 0xA;

  private final LaneSockets lane;
  private final int messageBytesMax;

  /// The beginning of a frame.
  private @Nullable ByteBuf unfinished;

  /// The beginning of a message in fragments, and how long it is.
  private byte @Nullable [] fragments;

  private int fragmentsLength;
  private boolean fragmentsAreText;

  /// After a close or a fault nothing means anything any more.
  private boolean over;

  protected WebSocketMessages(LaneSockets lane, int messageBytesMax) {
    this.lane = lane;
    this.messageBytesMax = messageBytesMax;
  }

  /// A frame of any kind arrived; called before what it means.
  protected void heard() {}

  /// A whole text message, valid UTF-8, from `from` to `to`. The array is the lane's: what is to be
  /// kept must be copied.
  protected abstract void text(byte[] bytes, int from, int to);

  /// A whole binary message, as [#text].
  protected abstract void binary(byte[] bytes, int from, int to);

  protected abstract void ping(byte[] bytes, int from, int to);

  /// A message or frame is over the limit.
  protected abstract void tooLarge();

  /// The peer closes; `echo` is the answer that RFC 6455 §5.5.1 asks for.
  protected abstract void closeAsked(ByteBuf echo);

  /// The peer broke the protocol; it is to be told the close code.
  protected abstract void violated(int code, String reason);

  /// The socket is gone. May be called twice.
  protected abstract void gone();

  @Override
  public final void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof ByteBuf more)) {
      ReferenceCountUtil.release(message); // HTTP that was sent ahead behind the handshake
      ctx.close();
      return;
    }
    try {
      ByteBuf before = unfinished;
      if (before == null) {
        take(ctx, more);
        keep(ctx, more);
      } else {
        before.discardReadBytes().writeBytes(more);
        take(ctx, before);
        if (over || !before.isReadable()) {
          drop();
        }
      }
    } finally {
      more.release();
    }
  }

  private void take(ChannelHandlerContext ctx, ByteBuf bytes) {
    while (!over && frame(ctx, bytes)) {
      // one frame after the other
    }
  }

  private void keep(ChannelHandlerContext ctx, ByteBuf bytes) {
    if (!over && bytes.isReadable() && !ctx.isRemoved()) {
      unfinished = ctx.alloc().buffer(bytes.readableBytes()).writeBytes(bytes);
    }
  }

  /// Takes one frame; `false` if it is not whole, or the last.
  private boolean frame(ChannelHandlerContext ctx, ByteBuf bytes) {
    int readable = bytes.readableBytes();
    if (readable < 2) {
      return false;
    }
    int at = bytes.readerIndex();
    int first = bytes.getUnsignedByte(at);
    int second = bytes.getUnsignedByte(at + 1);
    String fault = fault(first, second);
    if (!fault.isEmpty()) {
      fail(PROTOCOL_ERROR, fault);
      return false;
    }
    long length = second & ~MASKED;
    int head = 2;
    if (length == TWO_BYTE_LENGTH) {
      head = 4;
      length = readable < head ? 0 : bytes.getUnsignedShort(at + 2);
    } else if (length == EIGHT_BYTE_LENGTH) {
      head = 10;
      length = readable < head ? 0 : bytes.getLong(at + 2);
    }
    if (readable < head) {
      return false;
    }
    if (length < 0 || (head == 4 && length < TWO_BYTE_LENGTH) || (head == 10 && length < 0x10000)) {
      fail(PROTOCOL_ERROR, "a length must be as short as it can be");
      return false;
    }
    int opcode = first & 0xF;
    if (length > messageBytesMax - (opcode == CONTINUATION ? fragmentsLength : 0)) {
      over = true;
      tooLarge();
      return false;
    }
    int whole = head + MASK_BYTES + (int) length;
    if (readable < whole) {
      return false;
    }
    byte[] scratch = lane.scratch((int) length);
    unmask(bytes, at + head, scratch, (int) length);
    bytes.skipBytes(whole);
    heard();
    if (opcode >= CONTROL) {
      control(ctx, opcode, scratch, (int) length);
    } else {
      data(opcode, (first & FINAL) != 0, scratch, (int) length);
    }
    return true;
  }

  /// What is wrong with the first two bytes of a frame; `""` if nothing is.
  private String fault(int first, int second) {
    int opcode = first & 0xF;
    if ((first & RESERVED) != 0) {
      return "no extension was agreed on";
    }
    if ((second & MASKED) == 0) {
      return "a client must mask its frames";
    }
    if (opcode >= CONTROL) {
      if ((first & FINAL) == 0 || (second & ~MASKED) > CONTROL_BYTES_MAX) {
        return "a control frame must be short and whole";
      }
      return opcode > PONG ? "unknown control frame" : "";
    }
    if (opcode > BINARY) {
      return "unknown frame";
    }
    if ((opcode == CONTINUATION) != (fragments != null)) {
      return opcode == CONTINUATION ? "there is nothing to continue" : "a message is unfinished";
    }
    return "";
  }

  private static void unmask(ByteBuf bytes, int maskAt, byte[] into, int length) {
    int mask = bytes.getInt(maskAt);
    bytes.getBytes(maskAt + MASK_BYTES, into, 0, length);
    Masks.apply(mask, into, length);
  }

  private void data(int opcode, boolean last, byte[] bytes, int length) {
    if (last && fragments == null) {
      whole(bytes, length, opcode == TEXT);
      return;
    }
    byte[] sofar = fragments;
    if (sofar == null) {
      fragmentsAreText = opcode == TEXT;
      sofar = new byte[length];
    } else if (sofar.length < fragmentsLength + length) {
      sofar = Arrays.copyOf(sofar, Math.max(fragmentsLength + length, 2 * sofar.length));
    }
    System.arraycopy(bytes, 0, sofar, fragmentsLength, length);
    fragmentsLength += length;
    fragments = sofar;
    if (last) {
      int whole = fragmentsLength;
      fragments = null;
      fragmentsLength = 0;
      whole(sofar, whole, fragmentsAreText);
    }
  }

  private void whole(byte[] bytes, int length, boolean text) {
    if (!text) {
      binary(bytes, 0, length);
    } else if (Utf8.isValid(bytes, 0, length)) {
      text(bytes, 0, length);
    } else {
      fail(BAD_TEXT, "not UTF-8");
    }
  }

  private void control(ChannelHandlerContext ctx, int opcode, byte[] bytes, int length) {
    switch (opcode) {
      case PING -> ping(bytes, 0, length);
      case CLOSE -> close(ctx, bytes, length);
      default -> {} // a pong is a sign of life, and was heard as such
    }
  }

  private void close(ChannelHandlerContext ctx, byte[] bytes, int length) {
    int code = length < 2 ? 0 : (bytes[0] & 0xFF) << 8 | (bytes[1] & 0xFF);
    if (length == 1 || (length > 1 && !mayClose(code))) {
      fail(PROTOCOL_ERROR, "no close code");
    } else if (length > 2 && !Utf8.isValid(bytes, 2, length)) {
      fail(BAD_TEXT, "not UTF-8");
    } else {
      over = true;
      closeAsked(
          length == 0
              ? WebSocketFrames.close(ctx.alloc())
              : WebSocketFrames.close(ctx.alloc(), code, ""));
    }
  }

  /// Whether a peer may close with this code (RFC 6455 §7.4 and the registry that it founds).
  private static boolean mayClose(int code) {
    return (code >= 1000 && code <= 1003)
        || (code >= 1007 && code <= 1014)
        || (code >= 3000 && code <= 4999);
  }

  private void fail(int code, String reason) {
    over = true;
    violated(code, reason);
  }

  private void drop() {
    ByteBuf dropped = unfinished;
    unfinished = null;
    if (dropped != null) {
      dropped.release();
    }
  }

  @Override
  public final void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!Peer.isToBlame(cause)) {
      LOG.warn("websocket failed", cause);
    }
    ctx.close();
  }

  @Override
  public final void channelInactive(ChannelHandlerContext ctx) {
    ended();
  }

  @Override
  public final void handlerRemoved(ChannelHandlerContext ctx) {
    ended();
  }

  private void ended() {
    over = true;
    fragments = null;
    drop();
    gone();
  }
}
