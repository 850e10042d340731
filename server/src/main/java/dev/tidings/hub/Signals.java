package dev.tidings.hub;

import static dev.tidings.protocol.ErrorCode.RATE;
import static dev.tidings.protocol.ErrorCode.TOO_MANY;

import dev.tidings.engine.Answer;
import dev.tidings.engine.Change;
import dev.tidings.engine.ConversationId;
import dev.tidings.protocol.Address;
import dev.tidings.protocol.Command;
import dev.tidings.session.SendRate;
import dev.tidings.session.Session;

/// `signal`: for the moment and nothing else. It takes the way of all changes, so that it keeps its
/// place between the entries around it and the rules of membership hold; but it writes nothing, and
/// whatever stands in its way drops it without a word, unless an `id` asks what became of it.
final class Signals {
  /// Signals of one connection.
  static final SendRate.Limit RATE_LIMIT = new SendRate.Limit(10, 10);

  private final Shard shard;
  private final Replies replies;
  private final Sending sending;

  Signals(Shard shard, Replies replies, Sending sending) {
    this.shard = shard;
    this.replies = replies;
    this.sending = sending;
  }

  void signal(Request request, Command.Signal signal) {
    Address to = signal.to();
    if (!sending.permits(request, to, signal.data().sizeBytes())) {
      return;
    }
    long waitMillis = shard.waitMillis(request, Session::signalRate, RATE_LIMIT);
    if (waitMillis > 0) {
      if (request.wantsAnswer()) {
        replies.err(request, RATE, "too many signals", waitMillis);
      }
      return;
    }
    boolean taken =
        Asked.change(
            request,
            shard,
            ticket ->
                new Change.Signal(
                    ticket,
                    ConversationId.of(to, request.actor()),
                    request.actor(),
                    signal.data(),
                    request.privileged()),
            (asking, answer) -> signalled(asking, to, answer));
    if (!taken && request.wantsAnswer()) {
      replies.busy(request);
    }
  }

  private void signalled(Request request, Address to, Answer answer) {
    if (answer instanceof Answer.Refused refused) {
      boolean dropped = refused.retryMillis() > 0 || refused.code() == TOO_MANY;
      if (!dropped || request.wantsAnswer()) {
        replies.refused(request, answer);
      }
    } else if (request.wantsAnswer()) {
      replies.ok(request, out -> out.name("in").plain(to.toString()));
    }
  }
}
