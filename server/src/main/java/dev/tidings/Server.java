package dev.tidings;

import dev.tidings.auth.Authenticator;
import dev.tidings.auth.KeyAuthenticator;
import dev.tidings.base.Clock;
import dev.tidings.base.Ids;
import dev.tidings.base.Lane;
import dev.tidings.config.DevelopmentKey;
import dev.tidings.config.Network;
import dev.tidings.config.ServerSettings;
import dev.tidings.embedded.EmbeddedEngine;
import dev.tidings.engine.Engine;
import dev.tidings.engine.EngineLimits;
import dev.tidings.engine.Level;
import dev.tidings.engine.Store.StoreException;
import dev.tidings.engine.TextIndex;
import dev.tidings.http.HttpFront;
import dev.tidings.http.HttpServices;
import dev.tidings.http.Pages;
import dev.tidings.hub.Admission;
import dev.tidings.hub.FromOtherNodes;
import dev.tidings.hub.Hub;
import dev.tidings.hub.HubSettings;
import dev.tidings.hub.Neighbours;
import dev.tidings.hub.OtherNodes;
import dev.tidings.lane.Lanes;
import dev.tidings.presence.OnlineUsers;
import dev.tidings.redis.RedisAddress;
import dev.tidings.redis.RedisEngine;
import dev.tidings.redis.RedisNodes;
import dev.tidings.redis.Wanted;
import dev.tidings.relay.Relay;
import dev.tidings.search.SearchIndex;
import dev.tidings.session.SendRate;
import dev.tidings.transport.LaneSockets;
import dev.tidings.transport.Port;
import dev.tidings.transport.Tls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One node: its constructor is the diagram, [#close()] is the reverse.
public final class Server implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Server.class);

  private static final String NODE = "n1";

  /// Enough that no two of many nodes, and of their starts, have the same.
  private static final int NODE_LENGTH = 8;

  /// How long those who were said goodbye to may take to end their side.
  private static final long LINGER_MILLIS_MAX = 5_000;

  private final String key;
  private final Engine engine;
  private final CompletionStage<Void> lost;
  private final Optional<RedisNodes> nodes;
  private final Lanes lanes;
  private final List<Hub> hubs = new ArrayList<>();
  private final List<LaneSockets> sockets = new ArrayList<>();
  private final Port port;
  private final Optional<Relay> relay;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final long drainMillis;

  /// Starts a node; it answers when this returns.
  ///
  /// @throws IOException if the port cannot be had
  /// @throws dev.tidings.engine.Store.StoreException if the data cannot be opened
  public Server(ServerSettings settings) throws IOException {
    this(settings, EmbeddedEngine::new, RedisEngine::new);
  }

  /// Makes the engine of a node that is alone.
  interface EngineMaker {
    Engine make(
        Path data,
        Level level,
        EngineLimits limits,
        Clock clock,
        Ids ids,
        Optional<TextIndex> index);
  }

  /// Makes the engine of one of many nodes.
  interface SharedEngineMaker {
    RedisEngine make(
        RedisAddress redis,
        String prefix,
        String node,
        Wanted wanted,
        EngineLimits limits,
        Clock clock,
        Ids ids,
        Optional<TextIndex> index);
  }

  /// With other engines.
  Server(ServerSettings settings, EngineMaker alone, SharedEngineMaker shared) throws IOException {
    Clock clock = Clock.system();
    Ids ids = new Ids(new SecureRandom());

    drainMillis = settings.network().drainSeconds() * 1_000L;
    key = settings.development() ? DevelopmentKey.findOrMake(settings.data()) : settings.key();
    Authenticator authenticator =
        settings.development()
            ? KeyAuthenticator.development(key)
            : KeyAuthenticator.production(key);

    Optional<Tls> tls = tls(settings.network(), clock); // before anything is opened

    EngineLimits limits =
        EngineLimits.DEFAULTS
            .withRetention(settings.conversations().retention())
            .withEditSeconds(settings.conversations().editWindow().toSeconds())
            .withGroupMembersMax(settings.conversations().groupMembersMax());
    Optional<TextIndex> index =
        settings.conversations().search()
            ? Optional.of(new SearchIndex(settings.data(), clock))
            : Optional.empty();
    String node = settings.cluster().isPresent() ? "n" + ids.name(NODE_LENGTH) : NODE;
    if (settings.cluster().isPresent()) {
      RedisEngine one =
          shared.make(
              settings.cluster().get().redis(),
              settings.cluster().get().prefix(),
              node,
              new Wanted(settings.durability(), settings.cluster().get().replicas()),
              limits,
              clock,
              ids,
              index);
      lost = one.lost();
      engine = one;
    } else {
      lost = new CompletableFuture<>(); // never
      engine = alone.make(settings.data(), settings.durability(), limits, clock, ids, index);
    }

    try {
      nodes =
          settings
              .cluster()
              .map(cluster -> new RedisNodes(cluster.redis(), cluster.prefix(), node, clock));
    } catch (StoreException e) {
      engine.close();
      throw e;
    }

    lanes = Lanes.start(settings.lanes(), settings.network().io());
    OnlineUsers online = new OnlineUsers();
    Neighbours neighbours =
        new Neighbours(nodes.<OtherNodes>map(all -> all).orElse(OtherNodes.NONE));
    HubSettings hubSettings =
        HubSettings.defaults(node, limits.dedupeSeconds())
            .withKeptTopics(settings.keptTopics())
            .withChannels(settings.conversations().channels())
            .withTopicPolicies(settings.conversations().topicPolicies());
    if (!settings.rateLimits()) {
      hubSettings = hubSettings.withSendRate(SendRate.Limit.NONE);
    }
    List<Engine.LaneDoor> doors = new ArrayList<>();
    for (int i = 0; i < lanes.count(); i++) {
      Lane lane = lanes.lane(i);
      Hub hub =
          new Hub(
              i,
              lane,
              clock,
              engine,
              LaneSockets.frames(),
              authenticator,
              online,
              neighbours,
              hubSettings);
      hubs.add(hub);
      sockets.add(new LaneSockets(lanes.loop(i), hub));
      doors.add(new Engine.LaneDoor(lane, hub));
    }
    neighbours.are(hubs);
    engine.start(doors);
    for (int i = 0; i < lanes.count(); i++) {
      lanes.lane(i).execute(hubs.get(i)::start);
    }
    tls.ifPresent(shown -> shown.watch(lanes.lane(0)));

    HttpServices http =
        new HttpServices(
            engine, new Admission(authenticator, engine.sanctions()), clock, Pages.ofPlayground());
    Port opened = null;
    try {
      nodes.ifPresent(all -> all.start(new FromOtherNodes(neighbours)));
      opened =
          Port.open(
              settings.address(),
              lanes,
              sockets,
              (channel, lane) -> HttpFront.install(channel, lane, http),
              tls);
      port = opened;
      relay = relay(settings.network(), hubSettings.sendRate(), clock);
    } catch (IOException | StoreException e) {
      if (opened != null) {
        opened.close();
      }
      nodes.ifPresent(RedisNodes::close);
      engine.close();
      lanes.close();
      throw e;
    }
  }

  private Optional<Relay> relay(Network network, SendRate.Limit rate, Clock clock)
      throws IOException {
    return network.relay().isEmpty()
        ? Optional.empty()
        : Optional.of(new Relay(network.relay().get(), lanes, sockets, rate, clock));
  }

  private static Optional<Tls> tls(Network network, Clock clock) throws IOException {
    if (network.encryption().isEmpty()) {
      return Optional.empty();
    }
    Network.Encryption files = network.encryption().get();
    return Optional.of(new Tls(files.certificate(), files.key(), files.only(), clock));
  }

  /// Where the plain relay listens, if it does.
  public Optional<InetSocketAddress> relayAddress() {
    return relay.map(Relay::address);
  }

  /// Done when this server cannot go on, for what it knows and what is kept are two histories: it
  /// is to be closed at once, and another one started. Done by a thread that must not be kept.
  CompletionStage<Void> lost() {
    return lost;
  }

  /// How safely the next entry will be kept.
  public Level level() {
    return engine.level();
  }

  /// Where it listens, with the real port.
  public InetSocketAddress address() {
    return port.address();
  }

  /// The key that stands for `server` in development mode, and that tokens are signed with.
  public String key() {
    return key;
  }

  /// Tells everybody to go elsewhere and waits for that as long as the settings say; then accepts
  /// nothing more, keeps and answers what was accepted, says goodbye to those who are still there,
  /// ends. Harmless when repeated.
  @Override
  public void close() {
    close(drainMillis > 0);
  }

  /// As [#close()], but nobody has time to move.
  void closeAtOnce() {
    close(false);
  }

  private void close(boolean withTimeToMove) {
    if (closed.getAndSet(true)) {
      return;
    }
    int told = withTimeToMove ? moveAway() : 0;
    port.close();
    nodes.ifPresent(RedisNodes::close); // who is still here counts as gone from now on
    engine.close();
    relay.ifPresent(Relay::close);
    AtomicInteger ended = new AtomicInteger();
    boolean inOrder =
        onEveryLane(
            LINGER_MILLIS_MAX,
            (lane, done) -> {
              ended.addAndGet(hubs.get(lane).end());
              sockets.get(lane).drain(done);
            });
    AtomicInteger cut = new AtomicInteger();
    if (!inOrder) {
      onEveryLane(
          LINGER_MILLIS_MAX,
          (lane, done) -> {
            cut.addAndGet(sockets.get(lane).open());
            done.run();
          });
    }
    LOG.info(
        "drained moved={} closed={} cut={}", Math.max(0, told - ended.get()), ended.get(), cut);
    lanes.close();
  }

  /// Answers how many were told to move. Ends early once everybody has.
  private int moveAway() {
    AtomicInteger told = new AtomicInteger();
    onEveryLane(
        drainMillis, (lane, done) -> told.addAndGet(hubs.get(lane).drain(drainMillis, done)));
    return told.get();
  }

  /// Something for one lane, which says when it is done.
  private interface LaneTask {
    void run(int lane, Runnable done);
  }

  /// Runs a task on every lane and waits until all are done; `false` if that took too long.
  private boolean onEveryLane(long millisMax, LaneTask task) {
    CountDownLatch all = new CountDownLatch(hubs.size());
    for (int i = 0; i < hubs.size(); i++) {
      int lane = i;
      lanes.lane(lane).execute(() -> task.run(lane, all::countDown));
    }
    try {
      return all.await(millisMax, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
