package dev.tidings.protocol;

import java.util.Locale;

/// Why a request was refused: the one table behind `err` units, HTTP statuses and docs/protocol.md
/// §12 (a test compares the page with this enum).
///
/// A temporary refusal carries `retry`; a permanent one will be given again for the same request.
public enum ErrorCode {
  BAD_JSON(400, Kind.PERMANENT, "not an object, bad UTF-8, too deep; five in a row: close 4501"),
  BAD_REQUEST(400, Kind.PERMANENT, "missing or wrong field (named in `msg`)"),
  UNKNOWN_OP(400, Kind.PERMANENT, "the server does not know this `op`"),
  UNAUTHORIZED(401, Kind.PERMANENT, "`auth` first"),
  FORBIDDEN(403, Kind.PERMANENT, "capability, role or webhook says no"),
  NOT_FOUND(404, Kind.PERMANENT, "no such user, group, entry (also for what one may not see)"),
  NOT_MEMBER(403, Kind.PERMANENT, "only members may do this"),
  EXISTS(409, Kind.PERMANENT, "group name taken"),
  CID(409, Kind.PERMANENT, "this `cid` was used for other data"),
  TOO_LARGE(413, Kind.PERMANENT, "data or frame over the limit"),
  TOO_MANY(409, Kind.PERMANENT, "members, subscriptions, conversations over the limit"),
  TOO_LATE(409, Kind.PERMANENT, "edit/recall window over, or entry already recalled"),
  EPOCH(409, Kind.PERMANENT, "other epoch; carries `epoch`, `low`, `head`"),
  CURSOR(409, Kind.PERMANENT, "cursor too old; sync from scratch"),
  OFF(501, Kind.PERMANENT, "feature disabled here"),
  RATE(429, Kind.TEMPORARY, "too often; nothing was done"),
  BUSY(503, Kind.TEMPORARY, "overloaded; nothing was done"),
  UNAVAILABLE(503, Kind.TEMPORARY, "store or bus not reachable; outcome unknown"),
  TIMEOUT(504, Kind.TEMPORARY, "outcome unknown"),
  INTERNAL(500, Kind.TEMPORARY, "outcome unknown");

  /// Whether asking again can help.
  public enum Kind {
    PERMANENT,
    TEMPORARY
  }

  private final int httpStatus;
  private final Kind kind;
  private final String meaning;
  private final String wire = name().toLowerCase(Locale.ROOT);

  ErrorCode(int httpStatus, Kind kind, String meaning) {
    this.httpStatus = httpStatus;
    this.kind = kind;
    this.meaning = meaning;
  }

  /// The word on the wire, for example `not_member`.
  public String wire() {
    return wire;
  }

  /// The status of a one-line `POST /v1/rpc` that was refused for this reason.
  public int httpStatus() {
    return httpStatus;
  }

  public Kind kind() {
    return kind;
  }

  /// One line for people and for the table in docs/protocol.md.
  public String meaning() {
    return meaning;
  }
}
