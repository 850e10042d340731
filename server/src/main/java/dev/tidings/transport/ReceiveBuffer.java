package dev.tidings.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import java.nio.ByteBuffer;

/// The buffer that all sockets of one lane are read into, one after the other. Confined to the
/// lane.
///
/// So a read makes nothing, and a waiting socket has no buffer of its own. A handler copies what it
/// wants to keep; one that keeps the buffer itself is let have it, and the lane takes a new one.
/// Handlers that are not ours, who would keep it for a few bytes, stand behind [Copying].
@SuppressWarnings("deprecation") // the interface is not, the one type that it speaks of is
final class ReceiveBuffer implements RecvByteBufAllocator {
  private static final int BYTES = 64 * 1024;

  /// Serves all channels, for they are read in turn.
  private final ExtendedHandle handle = new Reading();

  private ByteBuf buffer = fresh();

  /// Of no pool and not to be given back: it lives as long as the lane.
  private static ByteBuf fresh() {
    return Unpooled.wrappedBuffer(ByteBuffer.allocateDirect(BYTES));
  }

  @Override
  public ExtendedHandle newHandle() {
    return handle;
  }

  private ByteBuf take() {
    if (buffer.refCnt() > 1) {
      buffer.release();
      buffer = fresh();
    }
    return buffer.clear().retain();
  }

  /// One read per turn: a peer that sends without end has the others wait for one buffer, not more.
  private final class Reading implements ExtendedHandle {
    private int attempted;
    private int last;

    @Override
    public ByteBuf allocate(ByteBufAllocator ignored) {
      return take();
    }

    @Override
    public int guess() {
      return BYTES;
    }

    @Override
    public void reset(ChannelConfig config) {}

    @Override
    public void incMessagesRead(int count) {}

    @Override
    public void lastBytesRead(int bytes) {
      last = bytes;
    }

    @Override
    public int lastBytesRead() {
      return last;
    }

    @Override
    public void attemptedBytesRead(int bytes) {
      attempted = bytes;
    }

    @Override
    public int attemptedBytesRead() {
      return attempted;
    }

    @Override
    public boolean continueReading() {
      return false;
    }

    @Override
    public boolean continueReading(UncheckedBooleanSupplier maybeMore) {
      return false;
    }

    @Override
    public void readComplete() {}
  }

  /// Gives the handlers behind it bytes of their own.
  static final class Copying extends ChannelInboundHandlerAdapter {
    /// Its name in front of HTTP, from where it goes once a socket is introduced.
    static final String BEFORE_HTTP = "copying before http";

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (message instanceof ByteBuf bytes) {
        try {
          ctx.fireChannelRead(ctx.alloc().buffer(bytes.readableBytes()).writeBytes(bytes));
        } finally {
          bytes.release();
        }
      } else {
        ctx.fireChannelRead(message);
      }
    }
  }
}
