package dev.tidings.conversation;

import dev.tidings.session.Session;
import java.util.Arrays;
import java.util.function.Consumer;

/// The sessions that read one conversation on this lane, densely packed for the walk.
///
/// A closed session is not searched for: it is skipped and swept in the next walk, or when half of
/// the places are dead. So a disconnect costs nothing here, and a set that never moves stays
/// bounded by twice its living readers.
public final class Readers implements Session.Subscription {
  private Session[] sessions = new Session[4];
  private int size;
  private int dead;
  private boolean walking;

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
        sessions[i] = sessions[--size];
        clear(size);
        return;
      }
    }
  }

  /// A session of this set has closed.
  @Override
  public void ended(Session session) {
    dead++;
    if (dead * 2 > size && !walking) {
      sweep();
    }
  }

  /// No living session is left.
  public boolean isEmpty() {
    return size - dead <= 0;
  }

  /// Living sessions.
  public int size() {
    return size - dead;
  }

  /// Calls `walk` for every living session. The set must not be changed meanwhile, except that
  /// sessions may close.
  public void forEach(Consumer<Session> walk) {
    boolean met = false;
    walking = true;
    for (int i = 0; i < size; i++) {
      Session session = sessions[i];
      if (session.isClosed()) {
        met = true;
      } else {
        walk.accept(session);
      }
    }
    walking = false;
    if (met) {
      sweep();
    }
  }

  private void sweep() {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      if (!sessions[i].isClosed()) {
        sessions[kept++] = sessions[i];
      }
    }
    for (int i = kept; i < size; i++) {
      clear(i);
    }
    size = kept;
    dead = 0;
  }

  @SuppressWarnings("NullAway") // a place beyond `size` holds nothing; it only must not hold on
  private void clear(int place) {
    sessions[place] = null;
  }
}
