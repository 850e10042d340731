package dev.tidings.running;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.Server;
import dev.tidings.auth.Tokens;
import dev.tidings.base.Clock;
import dev.tidings.config.ConversationSettings;
import dev.tidings.config.Network;
import dev.tidings.config.ServerSettings;
import dev.tidings.engine.Level;
import dev.tidings.lane.Io;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// A server on a free port, shared by the stories of one class.
///
/// Beside every story two bystanders talk to each other over connections of their own: after each
/// story both must still be there and hear each other. At the end no buffer may be lost.
public final class RunningServer implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {
  /// For servers that believe only tokens.
  public static final String KEY = "a key of at least thirty-two bytes, for tests";

  private static final int LANES = 2;
  private static final int FEW_BYTES = 8 * 1024;

  /// Of the servers that begin from now on.
  private static Network network = Network.DEFAULTS;

  private final String key;
  private final boolean rateLimits;
  private final Level durability;
  private final List<AutoCloseable> opened = new ArrayList<>();

  /// Of the class and the classes nested in it, all of which share this server.
  private int classesUnderWay;

  /// With TLS.
  private boolean encrypted;

  private int drainSeconds;

  private ConversationSettings conversations = ConversationSettings.DEFAULTS;

  /// With the plain relay.
  private boolean relaying;

  private @Nullable Certificates certificates;
  private @Nullable Path data;
  private @Nullable Server server;
  private @Nullable Bystanders bystanders;

  private RunningServer(String key, boolean rateLimits, Level durability) {
    this.key = key;
    this.rateLimits = rateLimits;
    this.durability = durability;
  }

  /// Names are believed.
  public static RunningServer inDevelopment() {
    return new RunningServer("", true, Level.DISK);
  }

  /// Names are believed, and nobody is told that he sends too fast.
  public static RunningServer withoutRateLimits() {
    return new RunningServer("", false, Level.MEMORY);
  }

  /// And TLS is spoken beside what is plain.
  public RunningServer withTls() {
    encrypted = true;
    return this;
  }

  /// And what was said can be searched.
  public RunningServer withSearch() {
    conversations = conversations.withSearch(true);
    return this;
  }

  /// And when it is stopped all have so many seconds to go elsewhere.
  public RunningServer withDrain(int seconds) {
    drainSeconds = seconds;
    return this;
  }

  /// And the plain relay is open, on a port of its own.
  public RunningServer withRelay() {
    relaying = true;
    return this;
  }

  /// Only tokens signed with [#KEY] are believed.
  public static RunningServer withKey() {
    return new RunningServer(KEY, true, Level.DISK);
  }

  /// Has the servers that begin while `stories` runs speak to the world in this way.
  static void on(Network other, Runnable stories) {
    Network before = network;
    network = other;
    try {
      stories.run();
    } finally {
      network = before;
    }
  }

  /// How the servers wait for sockets.
  public static Io io() {
    return network.io().resolved();
  }

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    if (classesUnderWay++ > 0) {
      return;
    }
    Leaks.watch();
    data = Files.createTempDirectory("tidings");
    start();
    bystanders = new Bystanders(bystander("ann"), bystander("ben"));
  }

  /// Starts it again on what it has kept. Only behind [#stop()].
  public void start() throws IOException {
    Path folder = Objects.requireNonNull(data, "made before all stories");
    server =
        new Server(
            new ServerSettings(
                ServerSettings.address("127.0.0.1", 0),
                folder,
                key,
                durability,
                rateLimits,
                List.of("kept.*"),
                LANES,
                conversations,
                network(folder),
                Optional.empty()));
  }

  private Network network(Path folder) throws IOException {
    Network all = (encrypted ? withCertificate(folder) : network).withDrain(drainSeconds);
    return relaying ? all.withRelay(ServerSettings.address("127.0.0.1", 0)) : all;
  }

  private Network withCertificate(Path folder) throws IOException {
    Path certificate = folder.resolve("certificate.pem");
    Path privateKey = folder.resolve("key.pem");
    if (certificates == null) {
      certificates = Certificates.make(folder, "EC").write(certificate, privateKey);
    }
    return network.withTls(certificate.toString(), privateKey.toString(), false);
  }

  /// Trusts this server, which speaks TLS.
  public SSLContext trusting() {
    return Certificates.trusting(certificates());
  }

  /// What it shows.
  public Certificates certificates() {
    return Objects.requireNonNull(certificates, "made when it was started");
  }

  private LineSpeaker bystander(String user) {
    LineSpeaker speaker = new LineSpeaker(Wire.to(address()));
    speaker.auth(credentials(user));
    return speaker;
  }

  private String credentials(String user) {
    return key.isEmpty() ? "\"user\":\"" + user + "\"" : "\"token\":\"" + token(user) + "\"";
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    for (AutoCloseable each : opened) {
      each.close();
    }
    opened.clear();
    if (bystanders != null) {
      bystanders.talk();
    }
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException {
    if (--classesUnderWay > 0) {
      return;
    }
    if (bystanders != null) {
      bystanders.leave();
    }
    if (server != null) {
      server.close();
    }
    if (data != null) {
      delete(data);
    }
    Leaks.assertNone();
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private Server server() {
    return Objects.requireNonNull(server, "started before all stories");
  }

  public InetSocketAddress address() {
    return server().address();
  }

  /// Somebody at the relay who has said nothing yet.
  public Wire relay() {
    return relay(0);
  }

  /// As [#relay()], for whom his own machine takes little that he does not read.
  public Wire relayOfFewBytes() {
    return relay(FEW_BYTES);
  }

  private Wire relay(int receiveBytes) {
    return closing(Wire.to(server().relayAddress().orElseThrow(), receiveBytes));
  }

  /// The key that tokens are signed with; in development mode it is a token itself.
  public String key() {
    return server().key();
  }

  /// Ends the server in the middle of a story, which the bystanders are not part of then.
  public void stop() {
    if (bystanders != null) {
      bystanders.leave();
    }
    bystanders = null;
    server().close();
    server = null;
  }

  // Those who talk to it. All are closed after the story.

  public <C extends AutoCloseable> C closing(C client) {
    opened.add(client);
    return client;
  }

  public Wire wire() {
    return closing(Wire.to(address()));
  }

  /// Somebody on a line who has said nothing yet.
  public LineSpeaker line() {
    return new LineSpeaker(wire());
  }

  /// Somebody on a line who is `user`.
  public LineSpeaker line(String user) {
    LineSpeaker speaker = line();
    speaker.auth(credentials(user));
    return speaker;
  }

  /// Somebody on a line whose own machine takes little that he does not read.
  public LineSpeaker lineOfFewBytes(String user) {
    LineSpeaker speaker = new LineSpeaker(closing(Wire.to(address(), FEW_BYTES)));
    speaker.auth(credentials(user));
    return speaker;
  }

  /// As [#lineOfFewBytes], on a WebSocket.
  public WebSocketSpeaker webSocketOfFewBytes(String user) {
    HttpSpeaker http = new HttpSpeaker(closing(Wire.to(address(), FEW_BYTES)));
    WebSocketSpeaker speaker = handshaken(http, "/v1/ws");
    speaker.auth(credentials(user));
    return speaker;
  }

  /// Somebody on a WebSocket who has said nothing yet.
  public WebSocketSpeaker webSocket() {
    return webSocketAt("/v1/ws");
  }

  /// Somebody on a WebSocket who is `user`.
  public WebSocketSpeaker webSocket(String user) {
    WebSocketSpeaker speaker = webSocket();
    speaker.auth(credentials(user));
    return speaker;
  }

  /// Shakes hands at `target`, with more headers.
  public WebSocketSpeaker webSocketAt(String target, String... headers) {
    return handshaken(http(), target, headers);
  }

  private static WebSocketSpeaker handshaken(HttpSpeaker http, String target, String... headers) {
    HttpSpeaker.Response response = http.say(handshake(target, headers), new byte[0]).next();
    assertThat(response.status()).as(response.body()).isEqualTo(101);
    // RFC 6455 §1.3 has this key and its answer as the example.
    assertThat(response.header("Sec-WebSocket-Accept")).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    return WebSocketSpeaker.after(http);
  }

  /// The lines of a handshake at `target`, with more headers.
  public static List<String> handshake(String target, String... headers) {
    List<String> head =
        new ArrayList<>(
            List.of(
                "GET " + target + " HTTP/1.1",
                "Host: localhost",
                "Connection: Upgrade",
                "Upgrade: websocket",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="));
    head.addAll(List.of(headers));
    return head;
  }

  /// Somebody who hears the events of `/v1/stream` with this query.
  public EventSpeaker stream(String query, String... headers) {
    return streamOn(http(), query, headers);
  }

  /// As [#stream], on a machine that takes little that he does not read.
  public EventSpeaker streamOfFewBytes(String query) {
    return streamOn(new HttpSpeaker(closing(Wire.to(address(), FEW_BYTES))), query);
  }

  /// As [#stream], over this connection.
  public static EventSpeaker streamOn(HttpSpeaker http, String query, String... headers) {
    List<String> head = new ArrayList<>();
    head.add("GET /v1/stream?" + query + " HTTP/1.1");
    head.add("Host: localhost");
    head.addAll(List.of(headers));
    HttpSpeaker.Response response = http.say(head, new byte[0]).next();
    assertThat(response.status()).as(response.body()).isEqualTo(200);
    return new EventSpeaker(http, response);
  }

  /// HTTP by hand.
  public HttpSpeaker http() {
    return new HttpSpeaker(wire());
  }

  public URI uri(String path) {
    return URI.create("http://127.0.0.1:" + address().getPort() + path);
  }

  /// Asks with the JDK's own client.
  public HttpResponse<String> fetch(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  /// A token of this server's key for `user`.
  public String token(String user) {
    return token(user, List.of());
  }

  /// A token for `user` who may send only to these patterns of addresses.
  public String token(String user, List<String> maySend) {
    return new Tokens(key()).sign(user, false, maySend, Clock.system().epochMillis(), 3_600);
  }

  /// A token for `user` with these `caps`.
  public String tokenWithCaps(String user, Map<String, List<String>> caps) {
    return new Tokens(key())
        .sign(user, false, caps, Map.of(), "", Clock.system().epochMillis(), 3_600);
  }

  /// A token for `user` with these `caps` and labels.
  public String tokenWithLabels(
      String user, Map<String, List<String>> caps, Map<String, String> labels) {
    return new Tokens(key())
        .sign(user, false, caps, labels, "", Clock.system().epochMillis(), 3_600);
  }

  /// A token for a backend with these `caps`.
  public String serviceTokenWithCaps(String user, Map<String, List<String>> caps) {
    return new Tokens(key())
        .sign(user, true, caps, Map.of(), "", Clock.system().epochMillis(), 3_600);
  }

  /// A token for a backend.
  public String serviceToken(String user) {
    return new Tokens(key()).sign(user, true, List.of("*"), Clock.system().epochMillis(), 3_600);
  }

  /// Two who talk to each other and want to know of nothing else.
  private static final class Bystanders {
    private final LineSpeaker ann;
    private final LineSpeaker ben;
    private long said;

    Bystanders(LineSpeaker ann, LineSpeaker ben) {
      this.ann = ann;
      this.ben = ben;
    }

    void talk() {
      tell(ann, "u:ben", ben);
      tell(ben, "u:ann", ann);
    }

    private void tell(LineSpeaker from, String to, LineSpeaker other) {
      said++;
      from.say("{\"op\":\"send\",\"to\":\"" + to + "\",\"data\":" + said + "}");
      assertThat(from.next("ok").number("seq")).isEqualTo(said);
      assertThat(from.next("msg").number("data")).isEqualTo(said);
      Unit heard = other.next("msg");
      assertThat(heard.number("seq")).isEqualTo(said);
      assertThat(heard.number("data")).isEqualTo(said);
    }

    void leave() {
      ann.close();
      ben.close();
    }
  }
}
