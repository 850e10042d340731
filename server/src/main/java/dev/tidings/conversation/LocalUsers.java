package dev.tidings.conversation;

import dev.tidings.session.Session;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// The users connected to this lane, and the groups among them that move.
///
/// A group is *warm* from its first entry on: one walk over the users here finds its readers, and
/// they are kept until it was quiet for a while. A cold group costs nothing here but its number in
/// each member's list.
public final class LocalUsers {
  static final long COLD_AFTER_MILLIS = 60_000;

  private static final class WarmGroup {
    final Readers readers = new Readers();
    long movedMillis;
  }

  private final Map<String, LocalUser> users = new HashMap<>();
  private final Map<Long, WarmGroup> warm = new HashMap<>();

  /// A session of `name` is going to be welcomed, or to close before that.
  public LocalUser expect(String name) {
    LocalUser user = users.computeIfAbsent(name, LocalUser::new);
    user.expect();
    return user;
  }

  /// It closed before it was welcomed.
  public void expectNoMore(LocalUser user) {
    user.expectNoMore();
    dropIfGone(user);
  }

  /// It is welcomed: it reads its user's conversations from here on.
  public void enter(LocalUser user, Session session) {
    user.expectNoMore();
    user.sessions().add(session);
    forWarmGroupsOf(user, readers -> readers.add(session));
  }

  /// A welcomed session has closed.
  public void leave(Session session) {
    LocalUser user = users.get(session.user());
    if (user == null || !user.sessions().remove(session)) {
      return;
    }
    forWarmGroupsOf(user, readers -> readers.ended(session));
    dropIfGone(user);
  }

  /// Looks up the few groups of a user, not the many that may be warm.
  private void forWarmGroupsOf(LocalUser user, Consumer<Readers> each) {
    user.groups()
        .forEach(group -> {
          WarmGroup found = warm.get(group);
          if (found != null) {
            each.accept(found.readers);
          }
        });
  }

  private void dropIfGone(LocalUser user) {
    if (user.isGone()) {
      users.remove(user.name());
    }
  }

  public Optional<LocalUser> find(String name) {
    return Optional.ofNullable(users.get(name));
  }

  public void memberIn(long group, String name) {
    LocalUser user = users.get(name);
    if (user == null) {
      return;
    }
    boolean before = user.isIn(group);
    user.changes(group, true);
    WarmGroup found = warm.get(group);
    if (found != null && !before && user.isIn(group)) {
      user.sessions().forEach(found.readers::add);
    }
  }

  public void memberOut(long group, String name) {
    LocalUser user = users.get(name);
    if (user == null) {
      return;
    }
    boolean before = user.isIn(group);
    user.changes(group, false);
    WarmGroup found = warm.get(group);
    if (found != null && before) {
      user.sessions().forEach(found.readers::remove);
    }
  }

  /// A group has no members any more.
  public void groupEnded(long group) {
    users.values().forEach(user -> user.changes(group, false));
    warm.remove(group);
  }

  /// The names of those connected here who are in `group`.
  public List<String> namesIn(long group) {
    List<String> names = new ArrayList<>();
    for (LocalUser user : users.values()) {
      if (user.isIn(group) && !user.sessions().isEmpty()) {
        names.add(user.name());
      }
    }
    return names;
  }

  /// The readers of a group that moves now.
  public Readers readers(long group, long nowMillis) {
    WarmGroup found = warm.get(group);
    if (found == null) {
      found = new WarmGroup();
      for (LocalUser user : users.values()) {
        if (user.isIn(group)) {
          user.sessions().forEach(found.readers::add);
        }
      }
      warm.put(group, found);
    }
    found.movedMillis = nowMillis;
    return found.readers;
  }

  /// Forgets the readers of groups that were quiet for a minute. To be called regularly.
  public void cool(long nowMillis) {
    warm.values().removeIf(group -> group.movedMillis + COLD_AFTER_MILLIS < nowMillis);
  }
}
