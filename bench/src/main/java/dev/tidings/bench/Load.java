package dev.tidings.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;

/// All connections to one server, on one event loop.
///
/// Whatever a healthy run does not do, an `err`, a `bye`, a connection that ends, fails the run:
/// the next wait throws. The methods that wait are for the thread that conducts the run, the others
/// for the loop, unless they say more.
final class Load implements AutoCloseable {
  /// Connects under way at once: enough to keep the server busy, few enough for its backlog.
  private static final int CONNECTS_MAX = 128;

  private static final int READ_BYTES = 4 * 1024;
  private static final int MASKED = 0x80;
  private static final int FINAL_TEXT = 0x81;
  private static final int LENGTH_IN_TWO_BYTES = 126;

  private final InetSocketAddress server;
  private final MultiThreadIoEventLoopGroup group;
  private final EventLoop loop;
  private final CompletableFuture<Void> failure = new CompletableFuture<>();
  private final SplittableRandom masks = new SplittableRandom(1);
  private volatile boolean endExpected;
  private byte[] scratch = new byte[64 * 1024];
  private byte[] outgoing = new byte[4 * 1024];
  private Arrival arrival = new Arrival(0, i -> "", Traffic.NONE);
  private long pings;

  Load(int port) {
    server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    loop = group.next();
  }

  /// Those who are to come, and those who have.
  private final class Arrival {
    private final IntFunction<String> user;
    private final Traffic traffic;
    private final int count;
    private final List<LoadConnection> begun = new ArrayList<>();
    private final CompletableFuture<List<LoadConnection>> all = new CompletableFuture<>();
    private int welcomed;

    Arrival(int count, IntFunction<String> user, Traffic traffic) {
      this.count = count;
      this.user = user;
      this.traffic = traffic;
    }

    void proceed() {
      while (begun.size() < count && begun.size() - welcomed < CONNECTS_MAX) {
        int index = begun.size();
        LoadConnection next = new LoadConnection(Load.this, index, user.apply(index), traffic);
        begun.add(next);
        open(next);
      }
      if (welcomed == count) {
        all.complete(List.copyOf(begun));
      }
    }
  }

  /// Opens `count` authenticated connections; done when each has its `welcome`.
  List<LoadConnection> connect(
      int count, IntFunction<String> user, Traffic traffic, Duration limit) {
    Arrival next = new Arrival(count, user, traffic);
    loop.execute(() -> {
      arrival = next;
      next.proceed();
    });
    return await(next.all, limit, "all connections");
  }

  private void open(LoadConnection connection) {
    new Bootstrap()
        .group(loop)
        .channel(EpollSocketChannel.class)
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(READ_BYTES))
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                channel.pipeline().addLast(connection);
              }
            })
        .connect(server)
        .addListener((ChannelFuture connected) -> {
          if (!connected.isSuccess()) {
            fail(connected.cause());
          }
        });
  }

  void welcomed(LoadConnection connection) {
    arrival.welcomed++;
    arrival.proceed();
  }

  void countPing() {
    pings++;
  }

  long pings() {
    return pings;
  }

  /// An array to read into, valid until the next call.
  byte[] scratch(int length) {
    if (scratch.length < length) {
      scratch = new byte[length * 2];
    }
    return scratch;
  }

  /// A client's text frame, masked as RFC 6455 §5.3 demands.
  ByteBuf frame(byte[] unit, int length) {
    int head = length < LENGTH_IN_TWO_BYTES ? 2 : 4;
    if (length > 0xffff) {
      throw new IllegalArgumentException("no unit has " + length + " bytes");
    }
    int whole = head + 4 + length;
    if (outgoing.length < whole) {
      outgoing = new byte[whole * 2];
    }
    byte[] out = outgoing;
    out[0] = (byte) FINAL_TEXT;
    if (head == 2) {
      out[1] = (byte) (MASKED | length);
    } else {
      out[1] = (byte) (MASKED | LENGTH_IN_TWO_BYTES);
      out[2] = (byte) (length >> 8);
      out[3] = (byte) length;
    }
    int mask = masks.nextInt();
    for (int i = 0; i < 4; i++) {
      out[head + i] = (byte) (mask >> (24 - 8 * i));
    }
    for (int i = 0; i < length; i++) {
      out[head + 4 + i] = (byte) (unit[i] ^ mask >> (24 - 8 * (i & 3)));
    }
    return ByteBufAllocator.DEFAULT.directBuffer(whole).writeBytes(out, 0, whole);
  }

  /// Ends the run, unless the end of the server is expected. For any thread.
  void fail(Throwable cause) {
    if (!endExpected) {
      failure.completeExceptionally(cause);
    }
  }

  /// The server is about to be killed: connections that end are no failure any more. For any
  /// thread.
  void expectTheEnd() {
    endExpected = true;
  }

  /// Runs `work` on the loop and waits for what it gives.
  <T> T on(Callable<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    loop.execute(() -> {
      try {
        result.complete(work.call());
      } catch (Exception e) {
        result.completeExceptionally(e);
      }
    });
    return await(result, Duration.ofSeconds(30), "the loop");
  }

  /// Waits for `result`; throws as soon as the run has failed.
  <T> T await(CompletableFuture<T> result, Duration limit, String what) {
    try {
      CompletableFuture.anyOf(result, failure).get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return result.get(0, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new BenchFailure("the run failed: " + cause.getMessage(), cause);
    } catch (TimeoutException e) {
      throw new BenchFailure("waited " + limit.toSeconds() + " s in vain for " + what, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchFailure("interrupted", e);
    }
  }

  /// Lets the load go on for `time`; throws as soon as the run has failed.
  void run(Duration time) {
    CompletableFuture<Boolean> over = new CompletableFuture<>();
    over.completeOnTimeout(true, time.toMillis(), TimeUnit.MILLISECONDS);
    await(over, time.plusSeconds(30), "the end of the time");
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(10, TimeUnit.SECONDS);
  }
}
