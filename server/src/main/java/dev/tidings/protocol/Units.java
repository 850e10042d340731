package dev.tidings.protocol;

import java.util.OptionalLong;

/// Writes the units that the server sends (docs/protocol.md §4, §12), each as one JSON object with
/// `op` first. Units about entries are written where entries are known.
public final class Units {
  private Units() {}

  /// Limits that a client needs to know, as `max` in `welcome`.
  public record Max(int frameBytes, int dataBytes, int inFlight, int dedupeSeconds) {}

  public static void welcome(
      JsonWriter out,
      RequestId request,
      String user,
      String connection,
      int pingSeconds,
      long tsMillis,
      OptionalLong expiresMillis,
      Max max) {
    out.beginObject().name("op").plain("welcome");
    id(out, request);
    out.name("v").number(1);
    out.name("user").plain(user).name("conn").plain(connection);
    out.name("ping").number(pingSeconds).name("ts").number(tsMillis);
    if (expiresMillis.isPresent()) {
      out.name("exp").number(expiresMillis.getAsLong());
    }
    out.name("max").beginObject();
    out.name("frame").number(max.frameBytes()).name("data").number(max.dataBytes());
    out.name("inflight").number(max.inFlight()).name("dedupe").number(max.dedupeSeconds());
    out.endObject().endObject();
  }

  /// Begins an `ok`; the caller adds fields and ends the object.
  public static JsonWriter ok(JsonWriter out, RequestId request) {
    out.beginObject().name("op").plain("ok");
    id(out, request);
    return out;
  }

  /// @param retryMillis 0 for a permanent code
  public static void err(
      JsonWriter out, Head head, ErrorCode code, String message, long retryMillis) {
    errStart(out, head, code, message);
    if (retryMillis > 0) {
      out.name("retry").number(retryMillis);
    }
    out.endObject();
  }

  /// Begins an `err`; the caller may add fields and ends the object.
  public static JsonWriter errStart(JsonWriter out, Head head, ErrorCode code, String message) {
    out.beginObject().name("op").plain("err");
    id(out, head.id());
    if (head.id().isNone() && !head.op().isEmpty()) {
      out.name("re").string(head.op());
    }
    return out.name("code").plain(code.wire()).name("msg").string(message);
  }

  /// @param cursor `""` to leave it out
  public static void ping(JsonWriter out, String cursor) {
    out.beginObject().name("op").plain("ping");
    if (!cursor.isEmpty()) {
      out.name("cursor").plain(cursor);
    }
    out.endObject();
  }

  public static void pong(JsonWriter out, RequestId request) {
    out.beginObject().name("op").plain("pong");
    id(out, request);
    out.endObject();
  }

  /// @param retryMillis 0 to leave it out
  public static void bye(JsonWriter out, CloseCode code, long retryMillis) {
    byeStart(out, code);
    if (retryMillis > 0) {
      out.name("retry").number(retryMillis);
    }
    out.endObject();
  }

  /// A `bye` that is not the last word: the connection is served for so long.
  public static void byeWithin(JsonWriter out, CloseCode code, long withinMillis) {
    byeStart(out, code).name("within").number(withinMillis).endObject();
  }

  private static JsonWriter byeStart(JsonWriter out, CloseCode code) {
    out.beginObject().name("op").plain("bye");
    return out.name("code").plain(code.wire()).name("close").number(code.number());
  }

  public static void presence(JsonWriter out, String in, String user, boolean on, long tsMillis) {
    out.beginObject().name("op").plain("presence");
    out.name("in").plain(in).name("user").plain(user);
    out.name("on").bool(on).name("ts").number(tsMillis).endObject();
  }

  private static void id(JsonWriter out, RequestId request) {
    if (!request.isNone()) {
      out.name("id").raw(request.bytes());
    }
  }
}
