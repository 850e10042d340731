package dev.tidings.transport;

import dev.tidings.protocol.JsonWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;

/// One connection of the [EchoServer]. Closes as [WebSocketHandler] does.
class Echo extends WebSocketMessages {
  /// More than the product takes, for the suite has messages of 64 KiB in frames of any size.
  private static final int MESSAGE_BYTES_MAX = 1024 * 1024;

  private static final int FINAL_BINARY = 0x82;

  private final SocketConnection connection;

  Echo(Channel channel, LaneSockets lane) {
    super(MESSAGE_BYTES_MAX);
    connection = new SocketConnection(channel, lane, SocketConnection.Form.TEXT, () -> {});
  }

  @Override
  protected final void text(ByteBuf message) {
    say(frame(message));
  }

  @Override
  protected final void binary(ByteBuf message) {
    say(frame(message).setByte(0, FINAL_BINARY));
  }

  private void say(ByteBuf frame) {
    if (connection.isEnding()) {
      frame.release();
    } else {
      connection.write(frame);
    }
  }

  private static ByteBuf frame(ByteBuf message) {
    JsonWriter unit = new JsonWriter(message.readableBytes()).raw(ByteBufUtil.getBytes(message));
    ByteFrame frame = ByteFrame.of(unit, ByteBufAllocator.DEFAULT);
    ByteBuf text = frame.asText();
    frame.release();
    return text;
  }

  @Override
  protected final void ping(ByteBuf content) {
    if (!connection.isEnding()) {
      connection.write(WebSocketFrames.pong(content.alloc(), content));
    }
  }

  @Override
  protected final void tooLarge() {
    violated(WebSocketCloseStatus.MESSAGE_TOO_BIG.code(), "too large");
  }

  @Override
  protected void closeAsked(ByteBuf echo) {
    connection.endNow(echo);
  }

  @Override
  protected void violated(int code, String reason) {
    connection.expectNoAnswer();
    connection.end(WebSocketFrames.close(ByteBufAllocator.DEFAULT, code, reason));
  }

  @Override
  protected final void gone() {}
}
