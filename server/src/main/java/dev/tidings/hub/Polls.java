package dev.tidings.hub;

import dev.tidings.base.Lane;
import dev.tidings.engine.Answer;
import dev.tidings.protocol.Command;
import dev.tidings.session.Session;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Connections that wait for something to happen: a `sync` that is answered when it has something
/// to tell, or when its time is over.
///
/// It is registered for live delivery before it reads, so nothing falls between; what is delivered
/// only wakes it, and it reads again. Between two polls nothing of it is left here.
final class Polls {
  /// What wakes a poll need not be anything that `sync` tells; it does not read more often than
  /// this without having found anything.
  private static final long READ_AGAIN_MILLIS_MIN = 500;

  private final Shard shard;
  private final Reading reading;
  private final Map<Session, Waiting> waiting = new HashMap<>();

  Polls(Shard shard, Reading reading) {
    this.shard = shard;
    this.reading = reading;
  }

  private static final class Waiting {
    final Command.Sync sync;
    long untilMillis;

    /// A read is under way, or about to be.
    boolean reading;

    /// Something happened since the read was asked for.
    boolean woken;

    int reads;

    /// When a wake found nothing to tell.
    long wokenInVainMillis = Long.MIN_VALUE / 2;

    Lane.@Nullable Cancel timer;

    Waiting(Command.Sync sync, long untilMillis) {
      this.sync = sync;
      this.untilMillis = untilMillis;
    }

    void cancel() {
      if (timer != null) {
        timer.cancel();
      }
    }
  }

  /// A poll is registered, and waits for at most `waitMillis`.
  void welcomed(Session session, Command.Sync sync, long waitMillis) {
    Waiting poll = new Waiting(sync, shard.clock.monotonicMillis() + waitMillis);
    waiting.put(session, poll);
    read(session, poll);
  }

  void ended(Session session) {
    Waiting poll = waiting.remove(session);
    if (poll != null) {
      poll.cancel();
    }
  }

  /// It is to be answered with what there is.
  void hurry(Session session) {
    Waiting poll = waiting.get(session);
    if (poll != null) {
      poll.untilMillis = shard.clock.monotonicMillis();
      if (!poll.reading) {
        readIn(session, poll, 0);
      }
    }
  }

  /// Something was written to this session. Called in the midst of delivery.
  void woken(Session session) {
    Waiting poll = waiting.get(session);
    if (poll == null) {
      return;
    }
    poll.woken = true;
    if (!poll.reading) {
      long now = shard.clock.monotonicMillis();
      readIn(session, poll, Math.max(0, poll.wokenInVainMillis + READ_AGAIN_MILLIS_MIN - now));
    }
  }

  private void readIn(Session session, Waiting poll, long millis) {
    poll.reading = true;
    poll.cancel();
    if (millis == 0) {
      shard.lane.execute(() -> read(session, poll)); // not at once: it may be in a walk of readers
    } else {
      poll.timer = shard.lane.schedule(() -> read(session, poll), millis);
    }
  }

  private void read(Session session, Waiting poll) {
    if (session.isClosed()) {
      return;
    }
    poll.reading = true;
    poll.woken = false;
    Request request = new Request(session, poll.sync.head(), session.user(), session.nextOrdinal());
    reading.read(
        request,
        reading.query(request, poll.sync),
        (asking, answer) -> wasRead(asking, poll, answer));
  }

  private void wasRead(Request request, Waiting poll, Answer answer) {
    long now = shard.clock.monotonicMillis();
    boolean waits =
        answer instanceof Answer.SyncPage page
            && !page.moved()
            && !poll.sync.since().isEmpty()
            && poll.sync.next().isEmpty()
            && now < poll.untilMillis;
    if (!waits) {
      reading.rows(request, answer);
      return;
    }
    poll.reading = false;
    if (poll.reads++ > 0) {
      poll.wokenInVainMillis = now;
    }
    long left = poll.untilMillis - now;
    if (poll.woken) {
      woken(request.session());
    } else {
      poll.timer = shard.lane.schedule(() -> read(request.session(), poll), left);
    }
  }
}
