package dev.tidings.hub;

import dev.tidings.auth.LabelFilter;
import dev.tidings.base.Clock;
import dev.tidings.base.Lane;
import dev.tidings.conversation.Channel;
import dev.tidings.conversation.Channels;
import dev.tidings.conversation.LocalUser;
import dev.tidings.conversation.LocalUsers;
import dev.tidings.conversation.Readers;
import dev.tidings.conversation.Topics;
import dev.tidings.engine.Engine;
import dev.tidings.presence.OnlineUsers;
import dev.tidings.protocol.Address;
import dev.tidings.protocol.JsonWriter;
import dev.tidings.session.Frame;
import dev.tidings.session.Frames;
import dev.tidings.session.SendRate;
import dev.tidings.session.Session;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/// What one lane owns of the core's state, shared by the parts of its hub. Confined to the lane.
final class Shard {
  private static final int SCRATCH_BYTES = 64 * 1024;

  final int index;
  final Lane lane;
  final Clock clock;
  final Engine engine;
  final Frames frames;
  final Admission admission;
  final OnlineUsers online;
  final Congestion congestion;
  final HubSettings settings;

  private final Guard guard;

  /// Connections that are not welcomed yet.
  final Set<Session> guests = new LinkedHashSet<>();

  /// Welcomed connections: also the readers of what goes to everybody.
  final Readers everyone = new Readers();

  final LocalUsers users = new LocalUsers();
  final Topics topics = new Topics();
  final Channels channels;

  /// How many connections were welcomed so far.
  int welcomes;

  /// The last commit whose entries this lane has handed out.
  long worked;

  private final JsonWriter scratch = new JsonWriter(4096);
  private final List<Runnable> endOfTick = new ArrayList<>();

  Shard(
      int index,
      Lane lane,
      Clock clock,
      Engine engine,
      Frames frames,
      Admission admission,
      OnlineUsers online,
      Congestion congestion,
      HubSettings settings,
      Guard guard) {
    this.index = index;
    this.lane = lane;
    this.clock = clock;
    this.engine = engine;
    this.frames = frames;
    this.admission = admission;
    this.online = online;
    this.congestion = congestion;
    this.settings = settings;
    this.channels = new Channels(channels(settings, engine));
    this.guard = guard;
    this.worked = engine.commit(); // what was kept before this run, nobody here waits for
  }

  /// What the configuration says of a channel goes before what the operator has said.
  private static List<Channel> channels(HubSettings settings, Engine engine) {
    List<Channel> all = new ArrayList<>(settings.channels());
    new TreeMap<>(engine.channels())
        .forEach((name, filter) -> {
          if (!settings.configures(name)) {
            all.add(new Channel(name, LabelFilter.parse(filter)));
          }
        });
    return all;
  }

  /// Whether an announcement channel is there for who asks. All other addresses are.
  boolean isThereFor(Request request, Address in) {
    return in.kind() != Address.Kind.ANNOUNCEMENT
        || (request.privileged()
            ? channels.has(in.name())
            : channels.isFor(in.name(), request.identity()));
  }

  /// Work for one session: if it fails, that is the end of this connection and of nothing else.
  @FunctionalInterface
  interface Guard {
    void run(Session session, Runnable work);
  }

  void guarded(Session session, Runnable work) {
    guard.run(session, work);
  }

  /// How long `request` has to wait for the sake of a rate of its session's; 0 if it may go on.
  /// Backends are held to none, nor is anybody where rates are off.
  long waitMillis(Request request, Function<Session, SendRate> rate, SendRate.Limit limit) {
    boolean unlimited = request.privileged() || settings.sendRate().perSecond() == 0;
    return unlimited ? 0 : rate.apply(request.session()).take(limit, clock.monotonicMillis());
  }

  /// A frame of what `write` puts down. The caller releases it.
  Frame frame(Consumer<JsonWriter> write) {
    scratch.clear(SCRATCH_BYTES);
    write.accept(scratch);
    return frames.of(scratch);
  }

  /// Writes one unit of the server's own to one connection.
  void put(Session session, Consumer<JsonWriter> write) {
    Frame frame = frame(write);
    session.outbox().put(frame);
    frame.release();
  }

  /// Has each connection of `user` on this lane given the same frame. Nothing is made where he has
  /// none.
  void toUser(String user, Consumer<JsonWriter> write, BiConsumer<Session, Frame> give) {
    List<Session> sessions = users.find(user).map(LocalUser::sessions).orElse(List.of());
    if (sessions.isEmpty()) {
      return;
    }
    Frame frame = frame(write);
    for (int i = sessions.size() - 1; i >= 0; i--) { // from the end: one may close and leave
      give.accept(sessions.get(i), frame);
    }
    frame.release();
  }

  /// Runs `task` once this tick's other work is done.
  void atEndOfTick(Runnable task) {
    if (endOfTick.isEmpty()) {
      lane.execute(this::endTick);
    }
    endOfTick.add(task);
  }

  private void endTick() {
    List<Runnable> tasks = List.copyOf(endOfTick);
    endOfTick.clear();
    tasks.forEach(Runnable::run);
  }
}
