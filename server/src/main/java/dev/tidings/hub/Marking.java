package dev.tidings.hub;

import static dev.tidings.protocol.ErrorCode.NOT_FOUND;
import static dev.tidings.protocol.ErrorCode.RATE;

import dev.tidings.engine.Answer;
import dev.tidings.engine.Change;
import dev.tidings.engine.ConversationId;
import dev.tidings.engine.Ticket;
import dev.tidings.protocol.Address;
import dev.tidings.protocol.Command;
import dev.tidings.session.SendRate;
import dev.tidings.session.Session;
import java.util.function.Function;

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
    Address in = mark.in();
    if (!passes(request, in)) {
      return;
    }
    change(
        request,
        ticket ->
            new Change.Mark(
                ticket,
                ConversationId.of(in, request.actor()),
                request.actor(),
                mark.epoch(),
                mark.got(),
                mark.read()),
        (asking, answer) -> marked(asking, in, answer));
  }

  void prefer(Request request, Command.Pref pref) {
    Address in = pref.in();
    if (!passes(request, in)) {
      return;
    }
    change(
        request,
        ticket ->
            new Change.Prefer(
                ticket,
                ConversationId.of(in, request.actor()),
                request.actor(),
                pref.muteUntilMillis(),
                pref.block()),
        (asking, answer) -> preferred(asking, in, answer));
  }

  private boolean passes(Request request, Address in) {
    if (!shard.isThereFor(request, in)) {
      replies.err(request, NOT_FOUND, "no such conversation");
      return false;
    }
    long waitMillis = shard.waitMillis(request, Session::markRate, RATE_LIMIT);
    if (waitMillis > 0) {
      replies.err(request, RATE, "too many marks", waitMillis);
    }
    return waitMillis == 0;
  }

  private void change(Request request, Function<Ticket, Change> change, Asked.Then then) {
    if (!Asked.change(request, shard, change, then)) {
      replies.busy(request);
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
