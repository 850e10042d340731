package dev.tidings.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;

/// Answers bytes that are no text as if they were, and every close and every breach of the protocol
/// with a code that says "all is well, I am leaving"; so the gate has something to refuse.
final class CarelessEcho extends Echo {
  CarelessEcho(Channel channel, LaneSockets lane) {
    super(channel, lane);
  }

  @Override
  protected void closeAsked(ByteBuf echo) {
    ByteBuf wrong =
        WebSocketFrames.close(echo.alloc(), WebSocketCloseStatus.ENDPOINT_UNAVAILABLE.code(), "");
    echo.release();
    super.closeAsked(wrong);
  }

  @Override
  protected void violated(int code, String reason) {
    if (code == WebSocketCloseStatus.INVALID_PAYLOAD_DATA.code()) {
      text(new byte[] {'?'}, 0, 1);
    }
    super.violated(WebSocketCloseStatus.ENDPOINT_UNAVAILABLE.code(), reason);
  }
}
