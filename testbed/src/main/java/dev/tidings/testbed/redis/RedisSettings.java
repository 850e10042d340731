package dev.tidings.testbed.redis;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// How a Redis is started. Immutable; each `with…` answers another one.
///
/// @param directives of redis.conf, name and values
/// @param users for its access control list: name and the rest of the rule
/// @param login whom [RedisProcess#connect()] is; empty: nobody in particular
/// @param tls how it is spoken to; empty: in plain
public record RedisSettings(
    Map<String, String> directives,
    List<String> users,
    Optional<Login> login,
    Optional<Encryption> tls) {

  /// Somebody in its access control list. `default` is who only has a password.
  public record Login(String user, String password) {}

  /// @param trusting who believes the certificate
  public record Encryption(Path certificate, Path key, SSLContext trusting) {}

  /// Nothing is kept, nothing is synced: the fastest to start and to use.
  public static final RedisSettings IN_MEMORY =
      new RedisSettings(
          Map.of("save", "\"\"", "appendonly", "no", "repl-diskless-sync-delay", "0"),
          List.of(),
          Optional.empty(),
          Optional.empty());

  /// What it answered is on disk: an append-only file, synced before each answer.
  public static final RedisSettings ON_DISK =
      IN_MEMORY.with("appendonly", "yes").with("appendfsync", "always");

  /// An append-only file that is synced once a second: a kill of Redis loses nothing, a machine
  /// that goes down may.
  public static final RedisSettings EVERY_SECOND =
      IN_MEMORY.with("appendonly", "yes").with("appendfsync", "everysec");

  public RedisSettings {
    directives = Collections.unmodifiableMap(new LinkedHashMap<>(directives));
    users = List.copyOf(users);
  }

  /// Without any directive: who is spoken to, and how, stays.
  RedisSettings bare() {
    return new RedisSettings(Map.of(), List.of(), Optional.empty(), tls);
  }

  /// A line of redis.conf, in place of an earlier one of that name.
  public RedisSettings with(String directive, String values) {
    Map<String, String> all = new LinkedHashMap<>(directives);
    all.put(directive, values);
    return new RedisSettings(all, users, login, tls);
  }

  /// No more memory than that; what does not fit is refused, or pushes out others as `policy` says.
  public RedisSettings withMemory(String bytesMax, String policy) {
    return with("maxmemory", bytesMax).with("maxmemory-policy", policy);
  }

  /// The old way: one password for everybody.
  public RedisSettings withPassword(String password) {
    return new RedisSettings(
        with("requirepass", password).with("masterauth", password).directives,
        users,
        Optional.of(new Login("default", password)),
        tls);
  }

  /// One user who may do everything, and nobody else.
  public RedisSettings withUser(String name, String password) {
    return withUser(name, password, "~* &* +@all");
  }

  /// One user who may do what `rules` say, and nobody else; replicas come as this one too.
  public RedisSettings withUser(String name, String password, String rules) {
    List<String> all = new ArrayList<>(users);
    all.add("user default off");
    all.add("user " + name + " on >" + password + " " + rules);
    return new RedisSettings(
        with("masteruser", name).with("masterauth", password).directives,
        all,
        Optional.of(new Login(name, password)),
        tls);
  }

  /// Spoken to inside TLS only.
  public RedisSettings withTls(Path certificate, Path key, SSLContext trusting) {
    return new RedisSettings(
        directives, users, login, Optional.of(new Encryption(certificate, key, trusting)));
  }

  /// For [RedisConnection].
  @Nullable SSLContext trusting() {
    return tls.map(Encryption::trusting).orElse(null);
  }

  /// What stands in a URI before the host: `user:password@`, or nothing.
  String userInfo() {
    return login
        .map(one -> (one.user().equals("default") ? "" : one.user()) + ":" + one.password() + "@")
        .orElse("");
  }

  /// The text of redis.conf.
  String text(int port, Path folder) {
    List<String> lines = new ArrayList<>();
    lines.add("bind 127.0.0.1");
    lines.add("protected-mode no");
    lines.add("daemonize no");
    lines.add("logfile \"\"");
    lines.add("dir " + folder);
    if (tls.isPresent()) {
      Encryption files = tls.get();
      lines.add("port 0");
      lines.add("tls-port " + port);
      lines.add("tls-cert-file " + files.certificate());
      lines.add("tls-key-file " + files.key());
      lines.add("tls-ca-cert-file " + files.certificate());
      lines.add("tls-auth-clients no");
      lines.add("tls-replication yes");
      lines.add("tls-cluster yes");
    } else {
      lines.add("port " + port);
    }
    directives.forEach((name, values) -> lines.add(name + " " + values));
    lines.addAll(users);
    return String.join("\n", lines) + "\n";
  }
}
