package dev.tidings.config;

import dev.tidings.auth.Tokens;
import dev.tidings.engine.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What an operator may choose, checked as a whole: a record that exists is safe to start with.
///
/// @param key the secret that tokens are signed with; `""` for development mode
/// @param keptTopics names of topics with a log, a final `*` for any ending
/// @param lanes event loops, at least 1
/// @param network how it speaks to the world, beside the address
/// @param cluster where it meets other nodes, if it is not alone
public record ServerSettings(
    InetSocketAddress address,
    Path data,
    String key,
    Level durability,
    boolean rateLimits,
    List<String> keptTopics,
    int lanes,
    ConversationSettings conversations,
    Network network,
    Optional<Cluster> cluster) {

  /// With the defaults for conversations and network.
  public ServerSettings(
      InetSocketAddress address,
      Path data,
      String key,
      Level durability,
      boolean rateLimits,
      List<String> keptTopics,
      int lanes) {
    this(
        address,
        data,
        key,
        durability,
        rateLimits,
        keptTopics,
        lanes,
        ConversationSettings.DEFAULTS,
        Network.DEFAULTS,
        Optional.empty());
  }

  /// A choice that cannot be started with. The message says which and why, for the operator.
  public static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public Refused(String message) {
      super(message);
    }
  }

  /// @throws Refused if the choices do not go together
  public ServerSettings {
    boolean loopback = address.getAddress().isLoopbackAddress();
    if (key.isEmpty() && !loopback) {
      throw new Refused(
          "--bind %s without --key: without a key anybody is believed to be whom he says he is, and"
                  .formatted(address.getAddress().getHostAddress())
              + " that is for this machine only. Give --key (or TIDINGS_KEY) with at least "
              + Tokens.KEY_BYTES_MIN
              + " bytes, or bind to 127.0.0.1.");
    }
    if (!key.isEmpty() && key.getBytes(StandardCharsets.UTF_8).length < Tokens.KEY_BYTES_MIN) {
      throw new Refused(
          "--key is too short: HS256 needs at least "
              + Tokens.KEY_BYTES_MIN
              + " bytes. For one:"
              + " openssl rand -base64 48");
    }
    if (!rateLimits && !loopback) {
      throw new Refused("--no-rate-limits is for measuring on this machine: bind to 127.0.0.1");
    }
    if (durability == Level.REPLICAS && cluster.isEmpty()) {
      throw new Refused(
          "--durability replicas: without --redis there are no replicas, choose disk or memory");
    }
    if (lanes < 1) {
      throw new Refused("--lanes " + lanes + ": at least 1");
    }
    for (String pattern : keptTopics) {
      if (!TopicPolicies.isOfTopics(pattern)) {
        throw new Refused("--keep-topics " + pattern + ": no topic can have such a name");
      }
    }
  }

  /// Listening there.
  public ServerSettings with(InetSocketAddress other) {
    return with(other, network);
  }

  public ServerSettings with(Network other) {
    return with(address, other);
  }

  private ServerSettings with(InetSocketAddress there, Network how) {
    return new ServerSettings(
        there, data, key, durability, rateLimits, keptTopics, lanes, conversations, how, cluster);
  }

  /// Names without tokens are believed.
  public boolean development() {
    return key.isEmpty();
  }

  /// @throws Refused if there is no such address
  public static InetSocketAddress address(String bind, int port) {
    if (port < 0 || port > 0xFFFF) {
      throw new Refused("--port " + port + ": ports go from 0 to 65535");
    }
    try {
      return new InetSocketAddress(InetAddress.getByName(bind), port);
    } catch (UnknownHostException e) {
      throw new Refused("--bind " + bind + ": there is no such address");
    }
  }
}
