package dev.tidings.client;

import dev.tidings.client.json.Json;
import dev.tidings.client.json.ObjBuilder;
import java.util.List;
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

  /// Lets users in; for owners.
  public CompletableFuture<Json.Obj> add(String in, List<String> who) {
    return client.request(unit("add", in).put("who", who).build());
  }

  /// Removes users; for owners.
  public CompletableFuture<Json.Obj> remove(String in, List<String> who) {
    return client.request(unit("remove", in).put("who", who).build());
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
