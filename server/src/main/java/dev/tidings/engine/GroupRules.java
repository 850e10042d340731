package dev.tidings.engine;

import static dev.tidings.protocol.ErrorCode.EXISTS;
import static dev.tidings.protocol.ErrorCode.FORBIDDEN;
import static dev.tidings.protocol.ErrorCode.NOT_FOUND;
import static dev.tidings.protocol.ErrorCode.NOT_MEMBER;
import static dev.tidings.protocol.ErrorCode.TOO_MANY;

import dev.tidings.protocol.Command.GroupPatch;
import dev.tidings.protocol.ErrorCode;
import dev.tidings.protocol.JsonWriter;
import dev.tidings.protocol.Payload;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/// Who may do what to a group, and what it writes. Confined to the writer.
///
/// Every change is an entry of the group's log, so members learn it like any message; a `quiet`
/// group writes none. Whoever may not know that a group exists is told `not_found`, as if it did
/// not.
final class GroupRules {
  private static final int MEMBERS_ONE_BY_ONE_MAX = 1_000;

  /// Of each role, when an heir is looked for.
  private static final int HEIRS_MAX = 1_000;

  private final Store store;
  private final Logs logs;
  private final Marks marks;
  private final EngineLimits limits;

  /// The one conversation that gives everybody a membership without being a group.
  private final long announcements;

  GroupRules(Store store, Logs logs, Marks marks, EngineLimits limits, long announcements) {
    this.store = store;
    this.logs = logs;
    this.marks = marks;
    this.limits = limits;
    this.announcements = announcements;
  }

  /// Why `user` has no business here; empty if he is in.
  Optional<Answer> refuseUnlessMember(Turn turn, Log log, String user, boolean privileged) {
    if (privileged && !log.meta.hasEnded()) {
      return Optional.empty();
    }
    Optional<Membership> membership = membership(turn, log, user);
    return membership.filter(Membership::isIn).isPresent()
        ? Optional.empty()
        : Optional.of(stranger(log.meta, membership));
  }

  /// Why `user` may not write here; empty if he may.
  Optional<Answer> refuseUnlessSends(Turn turn, Log log, String user, boolean privileged) {
    if (privileged && !log.meta.hasEnded()) {
      return Optional.empty();
    }
    Optional<Membership> membership = membership(turn, log, user);
    if (membership.isEmpty() || !membership.get().isIn()) {
      return Optional.of(stranger(log.meta, membership));
    }
    Role role = membership.get().role();
    if (role == Role.MUTE) {
      return refused(FORBIDDEN, "muted in this group");
    }
    return log.meta.settings().adminsSend() && !role.manages()
        ? refused(FORBIDDEN, "only admins send to this group")
        : Optional.empty();
  }

  /// What one hears who is not in the group: that it exists only if he may know.
  static Answer stranger(Meta meta, Optional<Membership> formerly) {
    return meta.isOpen() || formerly.isPresent()
        ? Answer.Refused.permanently(NOT_MEMBER, "not a member of this group")
        : noSuchGroup();
  }

  static Answer noSuchGroup() {
    return Answer.Refused.permanently(NOT_FOUND, "no such group");
  }

  Answer create(Turn turn, Change.CreateGroup create) {
    Set<String> who = new LinkedHashSet<>();
    who.add(create.by());
    who.addAll(create.members());
    GroupSettings settings = GroupSettings.NONE.with(create.settings());
    byte[] digest = digest("create" + spelt(create.settings()) + who);
    Optional<Log> taken = logs.find(create.group());
    if (taken.isPresent()) {
      Optional<Answer> repeat = marks.repeat(turn, taken.get(), create.by(), create.cid(), digest);
      if (repeat.isPresent()) {
        return repeat.get();
      }
      if (!isFree(turn, taken.get().meta)) {
        return Answer.Refused.permanently(EXISTS, "this group name is taken");
      }
    }
    Optional<Answer> tooMany = tooMany(turn, 0, who);
    if (tooMany.isPresent()) {
      return tooMany.get();
    }
    Log log = make(turn, create.group(), taken, settings);
    List<String> members = List.copyOf(who);
    for (String user : members) {
      enter(turn, log, user, user.equals(create.by()) ? Role.OWNER : Role.MEMBER);
    }
    return entered(turn, log, create.by(), create.cid(), digest, members, 1);
  }

  /// A name is taken as long as anybody may read what stood under it.
  private static boolean isFree(Turn turn, Meta meta) {
    return meta.hasEnded() && meta.end().millis() + Membership.GONE_KEPT_MILLIS < turn.nowMillis;
  }

  private Log make(Turn turn, ConversationId id, Optional<Log> ended, GroupSettings settings) {
    if (ended.isEmpty()) {
      return logs.make(id, settings, turn.batch);
    }
    marks.forget(ended.get());
    return logs.makeAgain(ended.get(), settings, turn.batch);
  }

  Answer join(Turn turn, Change.JoinGroup join) {
    return change(
        turn,
        join.group(),
        join.user(),
        join.cid(),
        "join",
        log -> {
          Optional<Membership> membership = membership(turn, log, join.user());
          if (membership.isPresent() && membership.get().isIn()) {
            return turn.nothingToSay(log);
          }
          if (!log.meta.isOpen()) {
            return stranger(log.meta, membership);
          }
          // Out and in again does not make him speak.
          boolean muted = membership.filter(formerly -> formerly.role() == Role.MUTE).isPresent();
          return letIn(
              turn,
              log,
              join.user(),
              join.cid(),
              digest("join"),
              List.of(join.user()),
              muted ? Role.MUTE : Role.MEMBER);
        });
  }

  Answer leave(Turn turn, Change.LeaveGroup leave) {
    return change(
        turn,
        leave.group(),
        leave.user(),
        leave.cid(),
        "leave",
        log -> {
          Optional<Membership> membership = membership(turn, log, leave.user());
          if (membership.isEmpty() || !membership.get().isIn()) {
            return stranger(log.meta, membership);
          }
          if (log.meta.members() == 1) {
            return end(turn, log, leave.user(), leave.cid(), digest("leave"));
          }
          if (membership.get().role() == Role.OWNER && log.meta.owners() == 1) {
            return Answer.Refused.permanently(
                FORBIDDEN, "the last owner hands over first, or deletes the group");
          }
          return letOut(
              turn,
              log,
              Entry.Kind.LEAVE,
              leave.user(),
              leave.cid(),
              digest("leave"),
              List.of(leave.user()));
        });
  }

  Answer add(Turn turn, Change.AddMembers add) {
    String request = "add" + add.who();
    return change(
        turn,
        add.group(),
        add.by(),
        add.cid(),
        request,
        log -> {
          Optional<Answer> refusal = refuseUnlessManages(turn, log, add.by(), add.privileged());
          if (refusal.isPresent()) {
            return refusal.get();
          }
          List<String> fresh = new ArrayList<>();
          for (String user : new LinkedHashSet<>(add.who())) {
            if (membership(turn, log, user).filter(Membership::isIn).isEmpty()) {
              fresh.add(user);
            }
          }
          return fresh.isEmpty()
              ? turn.nothingToSay(log)
              : letIn(turn, log, add.by(), add.cid(), digest(request), fresh, Role.MEMBER);
        });
  }

  Answer remove(Turn turn, Change.RemoveMembers remove) {
    String request = "remove" + remove.who();
    return change(
        turn,
        remove.group(),
        remove.by(),
        remove.cid(),
        request,
        log -> {
          Optional<Answer> refusal =
              refuseUnlessManages(turn, log, remove.by(), remove.privileged());
          if (refusal.isPresent()) {
            return refusal.get();
          }
          Role own = roleOf(turn, log, remove.by(), remove.privileged());
          List<String> present = new ArrayList<>();
          for (String user : new LinkedHashSet<>(remove.who())) {
            Optional<Membership> membership = membership(turn, log, user);
            if (membership.isPresent() && membership.get().isIn()) {
              if (membership.get().role() == Role.OWNER) {
                return Answer.Refused.permanently(FORBIDDEN, "an owner cannot be removed");
              }
              if (!own.rules(membership.get().role())) {
                return Answer.Refused.permanently(FORBIDDEN, "only owners remove admins");
              }
              present.add(user);
            }
          }
          return present.isEmpty()
              ? turn.nothingToSay(log)
              : letOut(
                  turn, log, Entry.Kind.KICK, remove.by(), remove.cid(), digest(request), present);
        });
  }

  /// `user` leaves all groups, and all memberships are forgotten. Where he is the last owner he
  /// hands over before.
  void leaveAll(Turn turn, String user) {
    byte[] from = Keys.memberships(user);
    try (Store.Scan scan = store.ascending(from, Keys.endOf(from))) {
      while (scan.next()) {
        byte[] meta = store.get(Keys.meta(Keys.lastNumber(scan.key())));
        Optional<Log> log = meta == null ? Optional.empty() : logs.find(Meta.of(meta).id());
        Optional<byte[]> now = turn.batch.find(scan.key(), store);
        boolean group =
            log.isPresent()
                && log.get().number() != announcements
                && log.get().number() == Keys.lastNumber(scan.key());
        if (group && now.isPresent() && Membership.of(now.get()).under(log.get().meta).isIn()) {
          if (log.get().meta.members() == 1) {
            end(turn, log.get(), user, "", new byte[0]);
          } else {
            if (log.get().meta.owners() == 1
                && roleOf(turn, log.get(), user, false) == Role.OWNER) {
              handOver(turn, log.get(), user);
            }
            letOut(turn, log.get(), Entry.Kind.LEAVE, user, "", new byte[0], List.of(user));
          }
        }
        turn.batch.delete(scan.key());
      }
    }
  }

  /// Another one becomes owner: who has been in longest, of the admins, if there are none of the
  /// members, at last of the muted. Of very many the first by name are looked at.
  private void handOver(Turn turn, Log log, String by) {
    Map<Role, List<String>> candidates = new EnumMap<>(Role.class);
    byte[] from = Keys.member(log.number(), "");
    try (Store.Scan scan = store.ascending(from, Keys.membersEnd(log.number()))) {
      while (scan.next()) {
        String user = Keys.memberOf(scan.key());
        List<String> same =
            candidates.computeIfAbsent(Role.of(scan.value()[0]), role -> new ArrayList<>());
        if (!user.equals(by) && same.size() < HEIRS_MAX) {
          same.add(user);
        }
      }
    }
    for (Role role : List.of(Role.ADMIN, Role.MEMBER, Role.MUTE)) {
      Optional<String> heir =
          candidates.getOrDefault(role, List.of()).stream()
              .min(Comparator.comparingLong(user -> inSince(turn, log, user)));
      if (heir.isPresent()) {
        Membership owner = membership(turn, log, heir.get()).orElseThrow().as(Role.OWNER);
        put(turn, log, by, "", GroupPatch.NOTHING, Map.of(heir.get(), owner), new byte[0]);
        return;
      }
    }
  }

  /// The commit that let him in.
  private long inSince(Turn turn, Log log, String user) {
    return membership(turn, log, user).orElseThrow().commit();
  }

  Answer set(Turn turn, Change.SetGroup set) {
    String request = "set" + spelt(set.settings()) + new TreeMap<>(set.roles());
    return change(
        turn,
        set.group(),
        set.by(),
        set.cid(),
        request,
        log -> {
          Optional<Answer> refusal = refuseUnlessManages(turn, log, set.by(), set.privileged());
          if (refusal.isPresent()) {
            return refusal.get();
          }
          Map<String, Membership> concerned = new LinkedHashMap<>();
          Role own = roleOf(turn, log, set.by(), set.privileged());
          refusal = refuseRoles(turn, log, own, set.roles(), concerned);
          if (refusal.isPresent()) {
            return refusal.get();
          }
          return put(turn, log, set.by(), set.cid(), set.settings(), concerned, digest(request));
        });
  }

  /// Why these roles cannot be given; empty if they can. Then `concerned` has the memberships of
  /// those whose role is another one now.
  private Optional<Answer> refuseRoles(
      Turn turn, Log log, Role own, Map<String, Role> roles, Map<String, Membership> concerned) {
    long owners = log.meta.owners();
    for (Map.Entry<String, Role> each : roles.entrySet()) {
      Optional<Membership> membership =
          membership(turn, log, each.getKey()).filter(Membership::isIn);
      if (membership.isEmpty()) {
        return refused(NOT_FOUND, each.getKey() + " is no member");
      }
      Role before = membership.get().role();
      Role now = each.getValue();
      if (before == now) {
        continue;
      }
      if (!own.rules(before) || !own.rules(now)) {
        return refused(FORBIDDEN, "only owners make and unmake admins and owners");
      }
      owners += (now == Role.OWNER ? 1 : 0) - (before == Role.OWNER ? 1 : 0);
      concerned.put(each.getKey(), membership.get().as(now));
    }
    return owners == 0 && log.meta.owners() > 0
        ? refused(FORBIDDEN, "a group has an owner")
        : Optional.empty();
  }

  private Answer put(
      Turn turn,
      Log log,
      String by,
      String cid,
      GroupPatch settings,
      Map<String, Membership> concerned,
      byte[] digest) {
    GroupSettings before = log.meta.settings();
    GroupSettings now = before.with(settings);
    long owners = log.meta.owners();
    for (Map.Entry<String, Membership> each : concerned.entrySet()) {
      byte[] key = Keys.member(log.number(), each.getKey());
      Role formerly = Role.of(turn.batch.find(key, store).orElseThrow()[0]);
      Role role = each.getValue().role();
      owners += (role == Role.OWNER ? 1 : 0) - (formerly == Role.OWNER ? 1 : 0);
      turn.batch.put(key, new byte[] {(byte) role.code()});
      turn.batch.put(Keys.membership(each.getKey(), log.number()), each.getValue().row());
    }
    Optional<Payload> difference = difference(before, now, concerned);
    if (difference.isEmpty()) {
      return turn.nothingToSay(log);
    }
    log.meta = log.meta.withSettings(now).withMembers(log.meta.members(), owners);
    turn.batch.putUnseen(Keys.meta(log.number()), log.meta.row());
    return append(
        turn,
        log,
        Entry.Kind.INFO,
        by,
        cid,
        digest,
        List.copyOf(concerned.keySet()),
        difference.get());
  }

  /// `data` of the entry that says what changed; empty if nothing did.
  private static Optional<Payload> difference(
      GroupSettings before, GroupSettings now, Map<String, Membership> concerned) {
    JsonWriter out = new JsonWriter(128).beginObject();
    int empty = out.length();
    if (!now.title().equals(before.title())) {
      out.name("title").string(now.title());
    }
    if (!Arrays.equals(now.data().json(), before.data().json())) {
      out.name("data").raw(now.data().json());
    }
    if (now.open() != before.open()) {
      out.name("join").plain(now.open() ? "open" : "invite");
    }
    if (now.quiet() != before.quiet()) {
      out.name("quiet").bool(now.quiet());
    }
    if (now.past() != before.past()) {
      out.name("past").bool(now.past());
    }
    if (now.adminsSend() != before.adminsSend()) {
      out.name("send").plain(now.adminsSend() ? "admins" : "members");
    }
    if (!concerned.isEmpty()) {
      out.name("roles").beginObject();
      concerned.forEach((user, membership) -> out.name(user).plain(membership.role().wire()));
      out.endObject();
    }
    return out.length() == empty
        ? Optional.empty()
        : Optional.of(new Payload(out.endObject().toBytes()));
  }

  Answer delete(Turn turn, Change.DeleteGroup delete) {
    return change(
        turn,
        delete.group(),
        delete.by(),
        delete.cid(),
        "delete",
        log -> {
          Optional<Answer> refusal =
              refuseUnlessManages(turn, log, delete.by(), delete.privileged());
          if (refusal.isPresent()) {
            return refusal.get();
          }
          return roleOf(turn, log, delete.by(), delete.privileged()) == Role.OWNER
              ? end(turn, log, delete.by(), delete.cid(), digest("delete"))
              : Answer.Refused.permanently(FORBIDDEN, "only owners may do this");
        });
  }

  /// The list of members, and not what each may read. One by one where they are few: many ranges of
  /// deleted keys would slow down every read.
  private void deleteMembers(Turn turn, Log log) {
    byte[] from = Keys.member(log.number(), "");
    byte[] to = Keys.membersEnd(log.number());
    if (log.membersMovedBy == turn.commit || log.meta.members() > MEMBERS_ONE_BY_ONE_MAX) {
      turn.batch.deleteRange(from, to);
      return;
    }
    try (Store.Scan scan = store.ascending(from, to)) {
      while (scan.next()) {
        turn.batch.delete(scan.key());
      }
    }
  }

  /// Nobody is in it from here on. The memberships stay as they are, however many: what they mean
  /// is told by [Membership#under].
  private Answer end(Turn turn, Log log, String by, String cid, byte[] digest) {
    Answer answer = append(turn, log, Entry.Kind.END, by, cid, digest, List.of(), Entry.NO_DATA);
    deleteMembers(turn, log);
    log.meta = log.meta.ended(turn.commit, turn.nowMillis);
    turn.batch.put(Keys.meta(log.number()), log.meta.row());
    turn.committed.add(new Committed.GroupEnded(log.conversation));
    return answer;
  }

  private interface Step {
    Answer on(Log log);
  }

  /// What all changes of a living group share: it must exist, and a repeat is only answered.
  private Answer change(
      Turn turn, ConversationId group, String by, String cid, String request, Step step) {
    Optional<Log> log = logs.find(group);
    if (log.isEmpty()) {
      return noSuchGroup();
    }
    Optional<Answer> repeat = marks.repeat(turn, log.get(), by, cid, digest(request));
    return repeat.isPresent() ? repeat.get() : step.on(log.get());
  }

  private Optional<Answer> refuseUnlessManages(Turn turn, Log log, String by, boolean privileged) {
    if (privileged && !log.meta.hasEnded()) {
      return Optional.empty();
    }
    Optional<Membership> membership = membership(turn, log, by);
    if (membership.isEmpty() || !membership.get().isIn()) {
      return Optional.of(stranger(log.meta, membership));
    }
    return membership.get().role().manages()
        ? Optional.empty()
        : refused(FORBIDDEN, "only admins and owners may do this");
  }

  /// As what `by` may act, who [#refuseUnlessManages] let pass.
  private Role roleOf(Turn turn, Log log, String by, boolean privileged) {
    return privileged ? Role.OWNER : membership(turn, log, by).orElseThrow().role();
  }

  private Answer letIn(
      Turn turn, Log log, String by, String cid, byte[] digest, List<String> who, Role role) {
    Optional<Answer> tooMany = tooMany(turn, log.meta.members(), who);
    if (tooMany.isPresent()) {
      return tooMany.get();
    }
    for (String user : who) {
      enter(turn, log, user, role);
    }
    return entered(turn, log, by, cid, digest, who, 0);
  }

  private void enter(Turn turn, Log log, String user, Role role) {
    long low = log.meta.settings().past() ? 1 : log.head + 1;
    Membership membership =
        new Membership(role, low, Membership.STILL_IN, turn.commit, turn.nowMillis);
    turn.batch.put(Keys.membership(user, log.number()), membership.row());
    turn.batch.put(Keys.member(log.number(), user), new byte[] {(byte) role.code()});
    turn.noteGroups(user, 1);
  }

  private Answer entered(
      Turn turn, Log log, String by, String cid, byte[] digest, List<String> who, int owners) {
    countMembers(turn, log, who.size(), owners);
    boolean unsaid = log.meta.settings().quiet() || log.meta.again();
    OptionalLong head = unsaid ? OptionalLong.of(log.head) : OptionalLong.empty();
    turn.committed.add(new Committed.MembersIn(log.conversation, who, head));
    return say(turn, log, Entry.Kind.JOIN, by, cid, digest, who);
  }

  private Answer letOut(
      Turn turn, Log log, Entry.Kind kind, String by, String cid, byte[] digest, List<String> who) {
    Answer answer = say(turn, log, kind, by, cid, digest, who);
    int owners = 0;
    for (String user : who) {
      byte[] key = Keys.membership(user, log.number());
      Membership membership = Membership.of(turn.batch.find(key, store).orElseThrow());
      owners += membership.role() == Role.OWNER ? 1 : 0;
      turn.batch.put(key, membership.left(log.head, turn.commit, turn.nowMillis).row());
      turn.batch.delete(Keys.member(log.number(), user));
      turn.noteGroups(user, -1);
    }
    countMembers(turn, log, -who.size(), -owners);
    boolean quiet = log.meta.settings().quiet();
    turn.committed.add(new Committed.MembersOut(log.conversation, who, quiet));
    return answer;
  }

  /// Who comes and goes, which a quiet group does not say.
  private Answer say(
      Turn turn, Log log, Entry.Kind kind, String by, String cid, byte[] digest, List<String> who) {
    if (!log.meta.settings().quiet()) {
      return append(turn, log, kind, by, cid, digest, who, Entry.NO_DATA);
    }
    Answer.Appended done = turn.nothingToSay(log);
    marks.note(turn, log, by, cid, digest, done);
    return done;
  }

  private Answer append(
      Turn turn,
      Log log,
      Entry.Kind kind,
      String by,
      String cid,
      byte[] digest,
      List<String> who,
      Payload data) {
    byte[] kept = cid.isEmpty() ? new byte[0] : digest;
    Answer.Appended done =
        turn.appended(log, turn.append(log, kind, by, cid, who, data, kept, Entry.Extras.NONE));
    marks.note(turn, log, by, cid, digest, done);
    return done;
  }

  private void countMembers(Turn turn, Log log, int more, int ofWhichOwners) {
    log.membersMovedBy = turn.commit;
    log.meta = log.meta.withMembers(log.meta.members() + more, log.meta.owners() + ofWhichOwners);
    turn.batch.putUnseen(Keys.meta(log.number()), log.meta.row());
  }

  private Optional<Answer> tooMany(Turn turn, long members, Collection<String> more) {
    if (members + more.size() > limits.groupMembersMax()) {
      return refused(TOO_MANY, "a group has at most " + limits.groupMembersMax() + " members");
    }
    for (String user : more) {
      if (groupsOf(turn, user) >= limits.userGroupsMax()
          && livingGroupsOf(turn, user) >= limits.userGroupsMax()) {
        return refused(TOO_MANY, "a user is in at most " + limits.userGroupsMax() + " groups");
      }
    }
    return Optional.empty();
  }

  private static Optional<Answer> refused(ErrorCode code, String message) {
    return Optional.of(Answer.Refused.permanently(code, message));
  }

  /// As [#groupsOf], without those that have ended; these are forgotten when nobody may read them
  /// any more. A look at each of his groups, for the one who has many.
  private int livingGroupsOf(Turn turn, String user) {
    int count = turn.groupsEntered(user);
    byte[] from = Keys.memberships(user);
    try (Store.Scan scan = store.ascending(from, Keys.endOf(from))) {
      while (scan.next()) {
        long number = Keys.lastNumber(scan.key());
        if (number == announcements || !Membership.of(scan.value()).isIn()) {
          continue;
        }
        Meta meta = Meta.of(turn.batch.find(Keys.meta(number), store).orElseThrow());
        if (!meta.hasEnded()) {
          count++;
        } else if (Membership.of(scan.value()).under(meta).isForgotten(turn.nowMillis)) {
          turn.batch.delete(scan.key());
        }
      }
    }
    return count;
  }

  /// Counts the groups of `user`, and forgets those that he left long ago.
  private int groupsOf(Turn turn, String user) {
    int count = turn.groupsEntered(user);
    byte[] from = Keys.memberships(user);
    try (Store.Scan scan = store.ascending(from, Keys.endOf(from))) {
      while (scan.next()) {
        Membership membership = Membership.of(scan.value());
        if (membership.isForgotten(turn.nowMillis)) {
          forget(turn, scan.key());
        } else if (membership.isIn() && Keys.lastNumber(scan.key()) != announcements) {
          count++;
        }
      }
    }
    return count;
  }

  /// Unless this very batch let him in again.
  private void forget(Turn turn, byte[] key) {
    Optional<byte[]> now = turn.batch.find(key, store);
    if (now.isPresent() && Membership.of(now.get()).isForgotten(turn.nowMillis)) {
      turn.batch.delete(key);
    }
  }

  /// What `user` sees of this group, if he is or was in it.
  Optional<Membership> membership(Turn turn, Log log, String user) {
    return turn.batch
        .find(Keys.stretch(log.id(), user, log.number()), store)
        .map(row -> Membership.of(row).under(log.meta))
        .filter(membership -> !membership.isForgotten(turn.nowMillis));
  }

  /// Says of two patches whether they are the same.
  private static String spelt(GroupPatch patch) {
    String data =
        patch.data().map(payload -> new String(payload.json(), StandardCharsets.UTF_8)).orElse("");
    return patch.title()
        + "\n"
        + data
        + "\n"
        + List.of(patch.open(), patch.quiet(), patch.past(), patch.adminsSend());
  }

  private static byte[] digest(String request) {
    return Mark.digest(request.getBytes(StandardCharsets.UTF_8));
  }
}
