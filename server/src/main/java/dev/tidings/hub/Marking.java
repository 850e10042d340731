package dev.tidings.hub;

import static dev.tidings.protocol.ErrorCode.BUSY;
import static dev.tidings.protocol.ErrorCode.RATE;

import dev.tidings.engine.Answer;
import dev.tidings.engine.Change;
import dev.tidings.engine.ConversationId;
import dev.tidings.protocol.Address;
import dev.tidings.protocol.Command;
import dev.tidings.session.SendRate;

/// `mark`: how far a user has got and read, and `pref`: what he wishes of a conversation.
///
/// A mark is answered if it carries an `id` or could not be done: then the client says it again, or
/// the next one says it too.
final class Marking {
  /// Marks of one connection.
  static final SendRate.Limit RATE_LIMIT = new SendRate.Limit(20, 100);

  private final Shard shard;
  private final Replies replies;

  Marking(Shard shard, Replies replies) {
    this.shard = shard;
    this.replies = replies;
  }

  void mark(Request request, Command.Mark mark) {
    if (!passes(request)) {
      return;
    }
    Address in = mark.in();
    Asked asked = Asked.toChange(request, shard, (asking, answer) -> marked(asking, in, answer));
    submit(
        request,
        asked,
        new Change.Mark(
            asked,
            ConversationId.of(in, request.actor()),
            request.actor(),
            mark.epoch(),
            mark.got(),
            mark.read()));
  }

  void prefer(Request request, Command.Pref pref) {
    if (!passes(request)) {
      return;
    }
    Address in = pref.in();
    Asked asked = Asked.toChange(request, shard, (asking, answer) -> preferred(asking, in, answer));
    submit(
        request,
        asked,
        new Change.Prefer(
            asked,
            ConversationId.of(in, request.actor()),
            request.actor(),
            pref.muteUntilMillis(),
            pref.block()));
  }

  private boolean passes(Request request) {
    boolean unlimited = request.privileged() || shard.settings.sendRate().perSecond() == 0;
    long waitMillis =
        unlimited
            ? 0
            : request.session().markRate().take(RATE_LIMIT, shard.clock.monotonicMillis());
    if (waitMillis > 0) {
      replies.err(request, RATE, "too many marks", waitMillis);
    }
    return waitMillis == 0;
  }

  private void submit(Request request, Asked asked, Change change) {
    if (!shard.engine.submit(change)) {
      asked.takeBack();
      replies.err(request, BUSY, "too much is waiting", Replies.BUSY_RETRY_MILLIS);
    }
  }

  private void marked(Request request, Address in, Answer answer) {
    if (answer instanceof Answer.OtherEpoch && !request.wantsAnswer()) {
      return; // a mark of another epoch says nothing about this one
    }
    if (replies.refused(request, answer)) {
      return;
    }
    if (answer instanceof Answer.Marked marked && request.wantsAnswer()) {
      replies.ok(
          request,
          out ->
              out.name("in")
                  .plain(in.toString())
                  .name("got")
                  .number(marked.got())
                  .name("read")
                  .number(marked.read()));
    }
  }

  private void preferred(Request request, Address in, Answer answer) {
    if (!replies.refused(request, answer)) {
      replies.ok(request, out -> out.name("in").plain(in.toString()));
    }
  }
}
