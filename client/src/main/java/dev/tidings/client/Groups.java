package dev.tidings.client;

import dev.tidings.client.json.Json;
import dev.tidings.client.json.ObjBuilder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// What can be done with groups (docs/protocol.md §10). Each returns the server's `ok`; members
/// learn of a change by an entry in the group's log. Fails like [TidingsClient#request].
public final class Groups {
  private final TidingsClient client;

  Groups(TidingsClient client) {
    this.client = client;
  }

  /// Who may become a member.
  public enum Join {
    /// Whom a member lets in.
    INVITE,
    /// Anyone.
    OPEN
  }

  /// What a member may do.
  public enum Role {
    /// Everything.
    OWNER("owner"),
    /// Let others in and put them out, and change settings.
    ADMIN("admin"),
    /// Read and send.
    MEMBER("member"),
    /// Only read.
    MUTE("mute");

    private final String wire;

    Role(String wire) {
      this.wire = wire;
    }
  }

  /// Makes a group, with me as owner.
  public CompletableFuture<Json.Obj> create(
      String in, String title, List<String> members, Join join) {
    return create(in, title, members, join, false);
  }

  /// Makes a group, with me as owner.
  ///
  /// @param quiet no entries say who joins and leaves: for very large groups
  public CompletableFuture<Json.Obj> create(
      String in, String title, List<String> members, Join join, boolean quiet) {
    return client.request(
        unit("create", in)
            .put("title", title)
            .put("members", members)
            .put("join", join == Join.OPEN ? "open" : "invite")
            .put("quiet", quiet)
            .build());
  }

  /// Enters an open group.
  public CompletableFuture<Json.Obj> join(String in) {
    return client.request(unit("join", in).build());
  }

  /// Leaves.
  public CompletableFuture<Json.Obj> leave(String in) {
    return client.request(unit("leave", in).build());
  }

  /// Lets users in; for admins and owners.
  public CompletableFuture<Json.Obj> add(String in, List<String> who) {
    return client.request(unit("add", in).put("who", who).build());
  }

  /// Removes users; for admins and owners.
  public CompletableFuture<Json.Obj> remove(String in, List<String> who) {
    return client.request(unit("remove", in).put("who", who).build());
  }

  /// Changes settings, for admins and owners: those among `title`, `data`, `join`, `quiet`, `past`
  /// and `send` that are named in `settings`.
  public CompletableFuture<Json.Obj> set(String in, Json.Obj settings) {
    return client.request(unit("set", in).putAll(settings).build());
  }

  /// Gives members their roles, all of them or none; owners every role, admins only [Role#MEMBER]
  /// and [Role#MUTE].
  public CompletableFuture<Json.Obj> roles(String in, Map<String, Role> roles) {
    ObjBuilder words = Json.object();
    roles.forEach((user, role) -> words.put(user, role.wire));
    return client.request(unit("set", in).put("roles", words.build()).build());
  }

  /// Makes `to` owner in place of `from`, who is one and becomes a member.
  public CompletableFuture<Json.Obj> handOver(String in, String from, String to) {
    Map<String, Role> roles = new LinkedHashMap<>();
    roles.put(from, Role.MEMBER);
    roles.put(to, Role.OWNER); // the last word, should they be the same
    return roles(in, roles);
  }

  /// Ends the group for everybody; for owners.
  public CompletableFuture<Json.Obj> delete(String in) {
    return client.request(unit("delete", in).build());
  }

  /// Title, settings and my role; for members.
  public CompletableFuture<Json.Obj> info(String in) {
    return client.request(unit("info", in).build());
  }

  /// A page of members; for members.
  ///
  /// @param next the page token of the reply before
  public CompletableFuture<Json.Obj> members(String in, Optional<String> next) {
    ObjBuilder unit = unit("members", in);
    next.ifPresent(token -> unit.put("next", token));
    return client.request(unit.build());
  }

  private static ObjBuilder unit(String what, String in) {
    return Json.object().put("op", "group").put("do", what).put("in", in);
  }
}
