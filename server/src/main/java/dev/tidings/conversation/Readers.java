package dev.tidings.conversation;

import dev.tidings.base.Check;
import dev.tidings.session.Session;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Predicate;
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

  /// Removes the living sessions that `leaves` says, in one pass; their places are swept later.
  public void removeIf(Predicate<Session> leaves) {
    for (int i = 0; i < size; i++) {
      Session session = sessions[i];
      if (session != null && !session.isClosed() && leaves.test(session)) {
        sessions[i] = null;
        dead++;
      }
    }
    sweepIfDue();
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
    walk.proceed(Integer.MAX_VALUE, walk.end(), (session, place) -> each.accept(session));
    walk.close();
  }

  /// So many have left that no more walks should begin before they are swept.
  public boolean needsSweep() {
    return dead * 2 > size;
  }

  /// Begins a walk; it must be closed.
  public Walk walk() {
    walks++;
    return new Walk();
  }

  /// What is done with a session.
  @FunctionalInterface
  public interface Visit {
    /// @param place where it stands, from 0; the same as long as a walk is under way
    void to(Session session, int place);
  }

  /// A walk from place to place, over those who read when it began, and round again if wanted.
  public final class Walk {
    private int end = size;
    private int at;

    private Walk() {}

    /// The place that is next.
    public int at() {
      return at;
    }

    /// Behind the last place.
    public int end() {
      return end;
    }

    /// Visits the next living sessions, at most `count`, none at `until` or behind it; answers how
    /// many.
    public int proceed(int count, int until, Visit visit) {
      int visited = 0;
      while (at < until && visited < count) {
        Session session = sessions[at];
        if (session != null && !session.isClosed()) {
          visit.to(session, at);
          visited++;
        }
        at++;
      }
      return visited;
    }

    /// Back to the first place.
    public void goRound() {
      at = 0;
    }

    /// Takes those in who came meanwhile; answers the new [#end()].
    public int extend() {
      end = size;
      return end;
    }

    /// Whether it is over these.
    public boolean isOf(Readers readers) {
      return readers == Readers.this;
    }

    /// Nobody else is visited. To be called once.
    public void close() {
      walks--;
      Check.that(walks >= 0, "more walks ended than began");
      sweepIfDue();
    }
  }

  private void sweepIfDue() {
    if (walks == 0 && needsSweep()) {
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
