package dev.tidings.redis;

import dev.tidings.engine.Store.StoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// When this node may decide: alone at any time, in company when it is its turn. Confined to the
/// writer; times are monotonic milliseconds.
final class Turns {
  private static final Logger LOG = LoggerFactory.getLogger(Turns.class);

  /// Who has heard of another node's commit so recently takes the turn before he decides.
  private static final long COMPANY_MILLIS = 1_000;

  /// Whoever waits for the turn looks himself so often: one that is given back is told to nobody.
  private static final long ASK_AGAIN_MILLIS = 5;

  /// What is to be done now.
  enum Answer {
    /// Decide.
    DECIDE,
    /// Hear more, or wait for the turn.
    WAIT,
    /// Redis has less than it had.
    LOST
  }

  private final RedisStore store;
  private boolean ours;
  private boolean asked;
  private boolean unsure;
  private long askAgainMillis;
  private long companyUntilMillis;
  private long lastCommit;

  Turns(RedisStore store) {
    this.store = store;
  }

  /// Another node has committed, and named whose turn is next.
  void heard(String next, long now) {
    companyUntilMillis = now + COMPANY_MILLIS;
    ours |= next.equals(store.token());
    asked &= !ours;
  }

  /// Whether there are commits that this node has not heard of yet.
  boolean isBehind() {
    return store.applied() < lastCommit;
  }

  /// The last commit there was when we asked.
  long lastCommit() {
    return lastCommit;
  }

  /// Asks Redis where it has to.
  ///
  /// @throws StoreException if Redis cannot be asked
  Answer ask(long now) {
    if (ours || (!asked && !unsure && now - companyUntilMillis > 0)) {
      return Answer.DECIDE;
    }
    if (asked && now - askAgainMillis < 0) {
      return Answer.WAIT;
    }
    if (unsure) {
      store.look(); // who does not hear the answer must not take the turn, for he would keep it
      unsure = false;
    }
    RedisStore.Turn turn = store.take();
    lastCommit = turn.commit();
    if (!store.isSameHistory(turn)) {
      return Answer.LOST;
    }
    ours = turn.granted();
    asked = !ours;
    askAgainMillis = now + Math.min(turn.leftMillis() + 1, ASK_AGAIN_MILLIS);
    return ours && !isBehind() ? Answer.DECIDE : Answer.WAIT;
  }

  /// A commit was made: it may have passed the turn on, and nothing but a commit keeps it.
  void committed(long now) {
    ours = store.keptTurn();
    if (store.gaveTurn()) {
      companyUntilMillis = now + COMPANY_MILLIS;
    }
  }

  /// Overtaken, or there was nothing to commit: next time the turn is taken first.
  void nothingCommitted(boolean hasMore, long now) {
    companyUntilMillis = now + COMPANY_MILLIS;
    if (!hasMore) {
      giveBack();
    }
    ours = false;
  }

  /// There is nothing to decide.
  void giveBack() {
    if (ours || asked) {
      ours = false;
      asked = false;
      try {
        store.pass();
      } catch (StoreException e) {
        LOG.debug("the turn ends by itself", e);
      }
    }
  }

  /// Redis could not be asked: nobody knows whose turn it is.
  void unsure() {
    ours = false;
    asked = false;
    unsure = true;
  }

  /// How long to wait before asking again, at most `millis`.
  long restMillis(long millis, long now) {
    return asked ? Math.min(millis, Math.max(1, askAgainMillis - now)) : millis;
  }
}
