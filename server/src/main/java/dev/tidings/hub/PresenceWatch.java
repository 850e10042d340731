package dev.tidings.hub;

import dev.tidings.conversation.Readers;
import dev.tidings.engine.Answer;
import dev.tidings.engine.ConversationId;
import dev.tidings.engine.Query;
import dev.tidings.engine.Ticket;
import dev.tidings.protocol.Address;
import dev.tidings.protocol.ErrorCode;
import dev.tidings.protocol.JsonWriter;
import dev.tidings.protocol.Units;
import dev.tidings.session.Frame;
import dev.tidings.session.Session;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/// Presence as this lane's connections follow it: of a user, or of a group's members.
///
/// Small groups are told who comes and goes; large ones only how many are here, at most every
/// [#COUNT_EVERY_MILLIS]. Best effort: a frame that finds no room is dropped, `sub` again
/// refreshes.
final class PresenceWatch {
  static final int SMALL_GROUP_MAX = 200;
  static final long COUNT_EVERY_MILLIS = 10_000;
  private static final int MEMBERS_PER_PAGE = 1_000;

  private final Shard shard;
  private final Replies replies;
  private final Reading reading;
  private final Map<String, Readers> users = new HashMap<>();
  private final Map<String, GroupWatch> groups = new HashMap<>();

  PresenceWatch(Shard shard, Replies replies, Reading reading) {
    this.shard = shard;
    this.replies = replies;
    this.reading = reading;
  }

  /// A group that somebody on this lane watches: its members are kept here meanwhile.
  private static final class GroupWatch {
    final String group;
    final long number;
    final Readers watchers = new Readers();
    final Set<String> members = new TreeSet<>();
    final Set<String> online = new LinkedHashSet<>();
    final List<Runnable> changedMeanwhile = new ArrayList<>();
    final List<Request> waiting = new ArrayList<>();
    boolean complete;
    boolean counted = true;
    long nextCountMillis;

    GroupWatch(String group, long number) {
      this.group = group;
      this.number = number;
    }

    boolean isSmall() {
      return members.size() <= SMALL_GROUP_MAX;
    }
  }

  // One user.

  void user(Request request, Address in) {
    Query query = new Query.PresenceOf(request.actor(), in.name(), request.privileged());
    reading.read(
        request,
        query,
        (asking, answer) -> {
          if (!replies.refused(asking, answer)) {
            Readers watchers = users.computeIfAbsent(in.name(), name -> new Readers());
            follow(asking.session(), watchers);
            replies.ok(asking, out -> state(out, in));
          }
        });
  }

  private void state(JsonWriter out, Address in) {
    Optional<Long> since = shard.online.onSinceMillis(in.name());
    out.name("in").plain(in.toString()).name("on").bool(since.isPresent());
    out.name("ts").number(since.orElse(shard.clock.epochMillis()));
  }

  private static void follow(Session session, Readers watchers) {
    if (!session.subscriptions().contains(watchers)) {
      watchers.add(session);
      session.follows(watchers);
    }
  }

  // A group.

  void group(Request request, Address in) {
    ConversationId id = ConversationId.group(in.name());
    Query may = new Query.Info(id, request.actor(), request.privileged());
    reading.read(
        request,
        may,
        (asking, answer) -> {
          if (!replies.refused(asking, answer) && answer instanceof Answer.GroupInfo info) {
            watch(asking, in.name(), info.conversation().number());
          }
        });
  }

  private void watch(Request request, String group, long number) {
    if (!isStillIn(request, number)) {
      return;
    }
    GroupWatch known = groups.get(group);
    GroupWatch watch = known == null ? new GroupWatch(group, number) : known;
    follow(request.session(), watch.watchers);
    if (watch.complete) {
      answer(watch, request);
      return;
    }
    request.session().began();
    watch.waiting.add(request);
    if (known == null) {
      groups.put(group, watch);
      readMembers(watch, request.actor(), "");
    }
  }

  /// Whether he who asks is in the group as far as this lane has heard. What was read for him may
  /// be older: he may have been put out since.
  private boolean isStillIn(Request request, long group) {
    boolean in =
        request.privileged()
            || shard.users.find(request.actor()).filter(user -> user.isIn(group)).isPresent();
    if (!in) {
      replies.err(request, ErrorCode.NOT_MEMBER, "not a member of this group any more");
    }
    return in;
  }

  private void readMembers(GroupWatch watch, String reader, String next) {
    Ticket ticket =
        new Ticket() {
          @Override
          public int lane() {
            return shard.index;
          }

          @Override
          public void on(Answer answer) {
            membersRead(watch, reader, answer);
          }
        };
    Query query =
        new Query.Members(ConversationId.group(watch.group), reader, next, MEMBERS_PER_PAGE, true);
    if (!shard.engine.read(query, ticket)) {
      abandon(watch);
    }
  }

  private void membersRead(GroupWatch watch, String reader, Answer answer) {
    if (!(answer instanceof Answer.MembersPage page)) {
      abandon(watch);
      return;
    }
    page.members().forEach(member -> watch.members.add(member.user()));
    if (!page.next().isEmpty()) {
      readMembers(watch, reader, page.next());
      return;
    }
    watch.complete = true;
    watch.members.stream().filter(shard.online::isOn).forEach(watch.online::add);
    watch.changedMeanwhile.forEach(Runnable::run);
    watch.changedMeanwhile.clear();
    settle(
        watch,
        request -> {
          if (isStillIn(request, watch.number)) {
            answer(watch, request);
          }
        });
  }

  /// The members could not be read: who asked may ask again.
  private void abandon(GroupWatch watch) {
    groups.remove(watch.group, watch);
    settle(
        watch,
        request -> {
          watch.watchers.remove(request.session());
          request.session().followsNoMore(watch.watchers);
          replies.busy(request);
        });
  }

  private static void settle(GroupWatch watch, Consumer<Request> answer) {
    List<Request> waiting = List.copyOf(watch.waiting);
    watch.waiting.clear();
    for (Request request : waiting) {
      request.session().answered();
      if (!request.session().isClosed()) {
        answer.accept(request);
        request.session().updateReading();
      }
    }
  }

  private void answer(GroupWatch watch, Request request) {
    replies.ok(
        request,
        out -> {
          out.name("in").plain("p:g:" + watch.group);
          out.name("count").number(watch.online.size());
          if (watch.isSmall()) {
            out.name("online").beginArray();
            watch.online.forEach(out::plain);
            out.endArray();
          }
        });
  }

  boolean isWatchedBy(Session session, Address in) {
    return watchers(in).filter(session.subscriptions()::contains).isPresent();
  }

  void unwatch(Session session, Address in) {
    watchers(in)
        .filter(session.subscriptions()::contains)
        .ifPresent(watchers -> {
          watchers.remove(session);
          session.followsNoMore(watchers);
        });
  }

  private Optional<Readers> watchers(Address in) {
    return in.kind() == Address.Kind.GROUP_PRESENCE
        ? Optional.ofNullable(groups.get(in.name())).map(watch -> watch.watchers)
        : Optional.ofNullable(users.get(in.name()));
  }

  // What changes.

  /// A user came or went, somewhere on this node.
  void changed(String user, boolean on, long tsMillis) {
    Readers watchers = users.get(user);
    if (watchers != null) {
      tell(watchers, out -> Units.presence(out, "p:" + user, user, on, tsMillis));
    }
    for (GroupWatch watch : groups.values()) {
      if (!watch.complete) {
        watch.changedMeanwhile.add(() -> changed(watch, user, on, tsMillis));
      } else {
        changed(watch, user, on, tsMillis);
      }
    }
  }

  private void changed(GroupWatch watch, String user, boolean on, long tsMillis) {
    boolean moved =
        watch.members.contains(user) && (on ? watch.online.add(user) : watch.online.remove(user));
    if (!moved) {
      return;
    }
    if (watch.isSmall()) {
      String in = "p:g:" + watch.group;
      tell(watch.watchers, out -> Units.presence(out, in, user, on, tsMillis));
    } else {
      watch.counted = false;
    }
  }

  void membersIn(String group, List<String> who) {
    whenComplete(group, watch -> who.forEach(user -> memberIn(watch, user)));
  }

  private void memberIn(GroupWatch watch, String user) {
    watch.members.add(user);
    Optional<Long> since = shard.online.onSinceMillis(user);
    if (since.isPresent()) {
      changed(watch, user, true, since.get());
    }
  }

  void membersOut(String group, List<String> who) {
    whenComplete(
        group,
        watch -> {
          for (String user : who) {
            changed(watch, user, false, shard.clock.epochMillis());
            watch.members.remove(user);
          }
        });
    GroupWatch watch = groups.get(group);
    if (watch != null) {
      who.forEach(user -> dismiss(watch, user));
    }
  }

  /// Who left the group may not watch it any more.
  private void dismiss(GroupWatch watch, String user) {
    shard
        .users
        .find(user)
        .ifPresent(local -> local.sessions().forEach(session -> unwatch(session, address(watch))));
  }

  private static Address address(GroupWatch watch) {
    return new Address(Address.Kind.GROUP_PRESENCE, watch.group);
  }

  private void whenComplete(String group, Consumer<GroupWatch> change) {
    GroupWatch watch = groups.get(group);
    if (watch == null) {
      return;
    }
    if (watch.complete) {
      change.accept(watch);
    } else {
      watch.changedMeanwhile.add(() -> change.accept(watch));
    }
  }

  private void tell(Readers watchers, Consumer<JsonWriter> unit) {
    Frame frame = shard.frame(unit);
    watchers.forEach(session -> session.outbox().offerOrDrop(frame));
    frame.release();
  }

  /// Tells the counts of large groups that changed, and forgets what nobody watches. To be called
  /// regularly.
  void sweep(long nowMillis) {
    users.values().removeIf(Readers::isEmpty);
    groups.values().removeIf(watch -> watch.watchers.isEmpty() && watch.complete);
    for (GroupWatch watch : groups.values()) {
      if (!watch.counted && nowMillis >= watch.nextCountMillis) {
        watch.counted = true;
        watch.nextCountMillis = nowMillis + COUNT_EVERY_MILLIS;
        tell(watch.watchers, out -> count(out, watch));
      }
    }
  }

  private void count(JsonWriter out, GroupWatch watch) {
    out.beginObject().name("op").plain("presence").name("in").plain("p:g:" + watch.group);
    out.name("count").number(watch.online.size());
    out.name("ts").number(shard.clock.epochMillis()).endObject();
  }
}
