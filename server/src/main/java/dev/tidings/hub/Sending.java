package dev.tidings.hub;

import static dev.tidings.protocol.ErrorCode.FORBIDDEN;
import static dev.tidings.protocol.ErrorCode.NOT_FOUND;
import static dev.tidings.protocol.ErrorCode.OFF;
import static dev.tidings.protocol.ErrorCode.RATE;
import static dev.tidings.protocol.ErrorCode.TOO_LARGE;

import dev.tidings.engine.Answer;
import dev.tidings.engine.Change;
import dev.tidings.engine.ConversationId;
import dev.tidings.engine.Ticket;
import dev.tidings.protocol.Address;
import dev.tidings.protocol.Command;
import dev.tidings.session.SendRate;
import dev.tidings.session.Session;
import java.util.function.Function;

/// `send`, `edit` and `recall`: may she, it seems; then it is the engine's, which decides for good.
///
/// Nobody hears an entry yet, not even the sender. The engine first fixes its place in the
/// conversation's order and keeps it, then hands it to every lane, this one included: see
/// [Delivery].
final class Sending {
  /// No refusal is shorter: it must outlast what was in flight when the client heard of it, or a
  /// later send would overtake the repeat of an earlier one.
  private static final long RETRY_MILLIS_MIN = 1_000;

  private final Shard shard;
  private final Replies replies;
  private final Passing passing;

  Sending(Shard shard, Replies replies, Passing passing) {
    this.shard = shard;
    this.replies = replies;
    this.passing = passing;
  }

  void send(Request request, Command.Send send) {
    Address to = send.to();
    if (!passes(request, to, send.data().sizeBytes())) {
      return;
    }
    if (to.kind() == Address.Kind.TOPIC && !shard.settings.keeps(to.name())) {
      passing.publish(to.name(), request.actor(), send.key(), send.mention(), send.data());
      replies.ok(request, out -> out.name("in").plain(to.toString()));
      return;
    }
    ConversationId id = ConversationId.of(to, request.actor());
    submit(
        request,
        to,
        ticket ->
            new Change.Append(
                ticket,
                id,
                request.actor(),
                send.cid(),
                send.mention(),
                send.data(),
                send.ttlSeconds(),
                request.privileged()));
  }

  void edit(Request request, Command.Edit edit) {
    Address in = edit.in();
    if (!passes(request, in, edit.data().sizeBytes()) || !isKept(request, in)) {
      return;
    }
    ConversationId id = ConversationId.of(in, request.actor());
    submit(
        request,
        in,
        ticket ->
            new Change.Edit(
                ticket,
                id,
                request.actor(),
                edit.cid(),
                edit.epoch(),
                edit.seq(),
                edit.data(),
                request.privileged()));
  }

  void recall(Request request, Command.Recall recall) {
    Address in = recall.in();
    if (!passes(request, in, 0) || !isKept(request, in)) {
      return;
    }
    ConversationId id = ConversationId.of(in, request.actor());
    submit(
        request,
        in,
        ticket ->
            new Change.Recall(
                ticket,
                id,
                request.actor(),
                recall.cid(),
                recall.epoch(),
                recall.seq(),
                request.privileged()));
  }

  /// Whether she may ever write so much to `to`; if not, she was told.
  boolean permits(Request request, Address to, int dataBytes) {
    if (!request.identity().caps().maySend(to)) {
      replies.err(request, FORBIDDEN, "may not send to " + to);
      return false;
    }
    if (dataBytes > shard.settings.max().dataBytes()) {
      replies.err(
          request, TOO_LARGE, "data is over " + shard.settings.max().dataBytes() + " bytes");
      return false;
    }
    return true;
  }

  /// Whether she may write to `to` now; if not, she was told.
  private boolean passes(Request request, Address to, int dataBytes) {
    if (!permits(request, to, dataBytes)) {
      return false;
    }
    if (to.kind() == Address.Kind.ANNOUNCEMENT && !shard.channels.has(to.name())) {
      replies.err(request, NOT_FOUND, "no such conversation");
      return false;
    }
    long waitMillis = waitMillis(request);
    if (waitMillis > 0) {
      refuseForNow(request.session(), waitMillis);
      replies.err(request, RATE, "too many messages, or one before was refused", waitMillis);
      return false;
    }
    if (shard.congestion.has(ConversationId.of(to, request.actor()))) {
      refuseForNow(request.session(), Replies.BUSY_RETRY_MILLIS);
      replies.busy(request);
      return false;
    }
    return true;
  }

  private boolean isKept(Request request, Address in) {
    boolean kept = in.kind() != Address.Kind.TOPIC || shard.settings.keeps(in.name());
    if (!kept) {
      replies.err(request, OFF, "this topic has no log");
    }
    return kept;
  }

  /// 0 if this send may go on, else how long its sender has to wait.
  private long waitMillis(Request request) {
    SendRate rate = request.session().sendRate();
    long now = shard.clock.monotonicMillis();
    long refused = rate.refusedFor(now);
    if (refused > 0) {
      return refused; // the time that was told, not a longer one: it must come to an end
    }
    SendRate.Limit limit =
        request.identity().service() ? SendRate.Limit.NONE : shard.settings.sendRate();
    long wait = rate.take(limit, now);
    return wait == 0 ? 0 : Math.max(wait, RETRY_MILLIS_MIN);
  }

  private void submit(Request request, Address to, Function<Ticket, Change> change) {
    if (!Asked.change(request, shard, change, (asking, answer) -> sent(asking, to, answer))) {
      refuseForNow(request.session(), Replies.BUSY_RETRY_MILLIS);
      replies.busy(request);
    }
  }

  private void sent(Request request, Address to, Answer answer) {
    if (answer instanceof Answer.Refused refused && refused.retryMillis() > 0) {
      refuseForNow(request.session(), refused.retryMillis());
    }
    if (replies.refused(request, answer)) {
      return;
    }
    if (answer instanceof Answer.Appended done) {
      replies.ok(
          request,
          out -> {
            out.name("in").plain(to.toString()).name("epoch").plain(done.conversation().epoch());
            out.name("seq").number(done.seq()).name("ts").number(done.tsMillis());
            out.name("level").plain(done.level().wire());
            if (done.duplicate()) {
              out.name("dup").bool(true);
            }
          });
    }
  }

  /// What was in flight behind a send that was refused for now must not overtake its repeat.
  private void refuseForNow(Session session, long retryMillis) {
    session.sendRate().refuseFor(retryMillis, shard.clock.monotonicMillis());
  }
}
