package dev.tidings.engine;

import static dev.tidings.protocol.ErrorCode.TOO_MANY;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// What the operator has said of users and tokens: all of it in mind, for every lane to look at,
/// and in the store. Changed by the writer alone, when the change is kept.
public final class Sanctions {
  /// Users that something may be said of, and tokens that may be revoked one by one.
  static final int USERS_MAX = 10_000;

  static final int TOKENS_MAX = 10_000;

  private final ConcurrentMap<String, Sanction> users = new ConcurrentHashMap<>();

  /// By id, until when it is kept.
  private final ConcurrentMap<String, Long> tokens = new ConcurrentHashMap<>();

  /// How long a revoked token is remembered: none should live as long.
  private static final long TOKEN_KEPT_MILLIS = 400L * 24 * 3600 * 1000;

  Sanctions(Store store) {
    try (Store.Scan scan = store.ascending(Keys.sanction(""), Keys.sanctionsEnd())) {
      while (scan.next()) {
        users.put(Keys.textBehindLetter(scan.key()), Sanction.of(scan.value()));
      }
    }
    try (Store.Scan scan = store.ascending(Keys.revoked(""), Keys.revokedEnd())) {
      while (scan.next()) {
        tokens.put(Keys.textBehindLetter(scan.key()), new RowReader(scan.value()).number());
      }
    }
  }

  /// Another node kept this row of a shared store.
  void absorb(byte[] key, byte[] value) {
    String of = Keys.textBehindLetter(key);
    if (key[0] == Keys.SANCTION) {
      users.put(of, Sanction.of(value));
    } else {
      tokens.put(of, new RowReader(value).number());
    }
  }

  /// Another node deleted this row.
  void absorbDeleted(byte[] key) {
    String of = Keys.textBehindLetter(key);
    if (key[0] == Keys.SANCTION) {
      users.remove(of);
    } else {
      tokens.remove(of);
    }
  }

  /// What was said of `user`. From any thread.
  public Sanction of(String user) {
    return users.getOrDefault(user, Sanction.NONE);
  }

  /// Whether the token of this id was revoked. From any thread.
  public boolean isRevoked(String tokenId) {
    return !tokenId.isEmpty() && tokens.containsKey(tokenId);
  }

  /// At most `limit` of everything, users before tokens, from `next` on. From any thread.
  public Answer.SanctionsPage page(String next, int limit) {
    List<Answer.SanctionedUser> page = new ArrayList<>();
    List<String> revoked = new ArrayList<>();
    if (next.isEmpty() || next.charAt(0) == 'u') {
      for (var each :
          new TreeMap<>(users).tailMap(next.isEmpty() ? "" : next.substring(1), true).entrySet()) {
        if (page.size() == limit) {
          return new Answer.SanctionsPage(page, revoked, "u" + each.getKey());
        }
        page.add(new Answer.SanctionedUser(each.getKey(), each.getValue()));
      }
    }
    String fromToken = next.isEmpty() || next.charAt(0) == 'u' ? "" : next.substring(1);
    for (String token : new TreeMap<>(tokens).tailMap(fromToken, true).keySet()) {
      if (page.size() + revoked.size() == limit) {
        return new Answer.SanctionsPage(page, revoked, "j" + token);
      }
      revoked.add(token);
    }
    return new Answer.SanctionsPage(page, revoked, "");
  }

  /// Decides a change. What it says becomes true when `turn` is kept.
  Answer decide(Turn turn, Store store, Change.Sanctioning change) {
    byte[] key = Keys.sanction(change.user());
    Sanction before = turn.batch.find(key, store).map(Sanction::of).orElse(Sanction.NONE);
    Sanction now = change.change().apply(before);
    int more = (now.isNone() ? 0 : 1) - (before.isNone() ? 0 : 1);
    if (more > 0 && users.size() + turn.usersSanctioned >= USERS_MAX) {
      return Answer.Refused.permanently(
          TOO_MANY, "something was said of " + USERS_MAX + " users already");
    }
    turn.usersSanctioned += more;
    if (now.isNone()) {
      turn.batch.delete(key);
    } else {
      turn.batch.put(key, now.row());
    }
    turn.whenKept(() -> {
      if (now.isNone()) {
        users.remove(change.user());
      } else {
        users.put(change.user(), now);
      }
    });
    return new Answer.Sanctioned(now);
  }

  Answer decide(Turn turn, Change.RevokeToken change) {
    forgetOutlived(turn);
    String token = change.tokenId();
    boolean known = tokens.containsKey(token);
    if (!known && tokens.size() + turn.tokensRevoked >= TOKENS_MAX) {
      return Answer.Refused.permanently(
          TOO_MANY, "at most " + TOKENS_MAX + " tokens are revoked one by one");
    }
    turn.tokensRevoked += known ? 0 : 1;
    long until = turn.nowMillis + TOKEN_KEPT_MILLIS;
    turn.batch.put(Keys.revoked(token), new RowWriter(10).number(until).done());
    turn.whenKept(() -> tokens.put(token, until));
    return new Answer.Done();
  }

  private void forgetOutlived(Turn turn) {
    if (tokens.size() + turn.tokensRevoked < TOKENS_MAX) {
      return;
    }
    tokens.forEach((token, until) -> {
      if (until < turn.nowMillis) {
        turn.tokensRevoked--;
        turn.batch.delete(Keys.revoked(token));
        turn.whenKept(() -> tokens.remove(token));
      }
    });
  }
}
