package dev.tidings.hub;

import dev.tidings.engine.Answer;
import dev.tidings.engine.Conversation;
import dev.tidings.protocol.ErrorCode;
import dev.tidings.protocol.Head;
import dev.tidings.protocol.JsonWriter;
import dev.tidings.protocol.Units;
import dev.tidings.session.Frame;
import dev.tidings.session.Session;
import java.util.Optional;
import java.util.function.Consumer;

/// Answers requests: exactly one `ok`, `err`, `welcome` or `pong` each.
final class Replies {
  static final long BUSY_RETRY_MILLIS = 1_000;

  private final Shard shard;
  private final Consumer<Session> cannotBegin;

  /// @param cannotBegin hears of a stream whose own request was refused for now
  Replies(Shard shard, Consumer<Session> cannotBegin) {
    this.shard = shard;
    this.cannotBegin = cannotBegin;
  }

  /// `ok` with what `fields` adds.
  void ok(Request request, Consumer<JsonWriter> fields) {
    reply(
        request,
        Optional.empty(),
        out -> {
          Units.ok(out, request.head().id());
          fields.accept(out);
          out.endObject();
        });
  }

  void err(Request request, ErrorCode code, String message) {
    err(request, code, message, 0);
  }

  void err(Request request, ErrorCode code, String message, long retryMillis) {
    reply(
        request,
        Optional.of(code),
        out -> Units.err(out, request.head(), code, message, retryMillis));
    if (retryMillis > 0 && request.session().connection().oneWay()) {
      cannotBegin.accept(request.session());
    }
  }

  /// The stream for which a POST asks is not there, or has ended meanwhile.
  void noSuchStream(Request request) {
    err(request, ErrorCode.NOT_FOUND, "X-Conn: no such stream");
  }

  /// To somebody of whom nothing is known, or about a unit that was no request.
  void err(Session session, Head head, ErrorCode code, String message) {
    Frame frame = shard.frame(out -> Units.err(out, head, code, message, 0));
    session.outbox().reply(session.nextOrdinal(), Optional.of(code), frame);
    frame.release();
  }

  void busy(Request request) {
    err(request, ErrorCode.BUSY, "too much is waiting", BUSY_RETRY_MILLIS);
  }

  /// A refusal by the engine. `true` if `answer` was one.
  boolean refused(Request request, Answer answer) {
    switch (answer) {
      case Answer.Refused refused ->
          err(request, refused.code(), refused.message(), refused.retryMillis());
      case Answer.OtherEpoch other -> otherEpoch(request, other);
      case Answer.Appended _,
          Answer.Marked _,
          Answer.Done _,
          Answer.Sanctioned _,
          Answer.UserState _,
          Answer.Page _,
          Answer.SyncPage _,
          Answer.Owing _,
          Answer.Found _,
          Answer.MembersPage _,
          Answer.GroupInfo _,
          Answer.Visible _ -> {
        return false;
      }
    }
    return true;
  }

  private void otherEpoch(Request request, Answer.OtherEpoch other) {
    reply(
        request,
        Optional.of(ErrorCode.EPOCH),
        out ->
            Units.errStart(out, request.head(), ErrorCode.EPOCH, "this log has another epoch")
                .name("epoch")
                .plain(other.epoch())
                .name("low")
                .number(other.low())
                .name("head")
                .number(other.head())
                .endObject());
  }

  void reply(Request request, Optional<ErrorCode> refusal, Consumer<JsonWriter> write) {
    Frame frame = shard.frame(write);
    request.session().outbox().reply(request.ordinal(), refusal, frame);
    frame.release();
  }

  /// `epoch`, where the log has begun.
  static void epoch(JsonWriter out, Conversation conversation) {
    if (!conversation.epoch().isEmpty()) {
      out.name("epoch").plain(conversation.epoch());
    }
  }
}
