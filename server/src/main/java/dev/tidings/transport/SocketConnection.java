package dev.tidings.transport;

import dev.tidings.protocol.CloseCode;
import dev.tidings.session.Connection;
import dev.tidings.session.Frame;
import dev.tidings.session.Outbox;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOutboundBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A socket as the core sees it. Confined to the lane.
///
/// What is written in one tick is kept in the lane's [Tick] and leaves at its end in one write,
/// past the channel's pipeline and queue. Only what the socket does not take at once goes into that
/// queue, and then everything else behind it; so the queue, which is the outbox (ADR 4), is nearly
/// always empty. The core asks how many bytes wait and keeps the rule.
public final class SocketConnection implements Connection {
  /// How long a peer may take to end its side after we ended ours.
  private static final int LINGER_SECONDS = 2;

  /// What goes around units on the wire.
  public enum Form {
    /// Messages of a WebSocket.
    TEXT,
    /// Lines over TCP.
    LINE,
    /// Server-sent events; the peer says nothing.
    EVENT
  }

  /// What the handler of the socket does for its connection.
  public interface Handler {
    /// Takes in again what was held back.
    void readOn();

    /// The socket has room again.
    void drained();
  }

  private final Channel channel;
  private final LaneSockets lane;
  private final Form form;
  private final Handler handler;

  /// The way past the pipeline, where there is one.
  private final @Nullable Descriptor descriptor;

  /// The first and the last of this tick's frames in [Tick], and their bytes.
  private int first = Tick.NONE;

  private int last = Tick.NONE;
  private int tickBytes;

  /// Something was given to the channel's queue and may be there still.
  private boolean queueing;

  private boolean ending;

  /// Whether the peer has no word left with which to answer our last.
  private boolean answerless;

  /// Something was written since a cursor was told.
  private boolean news;

  public SocketConnection(Channel channel, LaneSockets lane, Form form, Handler handler) {
    this.channel = channel;
    this.lane = lane;
    this.form = form;
    this.handler = handler;
    this.descriptor = lane.descriptor(channel);
    this.answerless = form != Form.TEXT;
    lane.introduced(channel);
  }

  @Override
  public void write(Frame frame) {
    if (!ending) {
      add(ByteFrame.of(frame));
    }
  }

  /// Queues bytes that are whole already. Takes `bytes` over.
  void write(ByteBuf bytes) {
    ByteFrame frame = ByteFrame.ready(bytes);
    write(frame);
    frame.release();
  }

  private void add(ByteFrame frame) {
    if (first == Tick.NONE) {
      first = lane.addToTick(this, frame);
      last = first;
    } else {
      last = lane.tick().add(frame, last);
    }
    tickBytes += frame.sizeBytes();
    news = true;
  }

  /// Gives the socket what this tick has brought for it.
  void flush() {
    int slot = first;
    if (slot == Tick.NONE) {
      return;
    }
    boolean wasFull = waitingBytes() > Outbox.DRAINED_BYTES;
    first = Tick.NONE;
    last = Tick.NONE;
    tickBytes = 0;
    if (channel.isOpen()) {
      if (descriptor == null || isQueueing()) {
        queue(slot);
      } else {
        write(descriptor, slot);
      }
      if (wasFull && waitingBytes() <= Outbox.DRAINED_BYTES) {
        lane.loop().execute(handler::drained); // not at once: others have their turn in this tick
      }
    }
  }

  /// Frames of the tick go to the channel's queue, from this slot on.
  private void queue(int from) {
    Tick tick = lane.tick();
    queueing = true;
    for (int slot = from; slot != Tick.NONE; slot = tick.next(slot)) {
      channel.write(tick.frame(slot).slice(form, 0), channel.voidPromise());
    }
    channel.flush();
  }

  private void write(Descriptor to, int from) {
    Tick tick = lane.tick();
    try {
      int slot = from;
      while (slot != Tick.NONE && !queueing) {
        ByteFrame frame = tick.frame(slot);
        slot = tick.next(slot);
        if (slot == Tick.NONE) {
          alone(to, frame);
        } else {
          slot = together(to, frame, slot);
        }
      }
      if (slot != Tick.NONE) {
        queue(slot);
      }
    } catch (IOException e) {
      channel.close(); // the peer is gone
    }
  }

  private void alone(Descriptor to, ByteFrame frame) throws IOException {
    int taken = frame.write(form, to);
    if (taken < frame.length(form)) {
      rest(frame.slice(form, taken));
    }
  }

  /// Puts `frame` and those behind it together, as many as there is room for, and writes them as
  /// one. Answers the slot of the first that found no room.
  private int together(Descriptor to, ByteFrame frame, int behind) throws IOException {
    Tick tick = lane.tick();
    ByteBuffer gathered = tick.gather();
    if (frame.length(form) > gathered.remaining()) {
      alone(to, frame);
      return behind;
    }
    frame.copy(form, gathered);
    int slot = behind;
    while (slot != Tick.NONE && tick.frame(slot).length(form) <= gathered.remaining()) {
      tick.frame(slot).copy(form, gathered);
      slot = tick.next(slot);
    }
    int taken = to.write(gathered.flip());
    if (taken < gathered.limit()) {
      gathered.position(taken);
      rest(channel.alloc().buffer(gathered.remaining()).writeBytes(gathered));
    }
    return slot;
  }

  /// The socket takes no more now.
  private void rest(ByteBuf bytes) {
    queueing = true;
    channel.writeAndFlush(bytes, channel.voidPromise());
  }

  private boolean isQueueing() {
    if (queueing && queuedBytes() == 0) {
      queueing = false;
    }
    return queueing;
  }

  private int queuedBytes() {
    ChannelOutboundBuffer queue = channel.unsafe().outboundBuffer();
    return queue == null ? 0 : (int) queue.totalPendingWriteBytes();
  }

  @Override
  public int waitingBytes() {
    return isQueueing() ? tickBytes + queuedBytes() : tickBytes;
  }

  @Override
  public void pauseReading() {
    if (!oneWay()) { // whose end would not be noticed
      channel.config().setAutoRead(false);
    }
  }

  @Override
  public void resumeReading() {
    channel.config().setAutoRead(true);
    lane.loop().execute(handler::readOn); // the caller may be in the midst of a unit
  }

  @Override
  public void close(CloseCode code, Frame bye) {
    write(bye);
    switch (form) {
      case TEXT -> end(WebSocketFrames.close(channel.alloc(), code.number(), code.wire()));
      case LINE -> end(channel.alloc().buffer(0));
      case EVENT -> end(farewell(code));
    }
  }

  /// What a browser is to know besides, which comes back by itself: that it should not, or not so
  /// soon.
  private ByteBuf farewell(CloseCode code) {
    if (code.stop()) {
      return EventBytes.id(EventBytes.STOP);
    }
    return EventBytes.retry(channel, code == CloseCode.OVERLOADED);
  }

  @Override
  public boolean oneWay() {
    return form == Form.EVENT;
  }

  @Override
  public void cursor(String cursor) {
    write(EventBytes.id(cursor));
    news = false;
  }

  @Override
  public boolean hasNews() {
    return news;
  }

  /// Nothing that the peer says can be read from now on, not even its answer to a close: whoever
  /// ends this connection is not to wait for that.
  void expectNoAnswer() {
    answerless = true;
  }

  /// Writes `last` and gives the peer a moment to answer and to end its side, so that what we said
  /// last is not torn down with the socket. Where no answer can come our side ends at once, for the
  /// peer of a WebSocket waits for that (RFC 6455 §7.1.1).
  public void end(ByteBuf last) {
    if (ending) {
      last.release();
      return;
    }
    ChannelFuture said = sayLast(last);
    if (answerless) {
      said.addListener(done -> LastWords.endOurSide(channel));
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
    sayLast(last).addListener(ChannelFutureListener.CLOSE);
  }

  private ChannelFuture sayLast(ByteBuf last) {
    flush(); // what was written before it
    ending = true;
    return channel.writeAndFlush(last);
  }

  /// Whether we said our last; what still comes in is to be dropped.
  public boolean isEnding() {
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
