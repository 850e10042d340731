package dev.tidings.transport;

import dev.tidings.protocol.CloseCode;
import dev.tidings.session.Connection;
import dev.tidings.session.Frame;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.DuplexChannel;
import java.util.concurrent.TimeUnit;

/// A socket as the core sees it. Its outbox is the channel's own queue: the core asks how many
/// bytes wait there and keeps the rule. Confined to the lane.
final class SocketConnection implements Connection {
  /// How long a peer may take to end its side after we ended ours.
  private static final int LINGER_SECONDS = 2;

  /// What goes around units on the wire.
  enum Form {
    TEXT,
    LINE
  }

  /// Takes in again what was held back.
  interface Reader {
    void readOn();
  }

  private final Channel channel;
  private final LaneSockets lane;
  private final Form form;
  private final Reader reader;
  private boolean unflushed;
  private boolean ending;

  /// Whether the peer has no word left with which to answer our last.
  private boolean answerless;

  SocketConnection(Channel channel, LaneSockets lane, Form form, Reader reader) {
    this.channel = channel;
    this.lane = lane;
    this.form = form;
    this.reader = reader;
    this.answerless = form == Form.LINE;
    lane.introduced(channel);
  }

  @Override
  public void write(Frame frame) {
    if (!ending) {
      ByteFrame bytes = ByteFrame.of(frame);
      write(form == Form.TEXT ? bytes.asText() : bytes.asLine());
    }
  }

  /// Queues bytes that are a whole frame already.
  void write(ByteBuf bytes) {
    channel.write(bytes, channel.voidPromise());
    if (!unflushed) {
      unflushed = true;
      lane.flushLater(this);
    }
  }

  void flush() {
    unflushed = false;
    channel.flush();
  }

  @Override
  public int waitingBytes() {
    ChannelOutboundBuffer queue = channel.unsafe().outboundBuffer();
    return queue == null ? 0 : (int) queue.totalPendingWriteBytes();
  }

  @Override
  public void pauseReading() {
    channel.config().setAutoRead(false);
  }

  @Override
  public void resumeReading() {
    channel.config().setAutoRead(true);
    lane.loop().execute(reader::readOn); // not at once: the caller may be in the midst of a unit
  }

  @Override
  public void close(CloseCode code, Frame bye) {
    write(bye);
    switch (form) {
      case TEXT -> end(WebSocketFrames.close(channel.alloc(), code.number(), code.wire()));
      case LINE -> end(channel.alloc().buffer(0));
    }
  }

  /// Nothing that the peer says can be read from now on, not even its answer to a close: whoever
  /// ends this connection is not to wait for that.
  void expectNoAnswer() {
    answerless = true;
  }

  /// Writes `last` and gives the peer a moment to answer and to end its side, so that what we said
  /// last is not torn down with the socket. Where no answer can come our side ends at once, for the
  /// peer of a WebSocket waits for that (RFC 6455 §7.1.1).
  void end(ByteBuf last) {
    if (ending) {
      last.release();
      return;
    }
    ending = true;
    ChannelFuture said = channel.writeAndFlush(last);
    if (answerless && channel instanceof DuplexChannel duplex) {
      said.addListener(done -> duplex.shutdownOutput());
    }
    channel.config().setAutoRead(true);
    lane.loop()
        .schedule(
            () -> {
              channel.close();
            },
            LINGER_SECONDS,
            TimeUnit.SECONDS);
  }

  /// The peer has said its last: closes, after `last` unless ours was said before.
  void endNow(ByteBuf last) {
    if (ending) {
      last.release();
      channel.close();
      return;
    }
    ending = true;
    channel.writeAndFlush(last).addListener(ChannelFutureListener.CLOSE);
  }

  /// Whether we said our last; what still comes in is to be dropped.
  boolean isEnding() {
    return ending;
  }

  @Override
  public boolean loopback() {
    return Peer.isLoopback(channel);
  }

  @Override
  public boolean lines() {
    return form == Form.LINE;
  }
}
