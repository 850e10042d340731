package dev.tidings.conversation;

import dev.tidings.base.Check;
import dev.tidings.session.Session;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The sessions that read one conversation on this lane, densely packed for the walk.
///
/// A closed session is not searched for: it is skipped and swept in the next walk, or when half of
/// the places are dead. So a disconnect costs nothing here, and a set that never moves stays
/// bounded by twice its living readers.
///
/// A walk over many readers may take several turns of the lane. As long as one is under way nobody
/// changes his place: who leaves makes a hole, who comes stands behind the end of the walk.
public final class Readers implements Session.Subscription {
  private @Nullable Session[] sessions = new Session[4];
  private int size;
  private int dead;
  private int walks;

  public void add(Session session) {
    if (size == sessions.length) {
      sessions = Arrays.copyOf(sessions, size * 2);
    }
    sessions[size++] = session;
  }

  /// Removes a living session; a search, for the rare leave.
  public void remove(Session session) {
    for (int i = 0; i < size; i++) {
      if (sessions[i] == session) {
        if (walks == 0) {
          sessions[i] = sessions[--size];
          sessions[size] = null;
        } else {
          sessions[i] = null;
          dead++;
        }
        return;
      }
    }
  }

  /// A session of this set has closed.
  @Override
  public void ended(Session session) {
    dead++;
    sweepIfDue();
  }

  /// No living session is left.
  public boolean isEmpty() {
    return size - dead <= 0;
  }

  /// Living sessions.
  public int size() {
    return size - dead;
  }

  /// Calls `each` for every living session, in one go.
  public void forEach(Consumer<Session> each) {
    Walk walk = walk();
    walk.proceed(Integer.MAX_VALUE, each);
    walk.end();
  }

  /// Begins a walk over those who read now; it must be ended.
  public Walk walk() {
    walks++;
    return new Walk();
  }

  /// A walk over the readers of one moment.
  public final class Walk {
    private final int end = size;
    private int at;

    private Walk() {}

    /// Calls `each` for the next living sessions, at most `count`; answers for how many.
    public int proceed(int count, Consumer<Session> each) {
      int called = 0;
      while (at < end && called < count) {
        Session session = sessions[at++];
        if (session != null && !session.isClosed()) {
          each.accept(session);
          called++;
        }
      }
      return called;
    }

    /// Whether everybody was called.
    public boolean isOver() {
      return at == end;
    }

    /// Nobody else is called. To be called once.
    public void end() {
      walks--;
      Check.that(walks >= 0, "more walks ended than began");
      sweepIfDue();
    }
  }

  private void sweepIfDue() {
    if (walks == 0 && dead * 2 > size) {
      sweep();
    }
  }

  private void sweep() {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      Session session = sessions[i];
      if (session != null && !session.isClosed()) {
        sessions[kept++] = session;
      }
    }
    Arrays.fill(sessions, kept, size, null);
    size = kept;
    dead = 0;
  }
}
