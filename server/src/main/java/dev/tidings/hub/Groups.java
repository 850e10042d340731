package dev.tidings.hub;

import dev.tidings.conversation.EntryWriter;
import dev.tidings.engine.Answer;
import dev.tidings.engine.Change;
import dev.tidings.engine.ConversationId;
import dev.tidings.engine.GroupSettings;
import dev.tidings.engine.Query;
import dev.tidings.engine.Role;
import dev.tidings.engine.Ticket;
import dev.tidings.protocol.Address;
import dev.tidings.protocol.Command;
import dev.tidings.protocol.Command.GroupAction;
import dev.tidings.protocol.ErrorCode;
import dev.tidings.protocol.JsonWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/// `group`: what `do` selects.
final class Groups {
  private static final int MEMBERS_PER_PAGE = 200;

  private final Shard shard;
  private final Replies replies;
  private final Reading reading;

  Groups(Shard shard, Replies replies, Reading reading) {
    this.shard = shard;
    this.replies = replies;
    this.reading = reading;
  }

  void group(Request request, Command.Group group) {
    String verb = verb(group.action());
    if (!request.identity().caps().mayDo(verb)) {
      replies.err(request, ErrorCode.FORBIDDEN, "may not " + verb + " groups");
      return;
    }
    ConversationId id = ConversationId.group(group.in().name());
    String actor = request.actor();
    String cid = group.cid();
    boolean privileged = request.privileged();
    switch (group.action()) {
      case GroupAction.Create create ->
          change(
              request,
              group.in(),
              ticket ->
                  new Change.CreateGroup(
                      ticket, id, actor, cid, create.settings(), create.members()));
      case GroupAction.Join _ ->
          change(request, group.in(), ticket -> new Change.JoinGroup(ticket, id, actor, cid));
      case GroupAction.Leave _ ->
          change(request, group.in(), ticket -> new Change.LeaveGroup(ticket, id, actor, cid));
      case GroupAction.Add add ->
          change(
              request,
              group.in(),
              ticket -> new Change.AddMembers(ticket, id, actor, cid, add.who(), privileged));
      case GroupAction.Remove remove ->
          change(
              request,
              group.in(),
              ticket -> new Change.RemoveMembers(ticket, id, actor, cid, remove.who(), privileged));
      case GroupAction.Set set ->
          change(
              request,
              group.in(),
              ticket ->
                  new Change.SetGroup(
                      ticket, id, actor, cid, set.settings(), roles(set), privileged));
      case GroupAction.Delete _ ->
          change(
              request,
              group.in(),
              ticket -> new Change.DeleteGroup(ticket, id, actor, cid, privileged));
      case GroupAction.Info _ ->
          reading.read(request, new Query.Info(id, actor, privileged), this::info);
      case GroupAction.Members members ->
          reading.read(
              request,
              new Query.Members(id, actor, members.next(), MEMBERS_PER_PAGE, privileged),
              this::members);
    }
  }

  private static String verb(GroupAction action) {
    return switch (action) {
      case GroupAction.Create _ -> "create";
      case GroupAction.Join _ -> "join";
      case GroupAction.Leave _ -> "leave";
      case GroupAction.Add _ -> "add";
      case GroupAction.Remove _ -> "remove";
      case GroupAction.Set _ -> "set";
      case GroupAction.Delete _ -> "delete";
      case GroupAction.Info _ -> "info";
      case GroupAction.Members _ -> "members";
    };
  }

  private static Map<String, Role> roles(GroupAction.Set set) {
    Map<String, Role> roles = new LinkedHashMap<>();
    set.roles().forEach((user, word) -> Role.of(word).ifPresent(role -> roles.put(user, role)));
    return roles;
  }

  private void change(Request request, Address in, Function<Ticket, Change> change) {
    if (!Asked.change(request, shard, change, (asking, answer) -> changed(asking, in, answer))) {
      replies.busy(request);
    }
  }

  private void changed(Request request, Address in, Answer answer) {
    if (replies.refused(request, answer) || !(answer instanceof Answer.Appended done)) {
      return;
    }
    replies.ok(
        request,
        out -> {
          out.name("in").plain(in.toString()).name("epoch").plain(done.conversation().epoch());
          if (done.seq() > 0) {
            out.name("seq").number(done.seq()).name("ts").number(done.tsMillis());
          }
          out.name("level").plain(done.level().wire());
          if (done.duplicate()) {
            out.name("dup").bool(true);
          }
        });
  }

  private void info(Request request, Answer answer) {
    if (replies.refused(request, answer) || !(answer instanceof Answer.GroupInfo info)) {
      return;
    }
    replies.ok(
        request,
        out -> {
          out.name("in").plain(info.conversation().id().toString());
          Replies.epoch(out, info.conversation());
          GroupSettings settings = info.settings();
          out.name("title").string(settings.title());
          data(out, settings);
          out.name("join").plain(settings.open() ? "open" : "invite");
          out.name("quiet").bool(settings.quiet()).name("past").bool(settings.past());
          out.name("send").plain(settings.adminsSend() ? "admins" : "members");
          out.name("count").number(info.members());
          role(out, info.role());
          out.name("low").number(info.low()).name("head").number(info.head());
        });
  }

  private void members(Request request, Answer answer) {
    if (replies.refused(request, answer) || !(answer instanceof Answer.MembersPage page)) {
      return;
    }
    replies.ok(
        request,
        out -> {
          out.name("in").plain(page.conversation().id().toString());
          out.name("count").number(page.count());
          out.name("members").beginArray();
          for (Answer.Member member : page.members()) {
            out.beginObject().name("user").plain(member.user());
            role(out, member.role());
            EntryWriter.marks(out, member.got(), member.read());
            out.endObject();
          }
          out.endArray();
          if (!page.next().isEmpty()) {
            out.name("next").plain(page.next());
          }
        });
  }

  /// `data`, where the group has some.
  static void data(JsonWriter out, GroupSettings settings) {
    if (settings.data().sizeBytes() > 0) {
      out.name("data").raw(settings.data().json());
    }
  }

  private static void role(JsonWriter out, String role) {
    if (!role.isEmpty()) {
      out.name("role").plain(role);
    }
  }
}
