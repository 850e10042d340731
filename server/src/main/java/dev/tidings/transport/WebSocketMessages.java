package dev.tidings.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.Utf8FrameValidator;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts the frames of a WebSocket together to messages and tells control frames apart (RFC 6455).
/// Keeps nothing between messages. What a message means is for the subclass: the product's
/// [WebSocketHandler], and an echo for the conformance suite, which so tests this very code.
public abstract class WebSocketMessages extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(WebSocketMessages.class);

  private final int messageBytesMax;
  private @Nullable ByteBuf fragments;
  private boolean fragmentsAreText;

  protected WebSocketMessages(int messageBytesMax) {
    this.messageBytesMax = messageBytesMax;
  }

  /// Makes `pipeline` speak WebSocket, with `messages` at its end. The handshake is done.
  public static void install(ChannelPipeline pipeline, WebSocketMessages messages) {
    WebSocketDecoderConfig config =
        WebSocketDecoderConfig.newBuilder()
            .maxFramePayloadLength(messages.messageBytesMax)
            .allowExtensions(false)
            .closeOnProtocolViolation(false)
            .build();
    pipeline.addLast(new WebSocket13FrameDecoder(config));
    pipeline.addLast(new Utf8FrameValidator(false));
    pipeline.addLast(messages);
  }

  /// A frame of any kind arrived; called before what it means.
  protected void heard() {}

  /// A whole text message, valid UTF-8; retain it to keep it.
  protected abstract void text(ByteBuf message);

  /// A whole binary message; retain it to keep it.
  protected abstract void binary(ByteBuf message);

  protected abstract void ping(ByteBuf content);

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
    if (!(message instanceof WebSocketFrame frame)) {
      ReferenceCountUtil.release(message); // HTTP that was sent ahead behind the handshake
      ctx.close();
      return;
    }
    try {
      heard();
      switch (frame) {
        case TextWebSocketFrame text -> begin(text, true);
        case BinaryWebSocketFrame binary -> begin(binary, false);
        case ContinuationWebSocketFrame more -> goOn(more);
        case PingWebSocketFrame ping -> ping(ping.content());
        case PongWebSocketFrame _ -> {} // a sign of life, and heard as such above
        case CloseWebSocketFrame close -> closeAsked(echo(ctx, close));
        default -> violated(WebSocketCloseStatus.PROTOCOL_ERROR.code(), "unknown frame");
      }
    } finally {
      frame.release();
    }
  }

  private static ByteBuf echo(ChannelHandlerContext ctx, CloseWebSocketFrame close) {
    return close.statusCode() < 0
        ? WebSocketFrames.close(ctx.alloc())
        : WebSocketFrames.close(ctx.alloc(), close.statusCode(), "");
  }

  private void begin(WebSocketFrame frame, boolean text) {
    if (frame.isFinalFragment()) {
      whole(frame.content(), text);
    } else {
      fragmentsAreText = text;
      fragments = Unpooled.EMPTY_BUFFER;
      add(frame.content());
    }
  }

  private void goOn(ContinuationWebSocketFrame frame) {
    if (!add(frame.content()) || !frame.isFinalFragment()) {
      return;
    }
    ByteBuf message = fragments;
    fragments = null;
    if (message != null) {
      try {
        whole(message, fragmentsAreText);
      } finally {
        message.release();
      }
    }
  }

  /// `false` if the message grew over the limit, or is being dropped for that already.
  private boolean add(ByteBuf more) {
    ByteBuf sofar = fragments;
    if (sofar == null) {
      return false;
    }
    if (sofar.readableBytes() + more.readableBytes() > messageBytesMax) {
      dropFragments();
      tooLarge();
      return false;
    }
    if (more.isReadable()) {
      ByteBuf grown = sofar.isReadable() ? sofar : more.alloc().buffer(more.readableBytes());
      fragments = grown.writeBytes(more, more.readerIndex(), more.readableBytes());
    }
    return true;
  }

  private void whole(ByteBuf message, boolean text) {
    if (text) {
      text(message);
    } else {
      binary(message);
    }
  }

  private void dropFragments() {
    ByteBuf dropped = fragments;
    fragments = null;
    if (dropped != null) {
      dropped.release();
    }
  }

  @Override
  public final void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Throwable fault =
        cause.getCause() instanceof CorruptedWebSocketFrameException ? cause.getCause() : cause;
    if (fault instanceof TooLongFrameException) {
      tooLarge();
    } else if (fault instanceof CorruptedWebSocketFrameException corrupted) {
      WebSocketCloseStatus status = corrupted.closeStatus();
      if (status.equals(WebSocketCloseStatus.MESSAGE_TOO_BIG)) {
        tooLarge();
      } else {
        violated(status.code(), status.reasonText());
      }
    } else {
      if (!(fault instanceof IOException)) {
        LOG.warn("websocket failed", fault);
      }
      ctx.close();
    }
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
    dropFragments();
    gone();
  }
}
