package dev.tidings.transport;

import dev.tidings.hub.Hub;
import dev.tidings.lane.Io;
import dev.tidings.session.Frames;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.EventLoop;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What all sockets of one lane share: its hub, one array to decode from, and the list of those
/// that have something to flush at the end of the tick. Confined to the lane.
public final class LaneSockets {
  private final EventLoop loop;
  private final Hub hub;
  private final Descriptor.Finder descriptors;
  private final Tick tick = new Tick();

  /// Null where several reads are under way at once, each into a buffer of its own.
  private final @Nullable ReceiveBuffer receiveBuffer;

  private byte[] scratch = new byte[8 * 1024];

  /// Open sockets of which the hub knows nothing: who has said nothing yet, and HTTP.
  private final Set<Channel> strangers = new HashSet<>();

  /// One for all sockets, so that noticing their end costs nothing while they live.
  private final ChannelFutureListener closed = future -> closed(future.channel());

  private int open;
  private @Nullable Runnable whenEmpty;

  /// What is told to the handlers of strangers.
  public enum Event {
    /// The node ends: finish what was asked, begin nothing more, close.
    DRAINING
  }

  public LaneSockets(EventLoop loop, Hub hub) {
    this(loop, hub, Descriptor::of);
  }

  LaneSockets(EventLoop loop, Hub hub, Descriptor.Finder descriptors) {
    this.loop = loop;
    this.hub = hub;
    this.descriptors = descriptors;
    this.receiveBuffer = Io.of(loop) == Io.IO_URING ? null : new ReceiveBuffer();
  }

  /// A socket was opened.
  void opened(Channel channel) {
    open++;
    strangers.add(channel);
    if (receiveBuffer != null) {
      channel.config().setRecvByteBufAllocator(receiveBuffer);
    }
    channel.closeFuture().addListener(closed);
    if (whenEmpty != null) {
      channel.close(); // accepted while the port was closed
    }
  }

  /// The hub knows this socket from now on, and handlers of our own read from it.
  void introduced(Channel channel) {
    strangers.remove(channel);
    if (channel.pipeline().get(ReceiveBuffer.Copying.BEFORE_HTTP) != null) {
      channel.pipeline().remove(ReceiveBuffer.Copying.BEFORE_HTTP);
    }
  }

  private void closed(Channel channel) {
    open--;
    strangers.remove(channel);
    tellIfEmpty();
  }

  /// The node ends. Sockets that the hub knows are ended by the hub; here go the others. Calls
  /// `drained` once no socket is left. To be called on the lane, once.
  public void drain(Runnable drained) {
    whenEmpty = drained;
    for (Channel stranger : List.copyOf(strangers)) {
      stranger.pipeline().fireUserEventTriggered(Event.DRAINING);
    }
    tellIfEmpty();
  }

  /// How many sockets are open. To be called on the lane.
  public int open() {
    return open;
  }

  private void tellIfEmpty() {
    if (open == 0 && whenEmpty != null) {
      whenEmpty.run();
    }
  }

  /// Makes the frames that sockets of any lane can write.
  public static Frames frames() {
    return units -> ByteFrame.of(units, ByteBufAllocator.DEFAULT);
  }

  public Hub hub() {
    return hub;
  }

  EventLoop loop() {
    return loop;
  }

  Tick tick() {
    return tick;
  }

  /// The direct way to this socket, if it has one.
  @Nullable Descriptor descriptor(Channel channel) {
    return descriptors.of(channel);
  }

  /// The first frame of this tick for `connection`, which is flushed once everything else of the
  /// tick is done. Answers the frame's slot.
  int addToTick(SocketConnection connection, ByteFrame frame) {
    if (tick.isEmpty()) {
      loop.execute(tick::end);
    }
    tick.add(connection);
    return tick.add(frame, Tick.NONE);
  }

  /// The lane's array, of at least `length` bytes; what it holds is valid until the next call.
  byte[] scratch(int length) {
    if (scratch.length < length) {
      scratch = new byte[Math.max(length, scratch.length * 2)];
    }
    return scratch;
  }

  /// Copies `length` bytes into the lane's array, which is valid until the next call.
  byte[] copy(ByteBuf from, int index, int length) {
    byte[] copy = scratch(length);
    from.getBytes(index, copy, 0, length);
    return copy;
  }
}
