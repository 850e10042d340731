package dev.tidings.hub;

import dev.tidings.auth.Caps;
import dev.tidings.conversation.Readers;
import dev.tidings.engine.Answer;
import dev.tidings.engine.ConversationId;
import dev.tidings.engine.Query;
import dev.tidings.engine.Ticket;
import dev.tidings.protocol.Address;
import dev.tidings.protocol.CloseCode;
import dev.tidings.protocol.ErrorCode;
import dev.tidings.protocol.JsonWriter;
import dev.tidings.protocol.Units;
import dev.tidings.session.Frame;
import dev.tidings.session.Session;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/// Presence as this lane's connections follow it: of a user, or of a group's members.
///
/// Small groups are told who comes and goes: their members are kept while somebody watches. Of
/// large ones it is only told how many are here, at most every [#COUNT_EVERY_MILLIS]; these are
/// counted among the users of all lanes, so that it costs nothing how many are not here. Of what
/// finds no room in an outbox the newest about each user waits until there is some.
final class PresenceWatch {
  static final int SMALL_GROUP_MAX = 200;
  static final long COUNT_EVERY_MILLIS = 10_000;
  private static final int MEMBERS_PER_PAGE = 1_000;
  private static final int UNIT_BYTES = 256;

  private final Hub hub;
  private final Shard shard;
  private final Replies replies;
  private final Reading reading;
  private final Neighbours neighbours;
  private final Map<String, Readers> users = new HashMap<>();
  private final Map<String, GroupWatch> groups = new HashMap<>();

  PresenceWatch(Hub hub, Shard shard, Replies replies, Reading reading, Neighbours neighbours) {
    this.hub = hub;
    this.neighbours = neighbours;
    this.shard = shard;
    this.replies = replies;
    this.reading = reading;
  }

  /// A group that somebody on this lane watches: the members of a small one are kept meanwhile.
  private static final class GroupWatch {
    final String group;
    final long number;
    final Readers watchers = new Readers();
    final Set<String> members = new TreeSet<>();
    final Set<String> online = new LinkedHashSet<>();
    final List<Runnable> changedMeanwhile = new ArrayList<>();
    final List<Request> waiting = new ArrayList<>();
    boolean complete;
    boolean large;

    /// What was last said of a large one, and when somebody last came or went.
    int told;

    long changedMillis;
    long nextCountMillis;

    GroupWatch(String group, long number) {
      this.group = group;
      this.number = number;
    }

    /// From now on only those are counted who are here.
    void becomesLarge(long nowMillis) {
      large = true;
      complete = true;
      told = online.size();
      changedMillis = nowMillis;
      members.clear();
      online.clear();
    }
  }

  // One user.

  void user(Request request, Address in) {
    Query query = new Query.PresenceOf(request.actor(), in.name(), request.privileged());
    reading.read(
        request,
        query,
        (asking, answer) -> {
          if (!replies.refused(asking, answer) && !hasEnded(asking)) {
            Readers watchers = users.computeIfAbsent(in.name(), name -> new Readers());
            follow(asking.follower(), watchers);
            replies.ok(asking, out -> state(out, in));
          }
        });
  }

  /// Whether the stream for which a POST asked has ended meanwhile; then that was said.
  private boolean hasEnded(Request request) {
    boolean ended = request.follower().isClosed();
    if (ended) {
      replies.noSuchStream(request);
    }
    return ended;
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
            watch(asking, in.name(), info);
          }
        });
  }

  private void watch(Request request, String group, Answer.GroupInfo info) {
    long number = info.conversation().number();
    if (!isStillIn(request, number) || hasEnded(request)) {
      return;
    }
    GroupWatch known = groups.get(group);
    GroupWatch watch = known == null ? new GroupWatch(group, number) : known;
    follow(request.follower(), watch.watchers);
    if (known == null) {
      groups.put(group, watch);
      if (info.members() > SMALL_GROUP_MAX) {
        watch.becomesLarge(shard.clock.monotonicMillis());
      }
    }
    if (watch.complete) {
      answer(watch, request);
      return;
    }
    request.session().began();
    watch.waiting.add(request);
    if (known == null) {
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
    Ticket ticket = Ticket.of(shard.index, answer -> membersRead(watch, reader, answer));
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
    if (watch.members.size() > SMALL_GROUP_MAX) { // it has grown meanwhile
      watch.becomesLarge(shard.clock.monotonicMillis());
    }
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
          if (!request.follower().isClosed()) {
            watch.watchers.remove(request.follower());
            request.follower().followsNoMore(watch.watchers);
          }
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
    if (watch.large) {
      request.session().began();
      count(
          watch,
          count -> {
            request.session().answered();
            if (!request.session().isClosed()) {
              watch.told = count;
              answer(watch, request, count);
              request.session().updateReading();
            }
          });
    } else {
      answer(watch, request, watch.online.size());
    }
  }

  private void answer(GroupWatch watch, Request request, int count) {
    replies.ok(
        request,
        out -> {
          out.name("in").plain("p:g:" + watch.group);
          out.name("count").number(count);
          if (!watch.large) {
            out.name("online").beginArray();
            watch.online.forEach(out::plain);
            out.endArray();
          }
        });
  }

  /// How many members are connected, to whichever lanes.
  private void count(GroupWatch watch, IntConsumer then) {
    Set<String> here = new HashSet<>();
    int[] missing = {neighbours.count()};
    neighbours.tellAll(hub -> {
      List<String> part = hub.presence().namesIn(watch.number);
      shard.lane.execute(() -> {
        here.addAll(part);
        missing[0]--;
        if (missing[0] == 0) {
          then.accept(here.size());
        }
      });
    });
  }

  private List<String> namesIn(long group) {
    return shard.users.namesIn(group);
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

  void keepOnly(Session session, Caps caps) {
    users.keySet().stream()
        .map(user -> new Address(Address.Kind.USER_PRESENCE, user))
        .filter(address -> !caps.maySubscribe(address))
        .forEach(address -> unwatch(session, address));
    groups.keySet().stream()
        .map(group -> new Address(Address.Kind.GROUP_PRESENCE, group))
        .filter(address -> !caps.maySubscribe(address))
        .forEach(address -> unwatch(session, address));
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
      tell(watchers, "p:" + user, out -> Units.presence(out, "p:" + user, user, on, tsMillis));
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
    if (watch.large) {
      watch.changedMillis = shard.clock.monotonicMillis();
      return;
    }
    boolean moved =
        watch.members.contains(user) && (on ? watch.online.add(user) : watch.online.remove(user));
    if (moved) {
      String in = "p:g:" + watch.group;
      tell(watch.watchers, in + " " + user, out -> Units.presence(out, in, user, on, tsMillis));
    }
  }

  void membersIn(String group, List<String> who) {
    whenComplete(group, watch -> who.forEach(user -> memberIn(watch, user)));
  }

  private void memberIn(GroupWatch watch, String user) {
    if (!watch.large) {
      watch.members.add(user);
      if (watch.members.size() > SMALL_GROUP_MAX) {
        watch.becomesLarge(shard.clock.monotonicMillis());
      }
    }
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

  /// A group was deleted: nobody may watch it any more.
  void groupEnded(String group) {
    whenComplete(
        group,
        watch -> {
          watch.watchers.forEach(session -> session.followsNoMore(watch.watchers));
          groups.remove(group, watch);
        });
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

  /// @param about what a later one takes the place of, where this finds no room
  private void tell(Readers watchers, String about, Consumer<JsonWriter> unit) {
    Frame frame = shard.frame(unit);
    watchers.forEach(session -> {
      if (!session.outbox().isHalfFull() && !session.owesPresence()) {
        session.outbox().put(frame);
      } else {
        owe(session, watchers, about, unit);
      }
    });
    frame.release();
  }

  private void owe(Session session, Readers watchers, String about, Consumer<JsonWriter> unit) {
    JsonWriter out = new JsonWriter(UNIT_BYTES);
    unit.accept(out);
    if (session.arrears().owe(about, watchers, out.toBytes())) {
      hub.catchingUp().note(session);
    } else {
      hub.close(session, CloseCode.SLOW);
    }
  }

  /// Tells the counts of large groups that changed, and forgets what nobody watches. To be called
  /// regularly.
  void sweep(long nowMillis) {
    users.values().removeIf(Readers::isEmpty);
    groups.values().removeIf(watch -> watch.watchers.isEmpty() && watch.complete);
    for (GroupWatch watch : groups.values()) {
      // Once more than seems needed: who has just come may not be known as a member yet.
      boolean moves = nowMillis - watch.changedMillis <= 2 * COUNT_EVERY_MILLIS;
      if (watch.large && moves && nowMillis >= watch.nextCountMillis) {
        watch.nextCountMillis = nowMillis + COUNT_EVERY_MILLIS;
        count(watch, count -> counted(watch, count));
      }
    }
  }

  private void counted(GroupWatch watch, int count) {
    if (count != watch.told) {
      watch.told = count;
      tell(watch.watchers, "p:g:" + watch.group, out -> count(out, watch));
    }
  }

  private void count(JsonWriter out, GroupWatch watch) {
    out.beginObject().name("op").plain("presence").name("in").plain("p:g:" + watch.group);
    out.name("count").number(watch.told);
    out.name("ts").number(shard.clock.epochMillis()).endObject();
  }
}
