package dev.tidings.client.model;

import java.util.OptionalLong;

/// What to look for: docs/protocol.md §8. Begin with [#of(String)] and narrow it.
///
/// @param text words that must all be there; between quotes, side by side
/// @param in only there; empty: in everything that I may read
/// @param from only what this user wrote; empty: anybody
/// @param before only what is older than this time, Unix milliseconds
/// @param limit at most so many entries, 1 to 200
/// @param next where the last page ended; empty: from the newest on
public record SearchQuery(
    String text, String in, String from, OptionalLong before, int limit, String next) {

  private static final int LIMIT_MAX = 200;
  private static final int LIMIT_DEFAULT = 20;

  public SearchQuery {
    if (limit < 1 || limit > LIMIT_MAX) {
      throw new IllegalArgumentException("limit " + limit);
    }
  }

  /// The newest entries that say this, wherever I may read.
  public static SearchQuery of(String text) {
    return new SearchQuery(text, "", "", OptionalLong.empty(), LIMIT_DEFAULT, "");
  }

  public SearchQuery in(String address) {
    return new SearchQuery(text, address, from, before, limit, next);
  }

  public SearchQuery from(String user) {
    return new SearchQuery(text, in, user, before, limit, next);
  }

  public SearchQuery before(long ts) {
    return new SearchQuery(text, in, from, OptionalLong.of(ts), limit, next);
  }

  public SearchQuery limit(int entries) {
    return new SearchQuery(text, in, from, before, entries, next);
  }

  /// The page behind `page`.
  public SearchQuery behind(Found page) {
    return new SearchQuery(text, in, from, before, limit, page.next());
  }
}
