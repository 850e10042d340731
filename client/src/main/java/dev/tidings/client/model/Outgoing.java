package dev.tidings.client.model;

import dev.tidings.client.json.Json;
import dev.tidings.client.json.ObjBuilder;
import java.time.Duration;
import java.util.List;

/// What to send. [#to(String, Json)] is enough for most; each `with…` returns a copy.
///
/// Without [#withCid] the client invents a `cid`, which makes its own repeats safe. An application
/// that keeps its unsent messages over a restart names the `cid` itself and may send them again.
public final class Outgoing {
  private final Json.Obj fields;

  private Outgoing(Json.Obj fields) {
    this.fields = fields;
  }

  /// A payload for a `u:`, `g:`, `a:` or `t:` address.
  public static Outgoing to(String to, Json data) {
    return new Outgoing(Json.object().put("to", to).put("data", data).build());
  }

  /// The application's own id, at most 64 bytes, unique over all devices of the user.
  public Outgoing withCid(String cid) {
    return with(Json.object().put("cid", cid));
  }

  /// Users whom it names: it counts for their mentions. At most 50.
  public Outgoing withMention(List<String> users) {
    return with(Json.object().put("mention", users));
  }

  /// How long it is worth something: then it becomes void. In whole seconds, at least one.
  public Outgoing withTtl(Duration life) {
    return with(Json.object().put("ttl", Math.max(1, life.toSeconds())));
  }

  /// What it is the newest of, in topics without log of the policy `latest`.
  public Outgoing withKey(String key) {
    return with(Json.object().put("key", key));
  }

  /// With a service token: the user to act for.
  public Outgoing withAs(String user) {
    return with(Json.object().put("as", user));
  }

  /// The fields of the wire's `send`, without `op` and `id`.
  public Json.Obj fields() {
    return fields;
  }

  private Outgoing with(ObjBuilder more) {
    return new Outgoing(Json.object().putAll(fields).putAll(more.build()).build());
  }
}
