package dev.tidings.transport;

import dev.tidings.protocol.JsonWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import java.util.Arrays;

/// One connection of the [EchoServer]. Closes as [WebSocketHandler] does.
class Echo extends WebSocketMessages {
  /// More than the product takes, for the suite has messages of 64 KiB in frames of any size.
  private static final int MESSAGE_BYTES_MAX = 1024 * 1024;

  private static final int FINAL_BINARY = 0x82;

  private final SocketConnection connection;

  Echo(Channel channel, LaneSockets lane) {
    super(lane, MESSAGE_BYTES_MAX);
    connection =
        new SocketConnection(
            channel,
            lane,
            SocketConnection.Form.TEXT,
            new SocketConnection.Handler() {
              @Override
              public void readOn() {}

              @Override
              public void drained() {}
            });
  }

  @Override
  protected final void text(byte[] bytes, int from, int to) {
    say(frame(bytes, from, to));
  }

  @Override
  protected final void binary(byte[] bytes, int from, int to) {
    say(frame(bytes, from, to).setByte(0, FINAL_BINARY));
  }

  private void say(ByteBuf frame) {
    if (connection.isEnding()) {
      frame.release();
    } else {
      connection.write(frame);
    }
  }

  private static ByteBuf frame(byte[] bytes, int from, int to) {
    JsonWriter unit = new JsonWriter(to - from).raw(Arrays.copyOfRange(bytes, from, to));
    ByteFrame frame = ByteFrame.of(unit, ByteBufAllocator.DEFAULT);
    ByteBuf text = frame.slice(SocketConnection.Form.TEXT, 0);
    frame.release();
    return text;
  }

  @Override
  protected final void ping(byte[] bytes, int from, int to) {
    if (!connection.isEnding()) {
      connection.write(WebSocketFrames.pong(ByteBufAllocator.DEFAULT, bytes, from, to));
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
