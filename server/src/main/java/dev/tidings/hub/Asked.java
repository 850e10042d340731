package dev.tidings.hub;

import dev.tidings.engine.Answer;
import dev.tidings.engine.Change;
import dev.tidings.engine.Ticket;
import dev.tidings.session.Session;
import java.util.function.Function;

/// A request that waits for the engine. Keeps the session's books whatever the answer is, and drops
/// answers to connections that are gone.
final class Asked implements Ticket {
  /// What to do with the answer.
  interface Then {
    void on(Request request, Answer answer);
  }

  private final Request request;
  private final Shard shard;
  private final boolean reads;
  private final Then then;

  private Asked(Request request, Shard shard, boolean reads, Then then) {
    this.request = request;
    this.shard = shard;
    this.reads = reads;
    this.then = then;
  }

  /// Asks for a change; several may be under way. `false`: the engine did not take it.
  static boolean change(Request request, Shard shard, Function<Ticket, Change> change, Then then) {
    request.session().began();
    Asked asked = new Asked(request, shard, false, then);
    boolean taken = shard.engine.submit(change.apply(asked));
    if (!taken) {
      asked.takeBack();
    }
    return taken;
  }

  /// A reply that reads; the session takes no further request until it is there.
  static Asked toRead(Request request, Shard shard, Then then) {
    request.session().began();
    request.session().beganReading();
    return new Asked(request, shard, true, then);
  }

  /// Whether it was asked on this connection.
  boolean isOf(Session session) {
    return request.session() == session;
  }

  /// The engine did not take it.
  void takeBack() {
    ended();
  }

  @Override
  public int lane() {
    return shard.index;
  }

  @Override
  public void on(Answer answer) {
    ended();
    Session session = request.session();
    if (!session.isClosed()) {
      shard.guarded(session, () -> then.on(request, answer));
      session.updateReading();
    }
  }

  private void ended() {
    request.session().answered();
    if (reads) {
      request.session().endedReading();
    }
  }
}
