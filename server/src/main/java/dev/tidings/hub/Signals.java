package dev.tidings.hub;

import static dev.tidings.protocol.ErrorCode.BUSY;
import static dev.tidings.protocol.ErrorCode.FORBIDDEN;
import static dev.tidings.protocol.ErrorCode.RATE;
import static dev.tidings.protocol.ErrorCode.TOO_LARGE;
import static dev.tidings.protocol.ErrorCode.TOO_MANY;

import dev.tidings.engine.Answer;
import dev.tidings.engine.Change;
import dev.tidings.engine.ConversationId;
import dev.tidings.protocol.Address;
import dev.tidings.protocol.Command;
import dev.tidings.protocol.ErrorCode;
import dev.tidings.session.SendRate;

/// `signal`: for the moment and nothing else. It takes the way of all changes, so that it keeps its
/// place between the entries around it and the rules of membership hold; but it writes nothing, and
/// whatever stands in its way drops it without a word, unless an `id` asks what became of it.
final class Signals {
  /// Signals of one connection.
  static final SendRate.Limit RATE_LIMIT = new SendRate.Limit(10, 10);

  private final Shard shard;
  private final Replies replies;

  Signals(Shard shard, Replies replies) {
    this.shard = shard;
    this.replies = replies;
  }

  void signal(Request request, Command.Signal signal) {
    Address to = signal.to();
    if (!request.identity().caps().maySend(to)) {
      replies.err(request, FORBIDDEN, "may not send to " + to);
      return;
    }
    int most = shard.settings.max().dataBytes();
    if (signal.data().sizeBytes() > most) {
      replies.err(request, TOO_LARGE, "data is over " + most + " bytes");
      return;
    }
    long waitMillis = waitMillis(request);
    if (waitMillis > 0) {
      drop(request, RATE, "too many signals", waitMillis);
      return;
    }
    Asked asked = Asked.toChange(request, shard, (asking, answer) -> signalled(asking, to, answer));
    Change change =
        new Change.Signal(
            asked,
            ConversationId.of(to, request.actor()),
            request.actor(),
            signal.data(),
            request.privileged());
    if (!shard.engine.submit(change)) {
      asked.takeBack();
      drop(request, BUSY, "too much is waiting", Replies.BUSY_RETRY_MILLIS);
    }
  }

  private long waitMillis(Request request) {
    boolean unlimited = request.privileged() || shard.settings.sendRate().perSecond() == 0;
    return unlimited
        ? 0
        : request.session().signalRate().take(RATE_LIMIT, shard.clock.monotonicMillis());
  }

  private void drop(Request request, ErrorCode code, String message, long retryMillis) {
    if (request.wantsAnswer()) {
      replies.err(request, code, message, retryMillis);
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
