package dev.tidings.conversation;

import dev.tidings.session.Session;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A user with at least one connection on this lane: his sessions here and the groups he is in.
///
/// The groups are read from the store once, when he comes. What changes while that read is under
/// way is remembered and applied on top: the last change of a group decides, so it does no harm if
/// the read has seen it already.
public final class LocalUser {
  private record Change(long group, boolean in) {}

  private final String name;
  private final List<Session> sessions = new ArrayList<>(1);
  private int joining;

  /// Null until read.
  private @Nullable GroupNumbers groups;

  private @Nullable List<Change> meanwhile;

  LocalUser(String name) {
    this.name = name;
  }

  public String name() {
    return name;
  }

  /// His welcomed sessions on this lane.
  public List<Session> sessions() {
    return sessions;
  }

  /// A session wants to join; it may still turn out otherwise.
  void expect() {
    joining++;
  }

  void expectNoMore() {
    joining--;
  }

  boolean isGone() {
    return sessions.isEmpty() && joining == 0;
  }

  /// Whether his groups are known here.
  public boolean isKnown() {
    return groups != null;
  }

  /// A read of his groups begins: from now on changes are remembered.
  public void beginsReading() {
    if (meanwhile == null) {
      meanwhile = new ArrayList<>();
    }
  }

  /// The groups that the read found, ascending.
  public void learns(long[] found) {
    if (groups != null) {
      return;
    }
    groups = GroupNumbers.of(found);
    List<Change> changes = meanwhile == null ? List.of() : meanwhile;
    meanwhile = null;
    for (Change change : changes) {
      apply(change);
    }
  }

  void changes(long group, boolean in) {
    Change change = new Change(group, in);
    if (groups != null) {
      apply(change);
    } else if (meanwhile != null) {
      meanwhile.add(change);
    }
  }

  private void apply(Change change) {
    GroupNumbers known = groups();
    groups = change.in() ? known.with(change.group()) : known.without(change.group());
  }

  public boolean isIn(long group) {
    return groups().contains(group);
  }

  /// His groups; none until they are known.
  GroupNumbers groups() {
    return groups == null ? GroupNumbers.NONE : groups;
  }
}
