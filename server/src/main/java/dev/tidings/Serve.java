package dev.tidings;

import dev.tidings.config.ConversationSettings;
import dev.tidings.config.Network;
import dev.tidings.config.ServerSettings;
import dev.tidings.config.Switch;
import dev.tidings.config.TimeSpan;
import dev.tidings.engine.Level;
import dev.tidings.lane.Io;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `tidings serve`: runs a node until it is told to end.
@Command(
    name = "serve",
    description =
        "Runs the server. Every option may also stand in the environment"
            + " (--no-rate-limits is TIDINGS_NO_RATE_LIMITS) or in the file of --config.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class Serve implements Callable<Integer> {
  /// Where there is another server to go to.
  private static final int DRAIN_SECONDS = 10;

  @Option(
      names = "--port",
      defaultValue = "8080",
      description = "The one port; 0 takes a free one.")
  private int port;

  @Option(
      names = "--bind",
      defaultValue = "127.0.0.1",
      description = "The address to listen on. Any but this machine's own demands --key.")
  private String bind = "127.0.0.1";

  @Option(names = "--data", defaultValue = "data", description = "The folder for everything kept.")
  private Path data = Path.of("data");

  @Option(
      names = "--key",
      defaultValue = "",
      description =
          "The secret that tokens (JWT, HS256) are signed with, at least 32 bytes."
              + " Without it names are believed, from this machine only.")
  private String key = "";

  @Option(
      names = "--durability",
      defaultValue = "disk",
      description =
          "What ok promises: disk (synced before ok), memory (faster, may lose the last moments"
              + " when the machine goes down), with --redis also replicas (on --redis-replicas of"
              + " them before ok). Every ok says what is true for it.")
  private Level durability = Level.DISK;

  @Option(
      names = "--keep-topics",
      split = ",",
      description =
          "Topics that have a log, for example news.*,alerts. Others live for the moment.")
  private List<String> keepTopics = List.of();

  @Option(
      names = "--retention",
      split = ",",
      description =
          "How much is kept, for example g:*=90d,t:news.*=1000+30d,u:*=10MB. The first that fits"
              + " decides; where none does, all is kept.")
  private List<String> retention = List.of();

  @Option(
      names = "--channels",
      split = ",",
      description =
          "Announcement channels for those whose token has such labels, for example"
              + " a:staff=role:staff,a:beta=platform:ios|android+version:3.*")
  private List<String> channels = List.of();

  @Option(
      names = "--topic-policies",
      split = ",",
      description =
          "What slow followers of topics without log miss, for example ticks.*=drop-oldest,"
              + "prices.*=latest:500 (the newest of each key, every 500 ms). Default: drop-newest.")
  private List<String> topicPolicies = List.of();

  @Option(
      names = "--edit-window",
      defaultValue = "24h",
      converter = TimeSpan.class,
      description = "How long an author may edit and recall: 90s, 15m, 24h, 7d; 0: not at all.")
  private Duration editWindow = Duration.ofDays(1);

  @Option(names = "--lanes", defaultValue = "0", description = "Event loops; 0 takes one per core.")
  private int lanes;

  @Option(
      names = "--group-members-max",
      defaultValue = "10000",
      description = "Members that a group may have, up to 100000.")
  private int groupMembersMax;

  @Option(
      names = "--search",
      defaultValue = "off",
      description =
          "on or off: whether what was said can be searched. The index takes place in the folder"
              + " of --data, and time when something is sent.")
  private Switch search = Switch.OFF;

  @Mixin private RedisOptions redis = new RedisOptions();

  @Option(
      names = "--redis-replicas",
      defaultValue = "1",
      description = "How many replicas must have it before ok, with --durability replicas.")
  private int redisReplicas;

  @Option(
      names = "--io",
      defaultValue = "auto",
      description =
          "How to wait for sockets: epoll, nio, io_uring (where the kernel permits), or auto:"
              + " epoll where there is one, else nio.")
  private Io io = Io.AUTO;

  @Option(
      names = "--tls-cert",
      defaultValue = "",
      description =
          "The certificate for TLS and its chain (PEM). A changed file is taken up within seconds.")
  private String tlsCert = "";

  @Option(names = "--tls-key", defaultValue = "", description = "The key of --tls-cert (PEM).")
  private String tlsKey = "";

  @Option(
      names = "--tls-only",
      fallbackValue = "true",
      description = "Speaks nothing but TLS. Otherwise the same port speaks both.")
  private boolean tlsOnly;

  @Option(
      names = "--relay",
      description =
          "Opens this port, too, without any protocol: what one writes there everybody else reads."
              + " Anybody may who can connect.")
  private @Nullable Integer relay;

  @Option(
      names = "--relay-bind",
      defaultValue = "127.0.0.1",
      description = "The address of --relay.")
  private String relayBind = "127.0.0.1";

  @Option(
      names = "--drain",
      description =
          "When told to end: seconds in which the clients move to another server, 0 to end at once"
              + " (default: 10, in development mode 0).")
  private @Nullable Integer drain;

  @Option(
      names = "--no-rate-limits",
      fallbackValue = "true", // or said here and in the environment it would be off
      description = "For measuring, on this machine only: no limit of sends per connection.")
  private boolean noRateLimits;

  @SuppressWarnings("UnusedVariable")
  @Option(names = "--config", description = "A YAML file with any of these options as keys.")
  private Path config = Path.of(""); // read by Defaults, before the other options are known

  @Override
  public Integer call() throws IOException, InterruptedException {
    ServerSettings settings =
        new ServerSettings(
            ServerSettings.address(bind, port),
            data,
            key,
            durability,
            !noRateLimits,
            keepTopics,
            lanes == 0 ? Runtime.getRuntime().availableProcessors() : lanes,
            ConversationSettings.parse(retention, channels, topicPolicies)
                .withEditWindow(editWindow)
                .withGroupMembersMax(groupMembersMax)
                .withSearch(search == Switch.ON),
            network(),
            redis.cluster().map(cluster -> cluster.withReplicas(redisReplicas)));
    Node node = new Node(settings);
    CountDownLatch ended = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("shutdown")
                .unstarted(() -> {
                  node.close();
                  ended.countDown();
                }));
    greet(System.out, settings, node.server());
    ended.await();
    return 0;
  }

  private Network network() {
    Network network = Network.DEFAULTS.with(io).withTls(tlsCert, tlsKey, tlsOnly);
    network = network.withDrain(drain != null ? drain : key.isEmpty() ? 0 : DRAIN_SECONDS);
    return relay == null ? network : network.withRelay(ServerSettings.address(relayBind, relay));
  }

  private static void greet(PrintStream out, ServerSettings settings, Server server) {
    String host =
        settings.address().getAddress().isAnyLocalAddress()
            ? "localhost"
            : settings.address().getHostString();
    int port = server.address().getPort();
    String at = host.equals("127.0.0.1") ? "localhost:" + port : host + ":" + port;
    out.printf(
        "Tidings answers on port %d, data in %s, level %s%n%n",
        port,
        settings
            .cluster()
            .map(cluster -> "Redis " + cluster.where() + " under " + cluster.prefix())
            .orElse(settings.data().toAbsolutePath().toString()),
        server.level().wire());
    Optional<Network.Encryption> tls = settings.network().encryption();
    boolean plain = tls.isEmpty() || !tls.get().only();
    if (plain) {
      out.printf("  http://%s/            the playground: alice and bob side by side%n", at);
      out.printf("  ws://%s/v1/ws         WebSocket%n", at);
      out.printf("  tcp://%s              lines of JSON, as nc speaks them%n%n", at);
    }
    if (tls.isPresent()) {
      out.printf(
          "  https://%s/           with TLS%s, certificate %s%n",
          at, plain ? " too" : "", tls.get().certificate());
      out.printf("  wss://%s/v1/ws%n", at);
      out.printf("  openssl s_client -quiet -connect %s%n%n", at);
    }
    if (server.relayAddress().isPresent()) {
      out.printf(
          "  nc localhost %d       the plain relay: what one writes the others read%n%n",
          server.relayAddress().get().getPort());
    }
    if (settings.development()) {
      out.printf("Development mode: names are believed, from this machine only.%n");
      out.printf("Development key: %s%n%n", server.key());
      out.printf("Paste into one terminal, and be alice:%n%n");
      if (plain) {
        out.printf("  nc localhost %d%n", port);
      } else {
        out.printf("  openssl s_client -quiet -connect localhost:%d%n", port);
      }
      out.printf("  {\"op\":\"auth\",\"user\":\"alice\"}%n%n");
      out.printf("and into another, to push to her (she finds it in u:server):%n%n");
      out.printf(
          "  curl %s-H \"Authorization: Bearer %s\" -d 'hello alice' %s://%s/v1/send/u:alice%n",
          plain ? "" : "--cacert " + tls.get().certificate() + " ",
          server.key(),
          plain ? "http" : "https",
          at);
    } else {
      out.printf("Tokens signed with the key are believed: ./tidings token --user alice%n");
    }
    if (tls.isEmpty() && !settings.address().getAddress().isLoopbackAddress()) {
      out.printf(
          "%nWarning: without --tls-cert all that is said here, tokens too, can be read on the"
              + " way.%n");
      out.printf("Give a certificate, or put a proxy with TLS in front.%n");
    }
    out.flush();
  }
}
