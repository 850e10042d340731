package dev.tidings.engine;

import static dev.tidings.protocol.ErrorCode.EXISTS;
import static dev.tidings.protocol.ErrorCode.FORBIDDEN;
import static dev.tidings.protocol.ErrorCode.NOT_FOUND;
import static dev.tidings.protocol.ErrorCode.NOT_MEMBER;
import static dev.tidings.protocol.ErrorCode.TOO_MANY;

import dev.tidings.protocol.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// Who may do what to a group, and what it writes. Confined to the writer.
///
/// Every change is an entry of the group's log, so members learn it like any message; a `quiet`
/// group writes none. Whoever may not know that a group exists is told `not_found`, as if it did
/// not.
final class GroupRules {
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

  /// Why `user` may not write here; empty if he may.
  Optional<Answer> refuseUnlessMember(Turn turn, Log log, String user) {
    Optional<Membership> membership = membership(turn, log, user);
    if (membership.isPresent() && membership.get().isIn()) {
      return Optional.empty();
    }
    return Optional.of(stranger(log.meta, membership));
  }

  /// What one hears who is not in the group: that it exists only if he may know.
  static Answer stranger(Meta meta, Optional<Membership> formerly) {
    return meta.open() || formerly.isPresent()
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
    byte[] digest = digest(create.title() + "\n" + who + create.open() + create.quiet());
    Optional<Log> taken = logs.find(create.group());
    if (taken.isPresent()) {
      return marks
          .repeat(turn, taken.get(), create.by(), create.cid(), digest)
          .orElse(Answer.Refused.permanently(EXISTS, "this group name is taken"));
    }
    Optional<Answer> tooMany = tooMany(turn, 0, who);
    if (tooMany.isPresent()) {
      return tooMany.get();
    }
    Log log = logs.make(create.group(), create.title(), create.open(), create.quiet(), turn.batch);
    List<String> members = List.copyOf(who);
    for (String user : members) {
      enter(turn, log, user, user.equals(create.by()) ? Role.OWNER : Role.MEMBER);
    }
    return entered(turn, log, create.by(), create.cid(), digest, members);
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
          if (!log.meta.open()) {
            return stranger(log.meta, membership);
          }
          return letIn(turn, log, join.user(), join.cid(), digest("join"), List.of(join.user()));
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
          if (membership.get().role() == Role.OWNER) {
            return Answer.Refused.permanently(FORBIDDEN, "the last owner cannot leave");
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
          Optional<Answer> refusal = refuseUnlessAdmits(turn, log, add.by(), add.privileged());
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
              : letIn(turn, log, add.by(), add.cid(), digest(request), fresh);
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
              refuseUnlessAdmits(turn, log, remove.by(), remove.privileged());
          if (refusal.isPresent()) {
            return refusal.get();
          }
          List<String> present = new ArrayList<>();
          for (String user : new LinkedHashSet<>(remove.who())) {
            Optional<Membership> membership = membership(turn, log, user);
            if (membership.isPresent() && membership.get().isIn()) {
              if (membership.get().role() == Role.OWNER) {
                return Answer.Refused.permanently(FORBIDDEN, "an owner cannot be removed");
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

  /// `user` leaves all groups, the owner too, and all memberships are forgotten.
  void leaveAll(Turn turn, String user) {
    byte[] from = Keys.memberships(user);
    try (Store.Scan scan = store.ascending(from, Keys.endOf(from))) {
      while (scan.next()) {
        byte[] meta = store.get(Keys.meta(Keys.lastNumber(scan.key())));
        Optional<Log> log = meta == null ? Optional.empty() : logs.find(Meta.of(meta).id());
        Optional<byte[]> now = turn.batch.find(scan.key(), store);
        boolean isIn = now.isPresent() && Membership.of(now.get()).isIn();
        boolean group = log.isPresent() && log.get().number() != announcements;
        if (group && isIn && log.get().number() == Keys.lastNumber(scan.key())) {
          letOut(turn, log.get(), Entry.Kind.LEAVE, user, "", new byte[0], List.of(user));
        }
        turn.batch.delete(scan.key());
      }
    }
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

  private Optional<Answer> refuseUnlessAdmits(Turn turn, Log log, String by, boolean privileged) {
    if (privileged) {
      return Optional.empty();
    }
    Optional<Membership> membership = membership(turn, log, by);
    if (membership.isEmpty() || !membership.get().isIn()) {
      return Optional.of(stranger(log.meta, membership));
    }
    return membership.get().role().admits()
        ? Optional.empty()
        : Optional.of(Answer.Refused.permanently(FORBIDDEN, "only owners may do this"));
  }

  private Answer letIn(Turn turn, Log log, String by, String cid, byte[] digest, List<String> who) {
    Optional<Answer> tooMany = tooMany(turn, log.meta.members(), who);
    if (tooMany.isPresent()) {
      return tooMany.get();
    }
    for (String user : who) {
      enter(turn, log, user, Role.MEMBER);
    }
    return entered(turn, log, by, cid, digest, who);
  }

  private void enter(Turn turn, Log log, String user, Role role) {
    Membership membership =
        new Membership(role, log.head + 1, Membership.STILL_IN, turn.commit, turn.nowMillis);
    turn.batch.put(Keys.membership(user, log.number()), membership.row());
    turn.batch.put(Keys.member(log.number(), user), new byte[] {(byte) role.code()});
    turn.noteGroups(user, 1);
  }

  private Answer entered(
      Turn turn, Log log, String by, String cid, byte[] digest, List<String> who) {
    countMembers(turn, log, who.size());
    OptionalLong quietHead = log.meta.quiet() ? OptionalLong.of(log.head) : OptionalLong.empty();
    turn.committed.add(new Committed.MembersIn(log.conversation, who, quietHead));
    return say(turn, log, Entry.Kind.JOIN, by, cid, digest, who);
  }

  private Answer letOut(
      Turn turn, Log log, Entry.Kind kind, String by, String cid, byte[] digest, List<String> who) {
    Answer answer = say(turn, log, kind, by, cid, digest, who);
    for (String user : who) {
      byte[] key = Keys.membership(user, log.number());
      Membership membership = Membership.of(turn.batch.find(key, store).orElseThrow());
      turn.batch.put(key, membership.left(log.head, turn.commit, turn.nowMillis).row());
      turn.batch.delete(Keys.member(log.number(), user));
      turn.noteGroups(user, -1);
    }
    countMembers(turn, log, -who.size());
    turn.committed.add(new Committed.MembersOut(log.conversation, who, log.meta.quiet()));
    return answer;
  }

  private Answer say(
      Turn turn, Log log, Entry.Kind kind, String by, String cid, byte[] digest, List<String> who) {
    Answer.Appended done =
        log.meta.quiet()
            ? turn.nothingToSay(log)
            : turn.appended(
                log,
                turn.append(
                    log,
                    kind,
                    by,
                    cid,
                    who,
                    Entry.NO_DATA,
                    cid.isEmpty() ? new byte[0] : digest,
                    Entry.Extras.NONE));
    marks.note(turn, log, by, cid, digest, done);
    return done;
  }

  private void countMembers(Turn turn, Log log, int more) {
    log.meta = log.meta.withMembers(log.meta.members() + more);
    turn.batch.putUnseen(Keys.meta(log.number()), log.meta.row());
  }

  private Optional<Answer> tooMany(Turn turn, long members, Collection<String> more) {
    if (members + more.size() > limits.groupMembersMax()) {
      return refused(TOO_MANY, "a group has at most " + limits.groupMembersMax() + " members");
    }
    for (String user : more) {
      if (groupsOf(turn, user) >= limits.userGroupsMax()) {
        return refused(TOO_MANY, "a user is in at most " + limits.userGroupsMax() + " groups");
      }
    }
    return Optional.empty();
  }

  private static Optional<Answer> refused(ErrorCode code, String message) {
    return Optional.of(Answer.Refused.permanently(code, message));
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
        .map(Membership::of)
        .filter(membership -> !membership.isForgotten(turn.nowMillis));
  }

  private static byte[] digest(String request) {
    return Mark.digest(request.getBytes(StandardCharsets.UTF_8));
  }
}
