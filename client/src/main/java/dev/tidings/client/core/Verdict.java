package dev.tidings.client.core;

import dev.tidings.client.json.Json;

/// What the end of a connection means for the client (docs/protocol.md §12). The range of the close
/// code decides, so that codes of later servers are understood too.
sealed interface Verdict {
  int TOKEN_EXPIRED = 4005;
  int REPLACED = 4503;

  /// Closed for good.
  record Stop(int close, String code, String message) implements Verdict {}

  /// Try again, after at least so many milliseconds.
  record ComeBack(String code, long atLeastMillis, boolean withNewToken) implements Verdict {}

  /// Try again as soon as the backoff allows.
  static Verdict comeBack(String code) {
    return new ComeBack(code, 0, false);
  }

  static Verdict ofClose(int close, String reason) {
    return of(close, reason.isEmpty() ? "close " + close : reason, "", 0);
  }

  static Verdict ofBye(Json.Obj bye) {
    String code = bye.string("code").orElse("bye");
    int close = (int) bye.number("close").orElse(Dialer.Events.BROKEN);
    return of(close, code, bye.string("msg").orElse(""), bye.number("retry").orElse(0));
  }

  private static Verdict of(int close, String code, String message, long retryMillis) {
    if (close >= 4500 && close <= 4999) {
      return new Stop(close, code, message);
    }
    return new ComeBack(code, Math.max(0, retryMillis), close == TOKEN_EXPIRED);
  }
}
