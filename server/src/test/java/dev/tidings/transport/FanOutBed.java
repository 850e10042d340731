package dev.tidings.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.tidings.auth.KeyAuthenticator;
import dev.tidings.base.Clock;
import dev.tidings.base.Ids;
import dev.tidings.engine.Answer;
import dev.tidings.engine.Change;
import dev.tidings.engine.ConversationId;
import dev.tidings.engine.Engine;
import dev.tidings.engine.EngineLimits;
import dev.tidings.engine.Level;
import dev.tidings.engine.LogEngine;
import dev.tidings.engine.MemoryStore;
import dev.tidings.engine.Ticket;
import dev.tidings.http.HttpFront;
import dev.tidings.http.HttpServices;
import dev.tidings.http.Pages;
import dev.tidings.hub.Hub;
import dev.tidings.hub.HubSettings;
import dev.tidings.hub.Neighbours;
import dev.tidings.lane.Io;
import dev.tidings.lane.Lanes;
import dev.tidings.presence.OnlineUsers;
import dev.tidings.protocol.Command.GroupPatch;
import dev.tidings.protocol.Payload;
import dev.tidings.running.HttpSpeaker;
import dev.tidings.running.LineSpeaker;
import dev.tidings.running.RunningServer;
import dev.tidings.running.Speaker;
import dev.tidings.running.WebSocketSpeaker;
import dev.tidings.running.Wire;
import dev.tidings.session.SendRate;
import io.netty.channel.Channel;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// One real lane with real sockets, and a writer that is told what makes up a batch. All that is
/// not the product's is a counter in front of the system calls.
final class FanOutBed implements AutoCloseable {
  private final Lanes lanes = Lanes.start(1, Io.AUTO);
  private final ExecutorService writer =
      Executors.newSingleThreadExecutor(task -> Thread.ofPlatform().name("writer").unstarted(task));
  private final LogEngine engine;
  private final LaneSockets sockets;
  private final Port port;
  private final List<Speaker> readers = new ArrayList<>();

  /// Confined to the lane.
  private long writes;

  private final class Counting extends Descriptor {
    private final Descriptor to;

    Counting(Descriptor to) {
      this.to = to;
    }

    @Override
    int write(long address, int from, int end) throws IOException {
      writes++;
      return to.write(address, from, end);
    }

    @Override
    int write(ByteBuffer bytes) throws IOException {
      writes++;
      return to.write(bytes);
    }
  }

  FanOutBed() throws IOException {
    engine =
        new LogEngine(
            new MemoryStore(),
            Clock.system(),
            new Ids(new Random(3)),
            EngineLimits.DEFAULTS,
            Level.MEMORY,
            "",
            this::wakeUp,
            Runnable::run);
    KeyAuthenticator authenticator = KeyAuthenticator.development(RunningServer.KEY);
    Neighbours neighbours = new Neighbours();
    Hub hub =
        new Hub(
            0,
            lanes.lane(0),
            Clock.system(),
            engine,
            LaneSockets.frames(),
            authenticator,
            new OnlineUsers(),
            neighbours,
            HubSettings.defaults("test", EngineLimits.DEFAULTS.dedupeSeconds())
                .withSendRate(SendRate.Limit.NONE));
    neighbours.are(List.of(hub));
    engine.start(List.of(new Engine.LaneDoor(lanes.lane(0), hub)));
    sockets = new LaneSockets(lanes.loop(0), hub, this::counting);
    HttpServices http =
        new HttpServices(engine, authenticator, Clock.system(), Pages.ofPlayground());
    port =
        Port.open(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            lanes,
            List.of(sockets),
            (channel, lane) -> HttpFront.install(channel, lane, http),
            Optional.empty());
  }

  private @Nullable Descriptor counting(Channel channel) {
    Descriptor direct = Descriptor.of(channel);
    return direct == null ? null : new Counting(direct);
  }

  private void wakeUp() {
    writer.execute(engine::drain);
  }

  // Who reads.

  /// Connects readers, `reader-0` and so on, until there are so many: one on lines, the next on a
  /// WebSocket, in turn.
  void connect(int count) {
    while (readers.size() < count) {
      Speaker reader = readers.size() % 2 == 0 ? line() : webSocket();
      readers.add(reader.as("reader-" + readers.size()));
    }
  }

  LineSpeaker line() {
    return new LineSpeaker(Wire.to(port.address()));
  }

  private WebSocketSpeaker webSocket() {
    HttpSpeaker http = new HttpSpeaker(Wire.to(port.address()));
    assertThat(http.say(RunningServer.handshake("/v1/ws"), new byte[0]).next().status())
        .isEqualTo(101);
    return WebSocketSpeaker.after(http);
  }

  /// The first so many readers.
  List<Speaker> readers(int count) {
    return readers.subList(0, count);
  }

  private static List<String> names(int from, int to) {
    List<String> names = new ArrayList<>();
    for (int i = from; i < to; i++) {
      names.add("reader-" + i);
    }
    return names;
  }

  /// So nobody is told by an entry that he was let in.
  private static final GroupPatch QUIET =
      new GroupPatch(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.of(true),
          Optional.empty(),
          Optional.empty());

  /// Makes a group of the first so many readers, who have all heard of it when this returns.
  void group(String name, int members) {
    ConversationId group = new ConversationId(ConversationId.Kind.GROUP, name);
    int step = 200;
    batch(
        new Change.CreateGroup(
            ANSWERED, group, "owner", "", QUIET, names(0, Math.min(step, members))));
    for (int from = step; from < members; from += step) {
      batch(
          new Change.AddMembers(
              ANSWERED, group, "owner", "", names(from, Math.min(from + step, members)), true));
    }
    for (Speaker reader : readers(members)) {
      assertThat(reader.next().op()).isEqualTo("gap");
    }
  }

  // What happens.

  private static final Ticket ANSWERED =
      Ticket.of(
          0,
          answer -> {
            if (answer instanceof Answer.Refused refused) {
              throw new IllegalStateException(refused.toString());
            }
          });

  static Change entry(ConversationId.Kind kind, String name) {
    return entry(new ConversationId(kind, name), "owner");
  }

  static Change entry(ConversationId to, String from) {
    return new Change.Append(ANSWERED, to, from, "", Payload.of("\"what there is to say\""), true);
  }

  /// Has the writer decide all of this in one batch, which the lane is handed in one task.
  void batch(Change... changes) {
    await(
        writer.submit(() -> {
          for (Change change : changes) {
            assertThat(engine.submit(change)).isTrue();
          }
          assertThat(engine.drain()).isTrue();
          return changes.length;
        }));
  }

  // What it cost.

  /// How many times a socket was written to so far.
  long writes() {
    return onLane(() -> writes);
  }

  /// What the lane's thread has allocated so far, in bytes.
  long allocatedBytes() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return onLane(threads::getCurrentThreadAllocatedBytes);
  }

  /// On the lane, behind everything that it has to do now.
  private <T> T onLane(Callable<T> question) {
    return await(lanes.loop(0).submit(question));
  }

  private static <T> T await(Future<T> answer) {
    try {
      return answer.get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    readers.forEach(Speaker::close);
    port.close();
    await(
        writer.submit(() -> {
          engine.close();
          return true;
        }));
    writer.shutdown();
    lanes.close();
  }
}
