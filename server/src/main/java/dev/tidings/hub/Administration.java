package dev.tidings.hub;

import static dev.tidings.protocol.ErrorCode.BAD_REQUEST;
import static dev.tidings.protocol.ErrorCode.FORBIDDEN;

import dev.tidings.auth.LabelFilter;
import dev.tidings.conversation.Channel;
import dev.tidings.engine.Answer;
import dev.tidings.engine.Change;
import dev.tidings.engine.ConversationId;
import dev.tidings.engine.Sanction;
import dev.tidings.engine.Ticket;
import dev.tidings.hub.OtherNodes.Kick;
import dev.tidings.protocol.Command;
import dev.tidings.protocol.Command.AdminAction;
import dev.tidings.protocol.JsonWriter;
import dev.tidings.session.Session;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/// `admin`: what the operator says of users, tokens and connections, and for whom announcement
/// channels are.
///
/// It is kept first. From then on [Admission] lets nobody in against it, and every lane is told to
/// look through those who are in already: whoever was let in before is closed by that, so nobody
/// slips through between. That happens also when the one who asked is gone by then.
final class Administration {
  private static final int LIST_PER_PAGE = 200;

  /// A filter has up to 512 bytes.
  private static final int CHANNELS_PER_PAGE = 32;

  private final Shard shard;
  private final Replies replies;
  private final Neighbours neighbours;

  Administration(Shard shard, Replies replies, Neighbours neighbours) {
    this.shard = shard;
    this.replies = replies;
    this.neighbours = neighbours;
  }

  void admin(Request request, Command.Admin admin) {
    if (!request.identity().service()) {
      replies.err(request, FORBIDDEN, "only for an operator's backend");
      return;
    }
    switch (admin.action()) {
      case AdminAction.Block(String user, boolean blocked) -> {
        if (blocked && user.equals(request.session().user())) {
          replies.err(request, FORBIDDEN, "nobody blocks himself");
        } else {
          say(
              request,
              user,
              before -> new Sanction(blocked, before.muted(), before.revokedBeforeMillis()));
        }
      }
      case AdminAction.Mute(String user, boolean muted) ->
          say(
              request,
              user,
              before -> new Sanction(before.blocked(), muted, before.revokedBeforeMillis()));
      case AdminAction.RevokeUser revoke -> {
        long now = shard.clock.epochMillis();
        long before = revoke.beforeMillis().orElse(now + 1);
        say(
            request,
            revoke.user(),
            was ->
                new Sanction(
                    was.blocked(), was.muted(), Math.max(was.revokedBeforeMillis(), before)));
      }
      case AdminAction.RevokeToken(String id) ->
          decide(
              request,
              ticket -> new Change.RevokeToken(ticket, id),
              Kick.Of.TOKEN,
              id,
              (answer, out) -> out.name("jti").string(id));
      case AdminAction.KickUser(String user, String device) -> {
        request.session().began();
        putOut(
            new Kick(Kick.Of.USER, user, device, 0),
            closed -> kicked(request, out -> out.name("user").plain(user), closed));
      }
      case AdminAction.KickConnection(String name) -> {
        request.session().began();
        putOut(
            new Kick(Kick.Of.CONNECTION, name, "", 0),
            closed -> kicked(request, out -> out.name("conn").string(name), closed));
      }
      case AdminAction.Erase(String user) -> {
        if (user.equals(request.session().user())) {
          replies.err(request, FORBIDDEN, "nobody erases himself");
        } else {
          erase(request, user);
        }
      }
      case AdminAction.DefineChannel(String name, String filter) -> define(request, name, filter);
      case AdminAction.RemoveChannel(String name) -> remove(request, name);
      case AdminAction.Channels(String next) -> channels(request, next);
      case AdminAction.Sanctions(String next) ->
          list(request, next, shard.engine.sanctions().page(next, LIST_PER_PAGE));
    }
  }

  private interface Fields {
    void write(Answer answer, JsonWriter out);
  }

  private void say(Request request, String user, UnaryOperator<Sanction> change) {
    decide(
        request,
        ticket -> new Change.Sanctioning(ticket, user, change),
        Kick.Of.UNWELCOME,
        user,
        (answer, out) -> {
          out.name("user").plain(user);
          if (answer instanceof Answer.Sanctioned(Sanction now)) {
            sanction(out, now);
          }
        });
  }

  /// Has it kept, has every lane and node see to it, and answers once the lanes here have.
  private void decide(
      Request request, Function<Ticket, Change> change, Kick.Of of, String who, Fields fields) {
    request.session().began();
    submit(
        request,
        change,
        answer ->
            putOut(
                new Kick(of, who, "", shard.engine.commit()),
                closed -> kicked(request, out -> fields.write(answer, out), closed)));
  }

  /// Hands `then` how many were put out on this node.
  private void putOut(Kick kick, Consumer<Integer> then) {
    neighbours.others().kick(kick);
    tellLanes(hub -> hub.kick(kick), then);
  }

  /// Hands `then` what became of it, unless it was refused, which is said.
  private void submit(Request request, Function<Ticket, Change> change, Consumer<Answer> then) {
    Ticket ticket =
        Ticket.of(
            shard.index,
            answer -> {
              if (answer instanceof Answer.Refused) {
                answered(request, () -> replies.refused(request, answer));
              } else {
                then.accept(answer);
              }
            });
    if (!shard.engine.submit(change.apply(ticket))) {
      answered(request, () -> replies.busy(request));
    }
  }

  /// He is put out before, so that what he has asked comes before it; and once more behind it, for
  /// who came back meanwhile was let in as one who is no more.
  private void erase(Request request, String user) {
    request.session().began();
    putOut(
        new Kick(Kick.Of.USER, user, "", 0),
        before ->
            submit(
                request,
                ticket -> new Change.Erase(ticket, user),
                kept ->
                    putOut(
                        new Kick(Kick.Of.USER, user, "", shard.engine.commit()),
                        behind ->
                            kicked(
                                request, out -> out.name("user").plain(user), before + behind))));
  }

  private void define(Request request, String name, String text) {
    LabelFilter filter;
    try {
      filter = LabelFilter.parse(text);
    } catch (IllegalArgumentException e) {
      replies.err(request, BAD_REQUEST, "filter: " + e.getMessage());
      return;
    }
    ConversationId channel = new ConversationId(ConversationId.Kind.ANNOUNCEMENT, name);
    change(
        request,
        channel,
        ticket -> new Change.DefineChannel(ticket, channel, filter.text()),
        out -> out.name("filter").string(filter.text()));
  }

  private void remove(Request request, String name) {
    ConversationId channel = new ConversationId(ConversationId.Kind.ANNOUNCEMENT, name);
    change(request, channel, ticket -> new Change.RemoveChannel(ticket, channel), out -> {});
  }

  /// When it is answered it holds on every lane.
  private void change(
      Request request,
      ConversationId channel,
      Function<Ticket, Change> change,
      Consumer<JsonWriter> fields) {
    if (channel.equals(ConversationId.ALL)) {
      replies.err(request, FORBIDDEN, "a:all is for everybody");
      return;
    }
    if (shard.settings.configures(channel.name())) {
      replies.err(request, FORBIDDEN, "the configuration says for whom " + channel + " is");
      return;
    }
    request.session().began();
    submit(
        request,
        change,
        kept ->
            tellLanes(
                hub -> 0,
                none ->
                    answered(
                        request,
                        () ->
                            replies.ok(
                                request,
                                out -> fields.accept(out.name("in").plain(channel.toString()))))));
  }

  private void channels(Request request, String from) {
    List<Channel> all =
        shard.channels.all().stream()
            .filter(channel -> channel.name().compareTo(from) >= 0)
            .sorted(Comparator.comparing(Channel::name))
            .toList();
    replies.ok(
        request,
        out -> {
          out.name("channels").beginArray();
          int count = 0;
          for (Channel channel : all) {
            if (count == CHANNELS_PER_PAGE) {
              break;
            }
            count++;
            out.beginObject().name("in").plain(channel.id().toString());
            out.name("filter").string(channel.filter().text());
            if (shard.settings.configures(channel.name())) {
              out.name("config").bool(true);
            }
            out.endObject();
          }
          out.endArray();
          if (count < all.size()) {
            out.name("next").plain(all.get(count).name());
          }
        });
  }

  /// Has every lane do `what`, and hands `then` the sum of what they answer, on this lane.
  private void tellLanes(Function<Hub, Integer> what, Consumer<Integer> then) {
    int[] missing = {neighbours.count()};
    int[] sum = {0};
    neighbours.tellAll(hub -> {
      int part = what.apply(hub);
      shard.lane.execute(() -> {
        sum[0] += part;
        missing[0]--;
        if (missing[0] == 0) {
          then.accept(sum[0]);
        }
      });
    });
  }

  private void kicked(Request request, Consumer<JsonWriter> fields, int closed) {
    answered(
        request,
        () ->
            replies.ok(
                request,
                out -> {
                  fields.accept(out);
                  out.name("closed").number(closed);
                }));
  }

  private void answered(Request request, Runnable answer) {
    Session session = request.session();
    session.answered();
    if (!session.isClosed()) {
      shard.guarded(session, answer);
      session.updateReading();
    }
  }

  private void list(Request request, String from, Answer.SanctionsPage page) {
    replies.ok(
        request,
        out -> {
          out.name("users").beginArray();
          for (Answer.SanctionedUser each : page.users()) {
            out.beginObject().name("user").plain(each.user());
            sanction(out, each.sanction());
            out.endObject();
          }
          out.endArray().name("tokens").beginArray();
          page.tokens().forEach(out::string);
          out.endArray();
          List<String> erasing = shard.engine.erasing();
          if (from.isEmpty() && !erasing.isEmpty()) {
            out.name("erasing").beginArray();
            erasing.forEach(out::plain);
            out.endArray();
          }
          if (!page.next().isEmpty()) {
            out.name("next").string(page.next());
          }
        });
  }

  private static void sanction(JsonWriter out, Sanction sanction) {
    out.name("blocked").bool(sanction.blocked()).name("muted").bool(sanction.muted());
    if (sanction.revokedBeforeMillis() > 0) {
      out.name("before").number(sanction.revokedBeforeMillis());
    }
  }
}
